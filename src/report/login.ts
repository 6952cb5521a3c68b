import type { Discovery } from "../discovery/request.ts";
import type { Outcome } from "./outcome.ts";
import { count, NOTHING_FOUND, skippedJson, table } from "./text.ts";

/** A login run, as it is told. `notes` concern no single registry. */
export interface LoginReport {
  readonly outcomes: readonly Outcome[];
  readonly skipped: Discovery["skipped"];
  readonly notes: readonly string[];
}

/** `login --json`: its shape is relied on by other programs. */
export function loginJson({ outcomes, skipped, notes }: LoginReport): string {
  const registries = outcomes.map(({ identifier, host, kind, outcome, code, detail, hint, expiresAt }) => {
    return { identifier, host, kind, outcome, code, detail, hint, expiresAt };
  });
  return `${JSON.stringify({ registries, skipped: skipped.map(skippedJson), notes })}\n`;
}

/** One calm block for a person: a line for each registry, and under it what to do where something is wrong. */
export function loginText({ outcomes, skipped, notes }: LoginReport): string {
  if (outcomes.length === 0 && skipped.length === 0 && notes.length === 0) return `registry-login: ${NOTHING_FOUND}\n`;
  const ready = outcomes.filter(({ outcome }) => outcome === "verified" || outcome === "unchanged").length;
  const unasked = outcomes.filter(({ outcome }) => outcome === "unreachable").length;
  const more = unasked === 0 ? "" : `, ${unasked} registered unasked`;
  const summary = outcomes.length === 0 ? "nothing to log in to" : `${ready} of ${count(outcomes.length)} ready${more}`;
  const lines = table([
    ...outcomes.map(({ identifier, host, outcome, detail }) => [identifier, outcome, host ?? "-", detail]),
    ...skipped.map(({ identifier, reason }) => [identifier, "skipped", "-", reason]),
  ]);
  const hints = outcomes.map(({ hint }) => (hint === "" ? "" : `      -> ${hint}\n`));
  const rows = lines.map((line, i) => line + (hints[i] ?? ""));
  return [`registry-login: ${summary}\n`, ...rows, ...notes.map((note) => `  ${note}\n`)].join("");
}
