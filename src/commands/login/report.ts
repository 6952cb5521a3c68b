import { describeInstead } from "../../clients/describe-obstacles.ts";
import { isUsed } from "../../clients/visibility.ts";
import type { Discovery } from "../../discovery/request.ts";
import { jsonLine } from "../../printable.ts";
import { share, table } from "../../terminal/table.ts";
import { createPen, type Mark, type Terminal } from "../../terminal/terminal.ts";
import { nothingFound, skippedJson } from "../skipped.ts";
import type { Outcome } from "./outcome.ts";

/** The report of a login run. `notes` are not about a single registry. */
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
  return jsonLine({ registries, skipped: skipped.map(skippedJson), notes });
}

/**
 * One line, if an earlier run has printed the rest: nothing has changed since then, and nothing is wrong. Otherwise null.
 * The hook runs twice when a container is created.
 */
export function unchangedText({ outcomes, skipped, notes }: LoginReport): string | null {
  const isSame = outcomes.length > 0 && outcomes.every(({ outcome, code }) => outcome === "unchanged" && code === null);
  if (!isSame || skipped.length > 0 || notes.length > 0) return null;
  return `registry-login: ${share(outcomes.length, outcomes.length)} ready (unchanged)\n`;
}

/** One block for a person: a line for each registry with its hint below, and at the end the command that explains more. */
export function loginText({ outcomes, skipped, notes }: LoginReport, terminal: Terminal): string {
  if (outcomes.length === 0 && skipped.length === 0 && notes.length === 0) return nothingFound(terminal);
  const pen = createPen(terminal);
  const ready = outcomes.filter(isReady).length;
  const unchecked = outcomes.filter(({ outcome }) => outcome === "unreachable").length;
  const more = unchecked === 0 ? "" : `, ${unchecked} not checked`;
  const counts = outcomes.length === 0 ? "nothing to log in to" : `${share(ready, outcomes.length)} ready${more}`;
  const summary = `${counts}${describeInstead(outcomes)}`;
  const lines = table(
    [
      ...outcomes.map(({ identifier, host, outcome, detail }) => [
        identifier,
        pen.paint(MARKS[outcome], WORDS[outcome]),
        host ?? "-",
        detail,
      ]),
      ...skipped.map(({ identifier, reason }) => [identifier || "-", pen.paint("skipped", "skipped"), "-", reason]),
    ],
    pen,
  );
  const hints = [...outcomes, ...skipped].map(({ hint }) =>
    hint === "" ? "" : `${pen.hang(`      ${pen.arrow} `, hint)}\n`,
  );
  const rows = lines.map((line, i) => line + (hints[i] ?? ""));
  const remarks = [...notes, ...nextCommand(outcomes)].map((note) => `${pen.hang("  ", note)}\n`);
  return [`${pen.hang("", `registry-login: ${summary}`)}\n`, ...rows, ...remarks].join("");
}

/** Ready means that a client on this machine can use the login now. */
function isReady({ outcome, obstacles = [] }: Outcome): boolean {
  return (outcome === "verified" || outcome === "unchanged") && isUsed(obstacles);
}

const MARKS: Readonly<Record<Outcome["outcome"], Mark>> = {
  verified: "ok",
  unchanged: "ok",
  unreachable: "note",
  refused: "wrong",
  failed: "wrong",
};

/** The outcomes in words; their names in JSON do not change. */
const WORDS: Readonly<Record<Outcome["outcome"], string>> = {
  verified: "verified",
  unchanged: "unchanged",
  unreachable: "not checked",
  refused: "rejected",
  failed: "failed",
};

/** More hosts than this do not fit on a line. */
const MAX_NAMED = 3;

/** The one command that explains what is wrong, if anything is. */
function nextCommand(outcomes: readonly Outcome[]): string[] {
  const wrong = outcomes.filter(({ code }) => code !== null);
  if (wrong.length === 0) return [];
  const hosts = [...new Set(wrong.flatMap(({ host }) => host ?? []))];
  const named = hosts.length > 0 && hosts.length <= MAX_NAMED && wrong.every(({ host }) => host !== null);
  return [`to find out why: registry-login doctor${named ? ` ${hosts.join(" ")}` : ""}`];
}
