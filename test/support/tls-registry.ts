import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificateIn } from "./certificate.ts";
import { closeServer } from "./embedded-registry.ts";
import { startRegistry } from "./registry.ts";

/** Answers a request without a valid login itself, or returns true for one that the registry may answer. */
export type Authorize = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

/** A real docker-registry behind TLS, under the real names of other registries. */
export interface TlsRegistry {
  /** What `docker run` needs so that the names lead here, and the certificate's authority is at /ca.pem. */
  readonly runArgs: readonly string[];
  /** The file with the certificate, which is its own authority. */
  readonly certFile: string;
  /** `localhost:PORT` of the registry behind it, which asks for no login. */
  readonly inner: string;
  close(): Promise<void>;
}

/**
 * Starts one; needs root, for port 443.
 * @param address a loopback address that nothing else uses
 */
export async function startTlsRegistry(
  address: string,
  hosts: readonly string[],
  authorize: Authorize,
): Promise<TlsRegistry> {
  const folder = mkdtempSync(join(tmpdir(), "registry-login-tls-"));
  const { key, cert } = makeCertificateIn(folder, ...hosts);
  writeFileSync(join(folder, "ca.pem"), cert);
  const inner = await startRegistry({ kind: "none" });
  const [hostname = "", port] = inner.host.split(":");
  const server = createServer({ key, cert }, async (request, response) => {
    if (!(await authorize(request, response))) return;
    const { authorization, ...headers } = request.headers;
    const onward = httpRequest({ hostname, port, method: request.method, path: request.url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(443, address, resolve));
  return {
    runArgs: [
      "--network=host",
      ...hosts.map((host) => `--add-host=${host}:${address}`),
      `--mount=type=bind,source=${join(folder, "ca.pem")},target=/ca.pem`,
    ],
    certFile: join(folder, "ca.pem"),
    inner: inner.host,
    close: async () => {
      await closeServer(server);
      await inner.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
