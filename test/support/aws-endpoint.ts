import { createHash, createHmac, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { SignatureV4 } from "@smithy/signature-v4";
import { closeServer } from "./embedded-registry.ts";

/** A key pair, and what AWS answers to its requests. */
export interface AwsKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** It exists, but has no permission. */
  readonly denied?: boolean;
  /** Its session token has expired. */
  readonly expired?: boolean;
}

/** AWS's token API on this machine, for the SDK to reach through AWS_ENDPOINT_URL_ECR and AWS_ENDPOINT_URL_ECR_PUBLIC. */
export interface AwsEndpoint {
  readonly url: string;
  /** Every call, answered or not. */
  readonly calls: readonly { readonly region: string; readonly accessKeyId: string; readonly body: string }[];
  /** The registry passwords issued so far. */
  readonly tokens: readonly string[];
  /** Is this registry password issued and not expired? */
  isValid(password: string): boolean;
  /** What the next calls get instead of an answer. */
  fault: null | "throttle" | "error" | "hang";
  /** The region that it answers for; null: any. */
  region: string | null;
  /** The endpoint's clock, in milliseconds since the epoch. */
  now: () => number;
  close(): Promise<void>;
}

/** A registry of AWS. */
export const ECR_HOST = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";

/** The key pair of AWS's own examples. */
export const AWS_KEY: AwsKey = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};

const LIFE_SECONDS = 12 * 3600;
const SKEW_SECONDS = 15 * 60;

/**
 * Starts the endpoint. It checks the signature as AWS does: every signed header, the body, the region, the time.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
export async function startAwsEndpoint(keys: readonly AwsKey[]): Promise<AwsEndpoint> {
  const calls: { region: string; accessKeyId: string; body: string }[] = [];
  const tokens: string[] = [];
  const ends = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const body = await readBody(request);
    const [, accessKeyId = "", date = "", region = "", service = ""] =
      /Credential=([^/]+)\/([0-9]{8})\/([^/]+)\/([^/]+)\/aws4_request/.exec(request.headers.authorization ?? "") ?? [];
    calls.push({ region, accessKeyId, body });
    const refuse = (status: number, name: string, message = name): void => {
      response.writeHead(status, {
        "content-type": "application/x-amz-json-1.1",
        date: new Date(endpoint.now()).toUTCString(),
      });
      response.end(JSON.stringify({ __type: name, message }));
    };
    if (endpoint.fault === "hang") return;
    if (endpoint.fault === "throttle") return refuse(400, "ThrottlingException");
    if (endpoint.fault === "error") return refuse(500, "ServerException");
    const key = keys.find((each) => each.accessKeyId === accessKeyId);
    if (key === undefined) return refuse(400, "UnrecognizedClientException");
    if (key.sessionToken !== (request.headers["x-amz-security-token"] ?? undefined))
      return refuse(400, "UnrecognizedClientException");
    const signedAt = parseAmzDate(String(request.headers["x-amz-date"]));
    if ((endpoint.region ?? region) !== region || !(await isSigned(request, body, key, { region, service, signedAt })))
      return refuse(400, "InvalidSignatureException");
    if (Math.abs(endpoint.now() - signedAt.getTime()) > SKEW_SECONDS * 1000 || date !== amzDate(signedAt).slice(0, 8)) {
      return refuse(400, "InvalidSignatureException", "Signature expired");
    }
    if (key.expired === true) return refuse(400, "ExpiredTokenException");
    if (key.denied === true) return refuse(400, "AccessDeniedException");
    const password = randomBytes(24).toString("base64url");
    const expiresAt = Math.floor(endpoint.now() / 1000) + LIFE_SECONDS;
    tokens.push(password);
    ends.set(password, expiresAt);
    const data = {
      authorizationToken: Buffer.from(`AWS:${password}`).toString("base64"),
      expiresAt,
      proxyEndpoint: `https://${/"registryIds":\["([0-9]{12})"\]/.exec(body)?.[1] ?? "000000000000"}.dkr.ecr.${region}.amazonaws.com`,
    };
    response.writeHead(200, {
      "content-type": "application/x-amz-json-1.1",
      date: new Date(endpoint.now()).toUTCString(),
    });
    response.end(JSON.stringify({ authorizationData: service === "ecr-public" ? data : [data] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint: AwsEndpoint = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    tokens,
    isValid: (password) => endpoint.now() / 1000 < (ends.get(password) ?? 0),
    fault: null,
    region: null,
    now: Date.now,
    close: () => closeServer(server),
  };
  return endpoint;
}

/** Signs the received request again with the known key, and compares. */
async function isSigned(
  request: IncomingMessage,
  body: string,
  key: AwsKey,
  { region, service, signedAt }: { region: string; service: string; signedAt: Date },
): Promise<boolean> {
  const names = /SignedHeaders=([^,]+)/.exec(request.headers.authorization ?? "")?.[1]?.split(";") ?? [];
  const headers = Object.fromEntries(names.map((name) => [name, String(request.headers[name] ?? "")]));
  const [hostname = "", port] = (request.headers.host ?? "").split(":");
  // AWS's library for Go does not sign a checksum header.
  const applyChecksum = names.includes("x-amz-content-sha256");
  const signer = new SignatureV4({ credentials: key, region, service, sha256: Sha256, applyChecksum });
  const signed = await signer.sign(
    {
      method: request.method ?? "",
      protocol: "http:",
      hostname,
      ...(port === undefined ? {} : { port: Number(port) }),
      path: request.url ?? "/",
      query: {},
      headers,
      body,
    },
    { signingDate: signedAt, signableHeaders: new Set(names) },
  );
  return names.includes("host") && signed.headers.authorization === request.headers.authorization;
}

export class Sha256 {
  readonly #hash;
  constructor(secret?: unknown) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as string | Uint8Array);
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function parseAmzDate(text: string): Date {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  return new Date(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
}

function amzDate(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d{3}/g, "");
}
