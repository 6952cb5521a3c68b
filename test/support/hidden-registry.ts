import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hash } from "bcryptjs";
import { authOf } from "./encoding.ts";
import { HELLO_IMAGE, TOOLS_IMAGE } from "./images.ts";
import { KEEP, printKept } from "./keep.ts";
import { PRIVATE_IMAGE } from "./registry.ts";
import { run } from "./shell.ts";

/** A registry in a network of its own, which containers may join. */
export interface HiddenRegistry {
  /** `localhost:PORT`, in that network. */
  readonly host: string;
  /** The argument of `docker run` that joins the network. */
  readonly network: string;
  stop(): Promise<void>;
}

/**
 * Starts a registry with one private image for containers that must not see the machine's network, such as one with a
 * second engine: an engine uses the bridge docker0 of the network that it runs in.
 */
export async function startHiddenRegistry(user: string, password: string): Promise<HiddenRegistry> {
  const folder = mkdtempSync(join(tmpdir(), "registry-login-hidden-"));
  const host = "localhost:5000";
  writeFileSync(
    join(folder, "config.yml"),
    `version: 0.1
storage:
  filesystem:
    rootdirectory: /var/lib/registry
http:
  addr: 127.0.0.1:5000
auth:
  htpasswd:
    realm: test
    path: /setup/htpasswd
`,
  );
  writeFileSync(join(folder, "htpasswd"), `${user}:${await hash(password, 5)}\n`);
  writeFileSync(join(folder, "auth.json"), JSON.stringify({ auths: { [host]: { auth: authOf(user, password) } } }));
  const { stdout } = await run("docker", ["create", TOOLS_IMAGE, "docker-registry", "serve", "/setup/config.yml"]);
  const container = stdout.trim();
  const stop = async (): Promise<void> => {
    if (KEEP) printKept(`the registry ${host}`, container);
    else await run("docker", ["rm", "-f", "-v", container]);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await run("docker", ["save", "-o", join(folder, "hello.tar"), HELLO_IMAGE]);
    await run("docker", ["cp", folder, `${container}:/setup`]);
    await run("docker", ["start", container]);
    const push = `skopeo copy --retry-times=10 --dest-authfile=/setup/auth.json --dest-tls-verify=false docker-archive:/setup/hello.tar docker://${host}/${PRIVATE_IMAGE}`;
    await run("docker", ["exec", container, "sh", "-c", push]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { host, network: `--network=container:${container}`, stop };
}
