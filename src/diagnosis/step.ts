import { looksLikeToken } from "../discovery/secret-sets.ts";
import type { Code, Explanation } from "../findings/finding.ts";

/** What is looked at, in the order in which a person would look. */
export type StepName =
  | "options"
  | "secrets"
  | "server"
  | "network"
  | "registry"
  | "login"
  | "pull"
  | "push"
  | "docker"
  | "podman"
  | "npm";

/** One step of the way from the secrets to a pull. Only `wrong` means that something has to be mended. */
export interface Step {
  readonly name: StepName;
  readonly state: "ok" | "wrong" | "note" | "skipped";
  /** The finding; null where there is none. */
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

/** Something to know that needs no mending. */
export function note(name: StepName, { code, message, hint }: Explanation): Step {
  return { name, state: "note", code, message, hint };
}

/** A user as it may be told: some people put a token in its place. */
export function shownUser(user: string): string {
  return looksLikeToken(user) ? "a token" : user;
}

/** What cannot be looked at before another step is well. */
export function skipped(name: StepName, message: string): Step {
  return { name, state: "skipped", code: null, message, hint: "" };
}
