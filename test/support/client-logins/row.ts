/** What a client sends to a registry: a login, no login ("nothing"), or no request at all because it stops before ("stops"). */
export type Sent =
  | { readonly user: string; readonly password: string }
  | { readonly identityToken: string }
  | { readonly registryToken: string }
  | "nothing"
  | "stops"
  /** A login or none, which changes with each start. */
  | "undecided";

/** What a credential helper of a row does: it answers a login, prints a text, or fails. */
export type Helper =
  | { readonly user: string; readonly secret: string }
  | "not found"
  | { readonly prints: string; readonly exitCode: number };

/** One variation of the clients' files, and what the clients then send. */
export interface Row {
  readonly name: string;
  /** docker's config.json: a text, or a value that is written as JSON. */
  readonly config?: unknown;
  /** More files, by their paths below the home folder. */
  readonly files?: Readonly<Record<string, unknown>>;
  /** Variables; `$HOME/` in a value stands for the home folder. Clients are started in the home folder. */
  readonly env?: Readonly<Record<string, string>>;
  readonly helpers?: Readonly<Record<string, Helper>>;
  /** More programs on the PATH that do nothing. */
  readonly programs?: readonly string[];
  /** The repository, with its host; {@link IMAGE} by default. */
  readonly image?: string;
  readonly docker: Sent;
  /** Whether docker says that something is wrong with the file. */
  readonly warns?: true;
  /** Also buildah, and skopeo if that is not different. */
  readonly podman: Sent;
  readonly skopeo?: Sent;
}

/** docker looks up the address of a host even with a proxy; Go asks no name server for names that end so. */
export const HOST = "registry.example.onion";
export const IMAGE = `${HOST}/team/app`;
export const HUB_IMAGE = "docker.io/library/app";
/** docker's key of Docker Hub. */
export const HUB_KEY = "https://index.docker.io/v1/";

/** The value of `auth` for a user with the password `pw`, or a different one. */
export function auth(user: string, password = "pw"): string {
  return Buffer.from(`${user}:${password}`).toString("base64");
}

/** An entry of `auths` with that value. */
export function entry(user: string, password = "pw"): { readonly auth: string } {
  return { auth: auth(user, password) };
}

/** That a client sends this user with that password. */
export function login(user: string, password = "pw"): { readonly user: string; readonly password: string } {
  return { user, password };
}

export const BOB = login("bob");
/** The most frequent configuration. */
export const BOBS = { auths: { [HOST]: entry("bob") } };

export const CLIENTS = ["docker", "podman", "buildah", "skopeo"] as const;
export type Client = (typeof CLIENTS)[number];

/** What a client sends according to a row. */
export function expectedOf(row: Row, client: Client): Sent {
  if (client === "docker") return row.docker;
  return client === "skopeo" ? (row.skopeo ?? row.podman) : row.podman;
}

/** What a helper answers, a program that fails, and the login to a different host. */
export const ANSWERS = { user: "helper", secret: "pw" };
export const FAILS = { prints: "boom", exitCode: 1 };
export const OTHER = { "other.example.com": entry("other") };
/** Rows about images of Docker Hub. */
export const HUB = { image: HUB_IMAGE } as const;
