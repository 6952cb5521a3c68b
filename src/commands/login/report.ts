import type { Discovery } from "../../discovery/request.ts";
import { count, table } from "../../terminal/table.ts";
import { createPen, type Mark, type Terminal } from "../../terminal/terminal.ts";
import { NOTHING_FOUND, skippedJson } from "../skipped.ts";
import type { Outcome } from "./outcome.ts";

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

/** One calm block for a person: a line for each registry, under it what to do, and at the end how to find out more. */
export function loginText({ outcomes, skipped, notes }: LoginReport, terminal: Terminal): string {
  if (outcomes.length === 0 && skipped.length === 0 && notes.length === 0) return `registry-login: ${NOTHING_FOUND}\n`;
  const pen = createPen(terminal);
  const ready = outcomes.filter(({ outcome }) => outcome === "verified" || outcome === "unchanged").length;
  const unasked = outcomes.filter(({ outcome }) => outcome === "unreachable").length;
  const more = unasked === 0 ? "" : `, ${unasked} registered unasked`;
  const summary = outcomes.length === 0 ? "nothing to log in to" : `${ready} of ${count(outcomes.length)} ready${more}`;
  const lines = table(
    [
      ...outcomes.map(({ identifier, host, outcome, detail }) => [
        identifier,
        pen.paint(MARKS[outcome], outcome),
        host ?? "-",
        detail,
      ]),
      ...skipped.map(({ identifier, reason }) => [identifier, pen.paint("skipped", "skipped"), "-", reason]),
    ],
    pen,
  );
  const hints = outcomes.map(({ hint }) => (hint === "" ? "" : `${pen.hang(`      ${pen.arrow} `, hint)}\n`));
  const rows = lines.map((line, i) => line + (hints[i] ?? ""));
  const remarks = [...notes, ...wayToFindOut(outcomes)].map((note) => `${pen.hang("  ", note)}\n`);
  return [`registry-login: ${summary}\n`, ...rows, ...remarks].join("");
}

const MARKS: Readonly<Record<Outcome["outcome"], Mark>> = {
  verified: "ok",
  unchanged: "ok",
  unreachable: "note",
  refused: "wrong",
  failed: "wrong",
};

/** More hosts than this do not fit on a line. */
const MAX_NAMED = 3;

/** The one command that says why, where a login is not as it should be. */
function wayToFindOut(outcomes: readonly Outcome[]): string[] {
  const wrong = outcomes.filter(({ code }) => code !== null);
  if (wrong.length === 0) return [];
  const hosts = [...new Set(wrong.flatMap(({ host }) => host ?? []))];
  const named = hosts.length > 0 && hosts.length <= MAX_NAMED && wrong.every(({ host }) => host !== null);
  return [`to find out why: registry-login doctor${named ? ` ${hosts.join(" ")}` : ""}`];
}
