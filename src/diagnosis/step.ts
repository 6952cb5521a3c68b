import type { Code, Explanation } from "../findings/finding.ts";
import { printable } from "../printable.ts";
import { looksLikeToken } from "../secrecy/tokens.ts";

/** The steps, in the order in which a person would check them. */
export type StepName =
  | "options"
  | "secrets"
  | "server"
  | "network"
  | "registry"
  | "login"
  | "pull"
  | "push"
  | "engine"
  | "store"
  | "docker"
  | "podman"
  | "npm"
  | "cluster";

/** One step on the way from the secrets to a pull. Only `wrong` means that something has to be fixed. */
export interface Step {
  readonly name: StepName;
  readonly state: "ok" | "wrong" | "note" | "skipped";
  /** The finding's code; null for `ok` and `skipped`. */
  readonly code: Code | null;
  readonly message: string;
  readonly hint: string;
}

export function ok(name: StepName, message: string): Step {
  return { name, state: "ok", code: null, message, hint: "" };
}

export function wrong(name: StepName, { code, message, hint }: Explanation): Step {
  return { name, state: "wrong", code, message, hint };
}

/** Something to know that need not be fixed. */
export function note(name: StepName, { code, message, hint }: Explanation): Step {
  return { name, state: "note", code, message, hint };
}

/** A user name for a message: some people put a token there. */
export function shownUser(user: string): string {
  return looksLikeToken(user) ? "a token" : printable(user);
}

/** Steps that cannot be checked before the problem of an earlier one is fixed. */
export function skippedUntil(first: StepName, names: readonly StepName[]): Step[] {
  return names.map((name) => skipped(name, `not checked: fix the ${first} first`));
}

/** A step that was not checked. */
export function skipped(name: StepName, message: string): Step {
  return { name, state: "skipped", code: null, message, hint: "" };
}
