import { execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answer } from "../../misbehaving-server.ts";
import { secrets, writtenFiles } from "../../temp-home.ts";
import { makeTortureHome, readMemoryFolder, type TortureHome } from "../home.ts";
import { type StartedServer, startHttp } from "../misbehaviors/servers.ts";
import { type LoginState, MARK } from "../states.ts";

const USER = "victim";
export type Storage = LoginState["storage"];

/** A registry, and all passwords that arrived there. */
export interface Registry extends StartedServer {
  readonly password: string;
  readonly seen: ReadonlySet<string>;
}

/** Starts a registry that accepts one password. */
export async function startRegistry(password: string): Promise<Registry> {
  const seen = new Set<string>();
  const server = await startHttp((request, response) => {
    const [, encoded = ""] = (request.headers.authorization ?? "").split(" ");
    const [user, ...rest] = Buffer.from(encoded, "base64").toString().split(":");
    if (encoded !== "") seen.add(rest.join(":"));
    const isRight = user === USER && rest.join(":") === password;
    answer(response, isRight ? 200 : 401, { "www-authenticate": 'Basic realm="a"' });
  });
  return { ...server, password, seen };
}

/** A user with a home folder, logged in to two registries, of which the second belongs to the other user. */
export interface Victim {
  readonly home: TortureHome;
  readonly uid: number;
  /** The folder above the home folder, which nobody else uses. */
  readonly base: string;
  readonly authFile: string;
  /** Files and folders of this user that are none of our business, and what is in them. */
  readonly decoys: readonly string[];
  decoyContent(): string;
  /** The folder of the vault that this user's logins are in. */
  vault(): string;
  /** Arguments and variables of a login. */
  login(storage: Storage): { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> };
  remove(): void;
}

export const NAMES = { registry: "A", theirs: "EVIL" } as const;

/** Makes the user's folders; everything in them belongs to that user. */
export function makeVictim(uid: number, registry: Registry, theirs: Registry): Victim {
  const base = mkdtempSync(join(tmpdir(), "registry-login-torture-attack-"));
  chownSync(base, uid, uid);
  const own = (path: string, text?: string): string => {
    if (text === undefined) mkdirSync(path, { mode: 0o700 });
    else writeFileSync(path, text, { mode: 0o600 });
    chownSync(path, uid, uid);
    return path;
  };
  const home = makeTortureHome(base, uid);
  const decoy = own(join(base, "decoy"));
  const names = ["config.json", "auth.json", "state.json", `${registry.host}.json`, registry.host, "text"];
  const files = names.map((name) => own(join(decoy, name), name.endsWith(".json") ? "{}\n" : "mine\n"));
  for (const name of ["answers", "discovered", "stored", "tokens", "vault"]) own(join(decoy, name));
  own(join(base, "shared"));
  const authFolder = own(join(base, "shared", "auth"));
  const authFile = own(join(authFolder, "auth.json"), "{}\n");
  return {
    home,
    uid,
    base,
    authFile,
    decoys: [decoy, ...files],
    decoyContent: () => JSON.stringify(writtenFiles(decoy)),
    vault: () => {
      const memory = readMemoryFolder(home.state);
      return existsSync(memory) ? memory : join(home.state, "vault");
    },
    login: (storage) => ({
      args: ["login", "--if-changed", "--json", "--storage", storage, "--timeout", "3"],
      env: {
        ...secrets(NAMES.registry, registry.host, USER, registry.password),
        ...secrets(NAMES.theirs, theirs.host, USER, theirs.password),
      },
    }),
    remove: () => {
      home.remove();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

export function passwordOf(name: string): string {
  return `${MARK}-${name}`;
}

/** The folder of a user's memory, where the vaults in memory are. */
export function memoryOf(uid: number): string {
  return `/run/user/${uid}`;
}

/** Mounts that folder, as a tmpfs. */
export function mountMemory(uid: number): { remove(): void } {
  const folder = memoryOf(uid);
  mkdirSync(folder, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", `mode=700,uid=${uid},gid=${uid},size=64m`, "tmpfs", folder]);
  return {
    remove: () => {
      execFileSync("umount", [folder]);
      rmdirSync(folder);
    },
  };
}
