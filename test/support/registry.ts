import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hash } from "bcryptjs";
import { authOf } from "./encoding.ts";
import { freePort } from "./free-port.ts";
import { HELLO_IMAGE, TOOLS_IMAGE } from "./images.ts";
import { KEEP, printKept } from "./keep.ts";
import { run } from "./shell.ts";
import { ISSUER, type Others, SERVICE, startTokenService } from "./token-service.ts";

/** A real docker-registry on this machine's loopback address. */
export interface Registry {
  /** `localhost:PORT` */
  readonly host: string;
  /** Every file of its storage, sorted. */
  storedFiles(): Promise<string[]>;
  /** From now on it accepts only these users, so that a pull shows whose login a client uses. Only for Basic. */
  letIn(...users: readonly User[]): Promise<void>;
  /** With KEEP=1 it stays, but its token service ends with the test. */
  stop(): Promise<void>;
}

/** A user of a registry. */
export interface User {
  readonly user: string;
  readonly password: string;
}

/** A password that no earlier run had. */
export function randomPassword(): string {
  return randomBytes(16).toString("hex");
}

/** The user of a registry that asks for a login in this way, with a password of its own. */
export function newUser<K extends "basic" | "bearer">(kind: K): User & { readonly kind: K } {
  return { kind, user: `${kind}-user`, password: randomPassword() };
}

export type Auth =
  | { readonly kind: "none" }
  | ({ readonly kind: "basic"; readonly others?: readonly User[] } & User)
  | ({ readonly kind: "bearer"; readonly others?: Others } & User);

/** The three secrets of a login to a registry. */
export function secretsFor(
  identifier: string,
  { host }: Pick<Registry, "host">,
  { user, password }: { user: string; password: string },
): Record<string, string> {
  const prefix = `${identifier}_CONTAINER_REGISTRY`;
  return { [`${prefix}_SERVER`]: host, [`${prefix}_USER`]: user, [`${prefix}_PASSWORD`]: password };
}

/** The private image that {@link startRegistry} pushes. */
export const PRIVATE_IMAGE = "private/hello:1";

const STORAGE = "/var/lib/registry";

/**
 * Starts a registry without a login, with Basic (htpasswd) or with Bearer (a token service), and one image in it; the
 * repository that everybody may pull, if there is one, has the same image with the tag 1.
 */
export async function startRegistry(auth: Auth): Promise<Registry> {
  const folder = mkdtempSync(join(tmpdir(), "registry-login-registry-"));
  const port = await freePort();
  const host = `localhost:${port}`;
  const service = auth.kind === "bearer" ? await startTokenService(auth.user, auth.password, auth.others) : null;
  writeFileSync(join(folder, "config.yml"), config(port, auth, service?.realm));
  if (auth.kind === "basic") writeFileSync(join(folder, "htpasswd"), await htpasswd([auth, ...(auth.others ?? [])]));
  if (service !== null) writeFileSync(join(folder, "token.pem"), service.certificate);
  const { stdout } = await run("docker", [
    "create",
    "--network=host",
    TOOLS_IMAGE,
    "docker-registry",
    "serve",
    "/setup/config.yml",
  ]);
  const container = stdout.trim();
  await run("docker", ["cp", folder, `${container}:/setup`]);
  await run("docker", ["start", container]);
  await waitUntilUp(host, container);
  await pushHello(host, auth, folder);
  return {
    host,
    storedFiles: async () => {
      const { stdout } = await run("docker", ["exec", container, "find", STORAGE, "-type", "f"]);
      return stdout.trim().split("\n").sort();
    },
    letIn: async (...users) => {
      // The registry reads the file again if it is newer; `docker cp` would cut its time to the second.
      const write = ["exec", "-i", container, "sh", "-c", "cat >/setup/htpasswd"];
      await run("docker", write, { input: await htpasswd(users) });
    },
    stop: async () => {
      if (KEEP) printKept(`the registry ${host}`, container);
      else await run("docker", ["rm", "-f", "-v", container]);
      await service?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function htpasswd(users: readonly User[]): Promise<string> {
  const lines = await Promise.all(users.map(async ({ user, password }) => `${user}:${await hash(password, 5)}\n`));
  return lines.join("");
}

function config(port: number, auth: Auth, realm: string | undefined): string {
  const how = {
    none: "",
    basic: "auth:\n  htpasswd:\n    realm: test\n    path: /setup/htpasswd\n",
    bearer: `auth:\n  token:\n    realm: ${realm}\n    service: ${SERVICE}\n    issuer: ${ISSUER}\n    rootcertbundle: /setup/token.pem\n`,
  };
  return `version: 0.1
storage:
  filesystem:
    rootdirectory: ${STORAGE}
http:
  addr: 127.0.0.1:${port}
${how[auth.kind]}`;
}

/** Pushes with docker, which gets a configuration of its own. */
async function pushHello(host: string, auth: Auth, folder: string): Promise<void> {
  const login = auth.kind === "none" ? {} : { auth: authOf(auth.user, auth.password) };
  writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: { [host]: login } }));
  const repository = auth.kind === "bearer" ? auth.others?.publicRepository : undefined;
  for (const name of [PRIVATE_IMAGE, ...(repository === undefined ? [] : [`${repository}:1`])]) {
    const image = `${host}/${name}`;
    await run("docker", ["tag", HELLO_IMAGE, image]);
    await run("docker", ["--config", folder, "push", "-q", image]);
    await run("docker", ["rmi", image]);
  }
}

async function waitUntilUp(host: string, container: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const up = await fetch(`http://${host}/v2/`).then(
      () => true,
      () => false,
    );
    if (up) return;
    await sleep(100);
  }
  throw new Error(`the registry does not start:\n${(await run("docker", ["logs", container])).output}`);
}
