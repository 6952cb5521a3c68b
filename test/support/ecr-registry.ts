import { mkdtempSync, rmSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AwsEndpoint } from "./aws-endpoint.ts";
import { makeCertificateIn } from "./certificate.ts";
import { closeServer } from "./embedded-registry.ts";
import { type Registry, startRegistry } from "./registry.ts";

/** A real docker-registry behind TLS and AWS ECR's own door: Basic, with the user AWS and a token that AWS gave out. */
export interface EcrRegistry {
  /** The loopback address that it has for itself, at port 443. */
  readonly address: string;
  /** PEM of the authority of its certificate. */
  readonly authority: string;
  close(): Promise<void>;
}

/**
 * Starts one; needs root, for port 443.
 * @param hosts the names that its certificate is for
 */
export async function startEcrRegistry(
  aws: AwsEndpoint,
  address: string,
  hosts: readonly string[],
): Promise<EcrRegistry> {
  const folder = mkdtempSync(join(tmpdir(), "registry-login-ecr-"));
  const { key, cert } = makeCertificateIn(folder, ...hosts);
  const inner: Registry = await startRegistry({ kind: "none" });
  const [hostname = "", port] = inner.host.split(":");
  const server = createServer({ key, cert }, (request, response) => {
    const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const [user, password = ""] = Buffer.from(basic, "base64").toString("utf8").split(":");
    if (user !== "AWS" || !aws.isValid(password)) {
      response.writeHead(401, { "www-authenticate": `Basic realm="https://${hosts[0]}/",service="ecr.amazonaws.com"` });
      response.end();
      return;
    }
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
    address,
    authority: cert,
    close: async () => {
      await closeServer(server);
      await inner.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
