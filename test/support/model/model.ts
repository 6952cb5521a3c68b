/**
 * What registry-login promises about logins over time, as a model: small enough to be read, and written from the rules
 * (README, docs/user/commands.md, docs/platform/nothing-lost.md), not from the code. It knows neither files nor vaults.
 * This file has its words and its state, `rules.ts` what changes the state, and `questions.ts` what a test asks.
 */

export type HostName = "basic" | "bearer";
export const HOSTS = ["basic", "bearer"] as const satisfies readonly HostName[];

/** Each identifier has an account of its own at its registry. Two of them name the same host. */
export type Identifier = "A" | "B" | "C";
export const IDENTIFIERS = ["A", "B", "C"] as const satisfies readonly Identifier[];
export const HOST_OF = { A: "basic", B: "bearer", C: "basic" } as const satisfies Record<Identifier, HostName>;

/** A password of an identifier's account, by its number: each rotation makes the next one. */
export interface Credential {
  readonly account: Identifier;
  readonly password: number;
}

export function isEqual(a: Credential, b: Credential): boolean {
  return a.account === b.account && a.password === b.password;
}

/** A secret set as a run sees it. Without a password it is incomplete. */
export interface SecretSet {
  readonly identifier: Identifier;
  readonly password: number | null;
}

/** What an earlier run left for a host. */
export interface Saved {
  readonly credential: Credential;
  readonly source: "environment" | "codespaces";
  readonly state: "in use" | "lost" | "rejected";
  /** Whether the registry accepted it when it was asked last. */
  readonly verified: boolean;
  /** Whether starts of the container do not hand its secrets over any more. */
  readonly absent: boolean;
}

/** What the report of a run says about a host. */
export interface Reported {
  readonly outcome: "verified" | "unchanged" | "unreachable" | "refused" | "failed";
  /** The finding that has to be named; any other may be where this is missing. */
  readonly code?: string | null;
}

/** The rules by name, to see that sequences use them all. */
export const RULES = [
  "accepted: saved",
  "accepted again: stays",
  "accepted: replaces another one",
  "rejected: the accepted one stays",
  "rejected: none is served",
  "unchecked: the verified one stays",
  "unchecked: the same one stays",
  "unchecked: saved anyway",
  "verified before: a hook does not ask again",
  "absent: the one in use stays",
  "absent: the lost one is remembered",
  "absent: the rejected one is remembered",
  "not in the secrets file of the codespace: removed",
] as const;

export type Rule = (typeof RULES)[number];

export interface Model {
  readonly storage: SetUp["storage"];
  /** The number of the password that the registry accepts now. */
  readonly accepted: Record<Identifier, number>;
  readonly down: Set<HostName>;
  /** The secrets file of a codespace, which is newer than the environment; null outside of a codespace. */
  file: Map<Identifier, number> | null;
  readonly saved: Map<HostName, Saved>;
  /** Logins by `docker login`: those that our helper stored, and those in docker's own file. */
  readonly stored: Map<HostName, Credential>;
  readonly inFile: Map<HostName, Credential>;
  /** The hosts for which clients query our helper. */
  readonly helperLines: Set<HostName>;
  /** The rules that this sequence has used. */
  readonly used: Set<Rule>;
}

/** What does not change in a sequence. */
export interface SetUp {
  readonly storage: "memory" | "disk";
  readonly codespace: boolean;
}

export function newModel({ storage, codespace }: SetUp): Model {
  return {
    storage,
    accepted: { A: 1, B: 1, C: 1 },
    down: new Set(),
    file: codespace ? new Map() : null,
    saved: new Map(),
    stored: new Map(),
    inFile: new Map(),
    helperLines: new Set(),
    used: new Set(),
  };
}
