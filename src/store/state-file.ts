import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import { type Code, isCode } from "../findings/finding.ts";
import { writeFileAtomic } from "../platform/atomic-write.ts";
import { type Environment, homeFolder } from "../platform/environment.ts";
import { parseRegistry } from "../registries/registry.ts";

const failure = z.object({
  outcome: z.enum(["refused", "unreachable", "failed"]),
  code: z.custom<Code>(isCode),
  message: z.string(),
  hint: z.string(),
});

/** Why a login failed. Holds no secret. */
export type LoginFailure = z.infer<typeof failure>;

// What a newer agent adds to these must survive this one.
const registration = z.looseObject({
  identifier: z.string(),
  host: z.string(),
  source: z._default(z.enum(["environment", "option", "codespaces", "github-token"]), "environment"),
  storage: z.enum(["memory", "disk", "plaintext", "npmrc", "none"]),
  /** Whether the registry has taken the credential. */
  verified: z.boolean(),
  /** When it last said so, in epoch seconds; null where it did not, or an older agent did not write the time down. */
  verifiedAt: z._default(z.nullable(z.number()), null),
  /** With plaintext storage, the sha256 of each `auth` value by its key, so that only our own are taken away. */
  auths: z.optional(z.record(z.string(), z.string())),
  /** The sha256 of the line in .npmrc, and that file. */
  npmrc: z.optional(z.object({ file: z.string(), line: z.string() })),
  /** With the storage `none`: nothing is kept, but the helper can tell why when a client asks for the host. */
  failure: z.optional(failure),
});

const pending = z.object({
  host: z.string(),
  auths: registration.shape.auths,
  npmrc: registration.shape.npmrc,
  /** When a run took it away, in epoch seconds, of what docker may bring back: it writes what it read before. */
  goneAt: z.optional(z.number()),
});

const state = z.looseObject({
  version: z.literal(1),
  /** The folder of the memory vault. */
  memory: z.optional(z.string()),
  /** docker's configuration files that name us or hold a login that we wrote; more than one with DOCKER_CONFIG or REGISTRY_AUTH_FILE. */
  configs: z._default(z.array(z.string()), []),
  registered: z.array(registration),
  /** What stands in no row, and is ours all the same: a killed run was about to write it, or a run has just taken it away. */
  pending: z._default(z.array(pending), []),
});

/** What the login of one registry left behind. Holds no secret. */
export type Registration = z.infer<typeof registration>;

/** What a run writes to the files of other programs for a host, written down before it does, and when it is taken away. */
export type Pending = z.infer<typeof pending>;

/** Does the credential of this login lie in a vault, for our helper to answer? */
export function isVaulted({ storage }: Pick<Registration, "storage">): boolean {
  return storage === "memory" || storage === "disk";
}

/** Our bookkeeping, apart from docker's config.json, which docker rewrites without the keys that it does not know. */
export type State = z.infer<typeof state>;

/**
 * Our folder below the home folder. XDG_STATE_HOME is not asked: the login hook and a later shell may differ in it, and
 * each has to find what the other left.
 */
export function stateFolder(env: Environment): string {
  return join(homeFolder(env), ".local", "state", "registry-login");
}

const NO_STATE: State = { version: 1, configs: [], registered: [], pending: [] };

/** Reads the bookkeeping; what is missing or not ours counts as none. */
export function readState(folder: string): State {
  try {
    const file = join(folder, "state.json");
    // To read a pipe would wait for ever.
    if (!statSync(file).isFile()) return NO_STATE;
    const value = JSON.parse(readFileSync(file, "utf8"));
    // Row by row: what another version of the agent wrote must not hide the rest.
    const rows = (Array.isArray(value.registered) ? value.registered : []).flatMap((row: unknown) => {
      const parsed = registration.safeParse(row);
      return parsed.success && isHost(parsed.data.host) ? [parsed.data] : [];
    });
    const unfinished = (Array.isArray(value.pending) ? value.pending : []).filter(
      (row: unknown) => pending.safeParse(row).success,
    );
    return state.parse({ ...value, registered: rows, pending: unfinished });
  } catch {
    return NO_STATE;
  }
}

/**
 * Writes the bookkeeping, unless it is there already as it should be.
 * @throws the file system's error where the home folder cannot be written
 */
export function writeState(folder: string, value: State): void {
  if (JSON.stringify(readState(folder)) === JSON.stringify(state.parse(value))) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileAtomic(join(folder, "state.json"), `${JSON.stringify(state.parse(value), null, 2)}\n`);
}

function isHost(host: string): boolean {
  try {
    return parseRegistry(host).host === host;
  } catch {
    return false;
  }
}
