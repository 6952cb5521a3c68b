import { tokenName } from "../exchange/identity.ts";
import { UserError } from "../findings/user-error.ts";
import type { Located } from "./answer-cache.ts";
import { diskVaultFolder, isInMemory } from "./location.ts";
import { type Registration, type State, type VaultStorage, vaultOf } from "./state.ts";
import type { SavedLogin } from "./store.ts";
import { ORIGINS, type Origin, openVault, type Vault } from "./vault.ts";

/** The vaults that a user may have. */
export interface Vaults {
  readonly memory: Vault | null;
  readonly disk: Vault | null;
  /** Those that there are, in the order in which credentials are looked up. */
  readonly all: readonly (readonly [VaultStorage, Vault])[];
  readonly problem: UserError | null;
  /** The folder of the memory vault, where another user could put a different one in its place. */
  readonly replaceable: string | null;
}

/** Where there is none, or none that is trusted. */
export const NO_VAULTS: Vaults = { memory: null, disk: null, all: [], problem: null, replaceable: null };

const REPLACEABLE: ReadonlySet<string> = new Set(["parent-open", "parent-of-another"]);

/**
 * Opens the vaults that there are.
 * @param folder the state folder
 */
export function openVaults(folder: string, { memory }: State): Vaults {
  const inMemory = memory !== undefined && isInMemory(memory) ? openIfPrivate(memory) : null;
  const onDisk = openIfPrivate(diskVaultFolder(folder));
  const problem = inMemory instanceof UserError ? inMemory : null;
  return makeVaults({
    memory: inMemory instanceof UserError ? null : inMemory,
    disk: onDisk instanceof UserError ? null : onDisk,
    problem,
    replaceable: problem !== null && REPLACEABLE.has(problem.code) ? (memory ?? null) : null,
  });
}

/** The same with a vault that was made for a storage. */
export function withVault(vaults: Vaults, storage: VaultStorage, vault: Vault): Vaults {
  return storage === "memory"
    ? makeVaults({ ...vaults, memory: vault, problem: null, replaceable: null })
    : makeVaults({ ...vaults, disk: vault });
}

/** The credential that clients get for a host, with where it is: one that a person stored comes first. */
export function locateIn(vaults: Vaults, host: string): ({ origin: Origin; storage: VaultStorage } & Located) | null {
  for (const origin of ORIGINS) {
    for (const [storage, vault] of vaults.all) {
      const entry = vault.read(origin, host);
      if (entry !== null) return { origin, storage, vault, entry };
    }
  }
  return null;
}

/** Every credential: those that a person stored first. */
export function entriesIn(vaults: Vaults): SavedLogin[] {
  return ORIGINS.flatMap((origin) =>
    vaults.all.flatMap(([storage, vault]) =>
      vault.list(origin).map((entry) => ({ entry, origin, storage, folder: vault.folder })),
    ),
  );
}

/** The credential of a registration; null where it is in no vault, or was lost with the vault. */
export function credentialIn(
  vaults: Vaults,
  { host, storage }: Pick<Registration, "host" | "storage">,
): SavedLogin | null {
  const place = vaultOf({ storage });
  const vault = place === null ? null : vaults[place];
  const entry = vault?.read("discovered", host) ?? null;
  if (place === null || vault === null || entry === null) return null;
  return { entry, origin: "discovered", storage: place, folder: vault.folder };
}

/** Removes obsolete credentials, and the tokens of identities that no credential has any more. */
export function removeObsoleteIn(vaults: Vaults, isObsolete: (saved: SavedLogin) => boolean): void {
  const byFolder = new Map(vaults.all.map(([, vault]) => [vault.folder, vault]));
  for (const saved of entriesIn(vaults)) {
    if (isObsolete(saved)) byFolder.get(saved.folder)?.remove(saved.origin, saved.entry.host);
  }
  for (const [, vault] of vaults.all) {
    const identities = vault.list("discovered").flatMap(({ identity }) => identity ?? []);
    vault.tokens.retain(new Set(identities.map(tokenName)));
  }
}

function makeVaults(vaults: Omit<Vaults, "all">): Vaults {
  const { memory, disk } = vaults;
  const all = [
    ...(memory === null ? [] : [["memory", memory] as const]),
    ...(disk === null ? [] : [["disk", disk] as const]),
  ];
  return { ...vaults, all };
}

function openIfPrivate(folder: string): Vault | UserError {
  try {
    return openVault(folder);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
