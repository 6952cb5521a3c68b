import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basic } from "./encoding.ts";

/** A registry inside this process: small enough to read, real enough for clients to pull from. */
export interface EmbeddedRegistry {
  /** `localhost:PORT` */
  readonly host: string;
  /** Every request as `METHOD path`, with the scheme of its Authorization header. */
  readonly requests: readonly { readonly line: string; readonly scheme: string | null }[];
  /** The user whose login it accepted last; null where it accepted none. */
  lastUser(): string | null;
  close(): Promise<void>;
}

export type EmbeddedRegistryOptions = {
  /** Its kind of login. `bearer` has its own token service. */
  readonly auth: "basic" | "bearer";
  /** An outage now: `gone` closes every connection, `busy` answers 503 and asks to come back later. */
  readonly outage?: () => "gone" | "busy" | null;
} & (
  | { readonly user: string; readonly password: string }
  /** User -> password; read at each request, so that a test can change them. */
  | { readonly accounts: ReadonlyMap<string, string> }
);

/** The one image that it serves. */
export const EMBEDDED_IMAGE = { repository: "private/hello", tag: "1" };

const MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json";

/**
 * Starts a registry on a free port of this machine.
 * Source: https://distribution.github.io/distribution/spec/api/ and /spec/auth/token/
 */
export async function startEmbeddedRegistry(options: EmbeddedRegistryOptions): Promise<EmbeddedRegistry> {
  const requests: { line: string; scheme: string | null }[] = [];
  const tokens = new Set<string>();
  const content = makeImage();
  // As the options are now: a test may change the password.
  const accountsNow = (): ReadonlyMap<string, string> =>
    "accounts" in options ? options.accounts : new Map([[options.user, options.password]]);
  let lastUser: string | null = null;
  const accepts = (authorization: string | undefined): boolean => {
    const found = [...accountsNow()].find(([user, password]) => authorization === basic(user, password));
    if (found !== undefined) lastUser = found[0];
    return found !== undefined;
  };
  const server = createServer((request, response) => {
    const authorization = request.headers.authorization;
    requests.push({ line: `${request.method} ${request.url}`, scheme: authorization?.split(" ")[0] ?? null });
    const outage = options.outage?.() ?? null;
    if (outage === "gone") return request.socket.destroy();
    if (outage === "busy") return send(response.setHeader("retry-after", "3600"), 503, error("UNAVAILABLE"));
    const { host = "" } = request.headers;
    const url = new URL(request.url ?? "/", `http://${host}`);
    if (url.pathname === "/token" && options.auth === "bearer") {
      if (!accepts(authorization)) return send(response, 401, error("UNAUTHORIZED"));
      const token = randomUUID();
      tokens.add(token);
      return send(response, 200, JSON.stringify({ token, expires_in: 300 }));
    }
    const allowed =
      options.auth === "basic" ? accepts(authorization) : tokens.has(authorization?.replace(/^Bearer /, "") ?? "");
    if (!allowed) {
      const challenge =
        options.auth === "basic"
          ? 'Basic realm="embedded"'
          : `Bearer realm="http://${host}/token",service="embedded",scope="${scopeOf(url.pathname)}"`;
      response.setHeader("www-authenticate", challenge);
      return send(response, 401, error("UNAUTHORIZED"));
    }
    return serve(request, response, url.pathname, content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `localhost:${(server.address() as AddressInfo).port}`,
    requests,
    lastUser: () => lastUser,
    close: () => closeServer(server),
  };
}

/** Ends a server and the connections that clients keep open. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

interface Content {
  readonly manifest: string;
  readonly blobs: ReadonlyMap<string, string>;
}

/** An image without layers, which is enough for a client to pull. */
function makeImage(): Content {
  const config = JSON.stringify({ architecture: "amd64", os: "linux", rootfs: { type: "layers", diff_ids: [] } });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: {
      mediaType: "application/vnd.docker.container.image.v1+json",
      size: Buffer.byteLength(config),
      digest: digest(config),
    },
    layers: [],
  });
  return { manifest, blobs: new Map([[digest(config), config]]) };
}

function serve(request: IncomingMessage, response: ServerResponse, path: string, content: Content): void {
  response.setHeader("docker-distribution-api-version", "registry/2.0");
  const body = path === "/v2/" ? "{}" : find(path, content);
  if (body === undefined) {
    send(response, 404, error("NAME_UNKNOWN"));
    return;
  }
  if (body === content.manifest) {
    response.setHeader("content-type", MANIFEST_TYPE);
    response.setHeader("docker-content-digest", digest(body));
  }
  send(response, 200, request.method === "HEAD" ? "" : body);
}

function find(path: string, { manifest, blobs }: Content): string | undefined {
  const { repository, tag } = EMBEDDED_IMAGE;
  const [, kind, reference = ""] = new RegExp(`^/v2/${repository}/(manifests|blobs)/(.+)$`).exec(path) ?? [];
  if (kind === "blobs") return blobs.get(reference);
  return kind === "manifests" && (reference === tag || reference === digest(manifest)) ? manifest : undefined;
}

function scopeOf(path: string): string {
  const repository = /^\/v2\/(.+)\/(?:manifests|blobs)\//.exec(path)?.[1];
  return repository === undefined ? "" : `repository:${repository}:pull`;
}

function send(response: ServerResponse, status: number, body: string): void {
  response.statusCode = status;
  if (!response.hasHeader("content-type")) response.setHeader("content-type", "application/json");
  response.end(body);
}

function error(code: string): string {
  return JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] });
}

function digest(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
