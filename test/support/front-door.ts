import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificateIn } from "./certificate.ts";
import { createDoorman, type Door, type Doorman, type GithubTokens } from "./doors.ts";
import { closeServer } from "./embedded-registry.ts";
import { startRegistry } from "./registry.ts";

/** A real docker-registry behind TLS, under the names and behind the token services of several registries. */
export interface FrontDoor {
  readonly doorman: Doorman;
  /** What `docker run` needs so that its names lead here, and its certificate is at /ca.pem. */
  readonly runArgs: readonly string[];
  close(): Promise<void>;
}

/**
 * Starts one; needs root, for port 443.
 * @param address a loopback address that nothing else uses
 */
export async function startFrontDoor(
  address: string,
  doors: readonly Door[],
  githubTokens: GithubTokens,
): Promise<FrontDoor> {
  const folder = mkdtempSync(join(tmpdir(), "registry-login-door-"));
  const doorman = createDoorman(doors, githubTokens);
  const { key, cert } = makeCertificateIn(folder, ...doorman.hosts);
  writeFileSync(join(folder, "ca.pem"), cert);
  const inner = await startRegistry({ kind: "none" });
  const [hostname = "", port] = inner.host.split(":");
  const server = createServer({ key, cert }, async (request, response) => {
    if (!(await doorman.admits(request, response))) return;
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
    doorman,
    runArgs: [
      "--network=host",
      ...doorman.hosts.map((host) => `--add-host=${host}:${address}`),
      `--mount=type=bind,source=${join(folder, "ca.pem")},target=/ca.pem`,
    ],
    close: async () => {
      await closeServer(server);
      await inner.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
