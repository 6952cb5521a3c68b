import { UserError } from "../findings/user-error.ts";
import { diskVaultFolder, isInMemory } from "./location.ts";
import type { State, VaultStorage } from "./state.ts";
import { openVault, type Vault } from "./vault.ts";

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
