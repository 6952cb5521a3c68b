import { isAbsolute } from "node:path";
import * as z from "zod/mini";
import { type Code, isCode } from "../findings/finding.ts";
import { epochTime } from "../platform/epoch.ts";
import { printable } from "../printable.ts";
import { parseRegistry } from "../registries/registry.ts";
import { journalEntry } from "./journal.ts";
import { entriesOfVersion1, withPart } from "./version1.ts";

// Reports and the credential helper print these: what is read back must not forge a line.
const shown = z.pipe(z.string(), z.transform(printable));

const failure = z.object({
  outcome: z.enum(["refused", "unreachable", "failed"]),
  code: z.custom<Code>(isCode),
  message: shown,
  hint: shown,
});

/** Why a login, or the renewal of a token, failed. Holds no secret. */
export type LoginFailure = z.infer<typeof failure>;

export { failure as loginFailure };

/** A run that needs a login until it ends, such as a job of a CI system: its id, and when it logged in, in epoch seconds. */
const lease = z.object({ id: z.string(), at: epochTime });

// What a newer agent adds to these must survive this one.
const registration = z.looseObject({
  identifier: shown,
  host: z.string(),
  source: z._default(z.enum(["environment", "option", "codespaces", "github-token", "gitlab"]), "environment"),
  storage: z.enum(["memory", "disk", "plaintext", "npmrc", "store", "none"]),
  /** With the storage `store`: the credential store of the machine, as docker's configuration names it. */
  store: z.optional(shown),
  /** With it: the revision of docker's config file at which the store was seen to have the login; see {@link revisionOf}. */
  configRevision: z.optional(z.string()),
  /** With the storage `plaintext`: the credential store that fails, so that docker reads its file. */
  fallback: z.optional(shown),
  /** Fingerprint of the secrets that the login was made from, and when a token made from them is to be replaced, in epoch seconds. */
  secrets: z.optional(z.string()),
  renewAt: z.optional(epochTime),
  /** Whether the registry has accepted the credential. */
  verified: z.boolean(),
  /** When it last did, in epoch seconds; null where it did not, or an older agent did not write the time down. */
  verifiedAt: z._default(z.catch(z.nullable(epochTime), null), null),
  /** Since when the starts of the container do not have its secrets any more, in epoch seconds. */
  absentSince: z.optional(epochTime),
  /** Newer secrets that the registry rejected while this login stayed: their fingerprint, and why. */
  rejected: z.optional(z.object({ secrets: z.string(), message: shown, hint: shown })),
  /** With the storage `none`: nothing is stored, but the helper can report the cause when a client asks for the host. */
  failure: z.optional(failure),
  /** The runs that need it: the last one to end removes it. A login without this list stays until a person removes it. */
  leases: z.optional(z.array(lease)),
});

const state = z.looseObject({
  version: z.literal(1),
  /** The folder of the memory vault. */
  memory: z.optional(z.string()),
  /** The docker config files that name our helper or hold a login of ours; several with DOCKER_CONFIG or REGISTRY_AUTH_FILE. */
  configs: z._default(z.array(z.string()), []),
  registered: z.array(registration),
  /** Files and folders outside of the vaults that did not exist before: a logout that leaves them empty removes them. */
  made: z._default(z.array(z.string()), []),
  /** Whether a login as root was made too, for `sudo docker`: a logout removes it. */
  root: z.optional(z.boolean()),
  journal: z._default(z.array(journalEntry), []),
});

/** The login of one registry, as the state file records it. Holds no secret. */
export type Registration = z.infer<typeof registration>;

/** Where our helper's credentials are: in a folder on tmpfs, or in one below the home folder. */
export type VaultStorage = "memory" | "disk";

/** The vault that holds a login's credential, for our helper to answer; null where it is in no vault. */
export function vaultOf({ storage }: Pick<Registration, "storage">): VaultStorage | null {
  return storage === "memory" || storage === "disk" ? storage : null;
}

/** The content of the state file; docker's own config.json cannot hold it, since docker drops keys that it does not know. */
export type State = z.infer<typeof state>;

/** What no state file says. */
export const NO_STATE: State = { version: 1, configs: [], registered: [], made: [], journal: [] };

/**
 * The keys of a state in one order, whoever made it.
 * @throws zod's error for what is no state
 */
export function normalizeState(value: State): State {
  return state.parse(value);
}

/** Each is edited by each login. Those that do not exist any more are dropped there, so that nobody has as many. */
const MAX_CONFIG_FILES = 500;

/** Row by row: what another version of the agent wrote must not hide the rest. */
export function parseState(value: unknown): State {
  const loose = z.looseObject({}).safeParse(value);
  if (!loose.success) return NO_STATE;
  const { pending, ...rest } = loose.data;
  const rows = rowsOf(rest.registered, ["identifier", "host", "storage"]);
  const configs = z.array(z.string()).safeParse(rest.configs ?? []);
  const parsed = state.safeParse({
    ...rest,
    ...(configs.success ? { configs: [...new Set(configs.data)].filter(isAbsolute).slice(-MAX_CONFIG_FILES) } : {}),
    registered: rows.flatMap((row) => {
      const { auths: _, npmrc: __, ...known } = row;
      const parsed = registration.safeParse(known);
      return parsed.success && isCanonicalHost(parsed.data.host) ? [parsed.data] : [];
    }),
    journal: rowsOf(rest.journal, ["file", "key", "sha256"])
      .map(withPart)
      .filter((row) => journalEntry.safeParse(row).success),
  });
  if (!parsed.success) return NO_STATE;
  const older = entriesOfVersion1([...rows, ...rowsOf(pending, ["host"])], parsed.data.configs);
  return { ...parsed.data, journal: [...parsed.data.journal, ...older] };
}

/** The objects in a list that have these texts. To look at a list of anything else more closely would take much memory. */
function rowsOf(value: unknown, keys: readonly string[]): Record<string, unknown>[] {
  const isRow = (row: unknown): row is Record<string, unknown> =>
    typeof row === "object" &&
    row !== null &&
    keys.every((key) => typeof (row as Record<string, unknown>)[key] === "string");
  return Array.isArray(value) ? value.filter(isRow) : [];
}

function isCanonicalHost(host: string): boolean {
  try {
    return parseRegistry(host).host === host;
  } catch {
    return false;
  }
}
