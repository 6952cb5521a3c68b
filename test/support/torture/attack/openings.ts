import { chmodSync, chownSync, existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Storage, Victim } from "./victim.ts";

/** A way by which another user gets at paths of ours. */
export interface Opening {
  readonly name: string;
  /** Where the logins are before, and where the login meanwhile may put them. */
  readonly storages: readonly [Storage, ...Storage[]];
  readonly usesAuthFile?: true;
  /** The folder that the other user works in, and the names there that are exchanged. */
  place(victim: Victim): Place;
  /** Lets the other user in. @returns what closes the way again */
  open(folder: string, eve: number): () => void;
  /** What goes away before, as with a restart. */
  forget?(victim: Victim): void;
}

interface Place {
  readonly folder: string;
  readonly targets: readonly string[];
}

const ALL = ["memory", "disk", "plaintext"] as const;
const VAULTS = ["memory", "disk"] as const;

type Description = Pick<Opening, "name" | "storages" | "place"> & { readonly usesAuthFile?: true };

const FOLDERS: readonly Description[] = [
  {
    name: "the folder above the home folder",
    storages: ALL,
    place: ({ base, home }) => ({ folder: base, targets: [basename(home.folder)] }),
  },
  {
    name: "the home folder",
    storages: ALL,
    place: ({ home }) => ({ folder: home.folder, targets: [".local", ".docker", ".npmrc"] }),
  },
  { name: ".local", storages: ALL, place: ({ home }) => ({ folder: join(home.folder, ".local"), targets: ["state"] }) },
  {
    name: ".local/state",
    storages: ALL,
    place: ({ home }) => ({ folder: dirname(home.state), targets: ["registry-login"] }),
  },
  {
    name: "the state folder",
    storages: ALL,
    place: ({ home }) => ({ folder: home.state, targets: ["state.json", "lock", "answers", "vault"] }),
  },
  {
    name: "the folder of docker's configuration",
    storages: ALL,
    place: ({ home }) => ({
      folder: dirname(home.config),
      targets: ["config.json", "config.json.registry-login.lock"],
    }),
  },
  {
    name: "the folder of REGISTRY_AUTH_FILE",
    storages: ALL,
    usesAuthFile: true,
    place: ({ authFile }) => ({
      folder: dirname(authFile),
      targets: ["auth.json", "auth.json.registry-login.lock"],
    }),
  },
  {
    name: "the folder above that of REGISTRY_AUTH_FILE",
    storages: ALL,
    usesAuthFile: true,
    place: ({ authFile }) => ({ folder: dirname(dirname(authFile)), targets: [basename(dirname(authFile))] }),
  },
  {
    name: "the folder of the vaults in memory",
    storages: ["memory"],
    place: (victim) => ({ folder: dirname(victim.vault()), targets: [basename(victim.vault())] }),
  },
  {
    name: "the vault",
    storages: VAULTS,
    place: (victim) => ({ folder: victim.vault(), targets: ["discovered", "stored", "tokens", "answers"] }),
  },
  // The other user keeps a handle from before of what cannot be reached by its path any more.
  ...["discovered", "answers"].map((name) => ({
    name: `${name} in the vault`,
    storages: VAULTS,
    place: (victim: Victim) => {
      const folder = join(victim.vault(), name);
      return { folder, targets: readdirSync(folder) };
    },
  })),
];

/** Every way that the torture tries. */
export const OPENINGS: readonly Opening[] = [
  ...FOLDERS.flatMap((folder) => [
    { ...folder, name: `${folder.name} is writable for everybody`, open: writable },
    { ...folder, name: `${folder.name} belongs to the other user`, open: given },
  ]),
  {
    name: "after a restart, the name of the vault in a shared tmpfs is free",
    storages: ["memory"],
    place: (victim) => ({ folder: dirname(victim.vault()), targets: [basename(victim.vault())] }),
    forget: (victim) => rmSync(victim.vault(), { recursive: true }),
    open: (folder) => changed(folder, 0o1777),
  },
  {
    name: "after a restart, config.json does not exist in a folder that everybody may write to",
    storages: ALL,
    place: ({ home }) => ({ folder: dirname(home.config), targets: ["config.json"] }),
    forget: ({ home }) => rmSync(home.config),
    open: (folder) => changed(folder, 0o1777),
  },
];

function writable(folder: string): () => void {
  return changed(folder, 0o777);
}

function changed(folder: string, mode: number): () => void {
  const before = statSync(folder).mode & 0o7777;
  chmodSync(folder, mode);
  return () => {
    if (existsSync(folder)) chmodSync(folder, before);
  };
}

function given(folder: string, eve: number): () => void {
  const { uid, gid, mode } = statSync(folder);
  chownSync(folder, eve, eve);
  chmodSync(folder, 0o755);
  return () => {
    if (!existsSync(folder)) return;
    chownSync(folder, uid, gid);
    chmodSync(folder, mode & 0o7777);
  };
}
