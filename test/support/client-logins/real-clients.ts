import { execFileSync } from "node:child_process";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { makeCertificate } from "../certificate.ts";
import { startConnectProxy } from "../connect-proxy.ts";
import { answer, startServer } from "../misbehaving-server.ts";
import { tryRun } from "../shell.ts";
import { arrange } from "./arrange.ts";
import { type Client, HOST, IMAGE, type Row, type Sent } from "./row.ts";

/** A registry that knows no image, and hears what clients send for one. */
export interface Listener {
  /** Starts a real client for the image of a row. */
  run(client: Client, row: Row): Promise<{ readonly sent: Sent; readonly warns: boolean; readonly output: string }>;
}

/**
 * Starts a registry under the hosts of all rows, and a proxy that leads there. Its tokens hold what was sent for them, so
 * that the request for the manifest shows it, and one server does for all rows and clients at the same time.
 */
export async function startListener(): Promise<Listener> {
  const certificate = makeCertificate(HOST, "docker.io", "index.docker.io", "registry-1.docker.io");
  const sent = new Map<string, Sent>();
  const server = await startServer((response, _, request) => {
    const { url = "", headers } = request;
    const shown = headers.authorization ?? "";
    if (url.startsWith("/token")) {
      void bodyOf(request).then((body) => {
        const token = Buffer.from(JSON.stringify({ shown, body })).toString("base64url");
        answer(response, 200, { "content-type": "application/json" }, JSON.stringify({ token, access_token: token }));
      });
      return;
    }
    const tag = /\/manifests\/([a-z0-9-]+)$/.exec(url)?.[1];
    if (tag === undefined && shown === "") {
      const challenge = `Bearer realm="https://${headers.host}/token",service="test"`;
      return answer(response, 401, { "www-authenticate": challenge });
    }
    if (tag !== undefined) sent.set(tag, readBearer(shown));
    const body = JSON.stringify({ errors: [{ code: "MANIFEST_UNKNOWN", message: "manifest unknown" }] });
    answer(response, 404, { "content-type": "application/json" }, body);
  }, certificate);
  const proxy = await startConnectProxy(server.port);
  const network = { HTTPS_PROXY: `http://${proxy.host}`, SSL_CERT_FILE: certificate.certFile };
  let count = 0;
  return {
    run: async (client, row) => {
      const { folder, env } = arrange(row, client);
      const tag = `${client}-${count++}`;
      const [program, ...args] = commandOf(client, `${row.image ?? IMAGE}:${tag}`, folder);
      const { output } = await tryRun(program, args, { env: { ...without, ...env, ...network }, cwd: folder });
      return { sent: sent.get(tag) ?? "stops", warns: /WARNING: Error/.test(output), output };
    },
  };
}

/** The variables of the test's own process, without those that lead clients elsewhere. */
const without = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => /^(?:DOCKER_|REGISTRY_AUTH_FILE|XDG_|.*_proxy$)/i.test(name))
    .map((name) => [name, undefined]),
);

function commandOf(client: Client, image: string, folder: string): [string, ...string[]] {
  const program = execFileSync("sh", ["-c", `command -v ${client}`], { encoding: "utf8" }).trim();
  const storage = ["--root", join(folder, "root"), "--runroot", join(folder, "runroot"), "--storage-driver", "vfs"];
  switch (client) {
    case "docker":
      return [program, "manifest", "inspect", image];
    case "skopeo":
      return [program, "inspect", "--raw", `docker://${image}`];
    default:
      return [program, ...storage, "pull", "-q", image];
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** What a client has sent for this Authorization, or as it. */
function readBearer(shown: string): Sent {
  const bearer = shown.replace(/^Bearer /, "");
  const token = Buffer.from(bearer, "base64url").toString("utf8");
  if (!token.startsWith("{")) return { registryToken: bearer };
  const { shown: basic, body } = JSON.parse(token) as { shown: string; body: string };
  const refresh = new URLSearchParams(body).get("refresh_token");
  if (refresh !== null) return { identityToken: refresh };
  if (basic === "") return "nothing";
  const text = Buffer.from(basic.replace(/^Basic /, ""), "base64").toString("utf8");
  const at = text.indexOf(":");
  return { user: text.slice(0, at), password: text.slice(at + 1) };
}
