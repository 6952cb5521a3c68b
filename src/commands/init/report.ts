import type { Explanation } from "../../findings/finding.ts";
import { jsonLine, printable } from "../../printable.ts";
import type { Use, UsedRegistry } from "../../repository/uses.ts";
import { table } from "../../terminal/table.ts";
import { createPen, type Pen, type Terminal } from "../../terminal/terminal.ts";
import type { Chosen } from "./choose.ts";
import type { DifferenceLine } from "./difference.ts";
import type { NextStep } from "./next-steps.ts";
import type { Plan } from "./plan.ts";

/** What a run of `init` came to. */
export interface InitReport {
  readonly outcome: "changed" | "unchanged" | "would-change";
  readonly isRemoval: boolean;
  /** Relative to the folder. */
  readonly file: string;
  readonly isNew: boolean;
  readonly plan: Pick<Plan, "feature" | "hook" | "secrets"> | null;
  readonly registries: readonly UsedRegistry[];
  readonly chosen: readonly Chosen[];
  readonly difference: readonly DifferenceLine[];
  /** Files besides the configuration that were or would be written. */
  readonly otherFiles: readonly string[];
  readonly notes: readonly Explanation[];
  readonly left: readonly NextStep[];
  /** The secrets that gh has set. */
  readonly secretsSet: readonly string[];
}

/** `init --json`: its shape is relied on by other programs. */
export function initJson(report: InitReport): string {
  const { outcome, file, plan, registries, chosen, difference, otherFiles, notes, left, secretsSet } = report;
  const identifiers = new Map(chosen.map(({ identifier, registry }) => [registry.host, identifier]));
  const { action = "none", value = null, suggestion = null } = plan?.hook ?? {};
  return jsonLine({
    outcome,
    file,
    feature: plan === null ? null : { action: plan.feature },
    initializeCommand: plan === null ? null : { action, value, suggestion },
    secrets: { declared: plan?.secrets ?? [], set: secretsSet },
    registries: registries.map(({ host, registry, privacy, isNeededBefore, isOptional, uses }) => ({
      host,
      kind: registry.kind,
      privacy,
      before: uses.some(({ phase }) => phase === "before"),
      loginNeededBefore: isNeededBefore,
      optional: isOptional,
      id: identifiers.get(host) ?? null,
      uses: uses.map(useJson),
    })),
    otherFiles,
    difference: difference.map(({ sign, text }) => `${sign}${text}`).join("\n"),
    warnings: notes.map(({ code, message, hint }) => ({ code, message, hint })),
    left: left.map(({ title, lines }) => ({ title, lines })),
  });
}

function useJson({ file, where, image, phase, isOptional, depends }: Use) {
  return { file, where, image, phase, optional: isOptional, depends };
}

/** The report for a person. */
export function initText(report: InitReport, terminal: Terminal): string {
  const pen = createPen(terminal);
  const blocks = [
    [
      `${pen.hang("", `registry-login init: ${pen.paint(report.outcome === "unchanged" ? "ok" : "note", summary(report))}`)}\n`,
    ],
    section(pen, "Registries", registryRows(report, pen)),
    section(pen, "Changes", differenceRows(report, pen)),
    section(pen, "Worth knowing", noteRows(report.notes, pen)),
    section(
      pen,
      "Left to do",
      report.left.flatMap((step) => stepRows(step, pen)),
    ),
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join(""))
    .join("\n");
}

function summary({ outcome, file, isRemoval, isNew, secretsSet }: InitReport): string {
  const set = secretsSet.length === 0 ? "" : `, and set ${secretsSet.length} secrets`;
  if (outcome === "unchanged") {
    return isRemoval ? `${file} has nothing of registry-login` : `${file} is already set up; nothing was changed${set}`;
  }
  if (outcome === "would-change") return isNew ? `would make ${file}` : `would change ${file}`;
  return `${isNew ? "made" : "changed"} ${file}${set}`;
}

function section(pen: Pen, title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${pen.bold(title)}\n`, ...lines];
}

const PRIVACY = { public: "public", private: "private", "cannot-tell": "may be private" } as const;

const PHASES = {
  before: "before the container exists",
  inside: "in the container",
  later: "not started with the container",
  ci: "in CI only",
} as const;

function registryRows({ registries, chosen }: InitReport, pen: Pen): string[] {
  const identifiers = new Map(chosen.map(({ identifier, registry }) => [registry.host, identifier]));
  const rows = registries.map(({ host, privacy, uses, isOptional }) => {
    const phase = uses[0]?.phase ?? "ci";
    const first = uses.find((use) => use.phase === phase);
    const more = uses.length > 1 ? ` and ${uses.length - 1} more` : "";
    const where = first === undefined ? "" : `${first.where} in ${first.file}${more}`;
    const when = isOptional ? "only as a cache" : PHASES[phase];
    return [host, identifiers.get(host) ?? "-", PRIVACY[privacy], when, where].map(printable);
  });
  const unused = chosen
    .filter(({ registry }) => !registries.some(({ host }) => host === registry.host))
    .map(({ identifier, registry }) => [
      registry.host,
      identifier,
      "-",
      "in the container",
      "not used by any file here",
    ]);
  return table([...rows, ...unused], pen);
}

function differenceRows({ difference, otherFiles, outcome }: InitReport, pen: Pen): string[] {
  const lines = difference.map(({ sign, text }) => {
    if (sign === "@") return "  ...\n";
    const line = `${sign} ${printable(text.replaceAll("\t", "    "))}`.trimEnd();
    return `  ${sign === "+" ? pen.paint("ok", line) : sign === "-" ? pen.paint("wrong", line) : pen.dim(line)}\n`;
  });
  const verb = outcome === "changed" ? "also written" : "would also be written";
  return [...lines, ...otherFiles.map((file) => `  ${verb}: ${printable(file)}\n`)];
}

function noteRows(notes: readonly Explanation[], pen: Pen): string[] {
  return notes.flatMap(({ message, hint, code }) => [
    `${pen.hang(`  ${pen.mark("note")} `, `${message} ${pen.dim(`[${code}]`)}`)}\n`,
    ...(hint === "" ? [] : [`${pen.hang(`      ${pen.arrow} `, hint)}\n`]),
  ]);
}

/** Lines to paste are never wrapped. */
function stepRows({ title, lines }: NextStep, pen: Pen): string[] {
  return [`${pen.hang("  ", `${title}:`)}\n`, ...lines.map((line) => `    ${line}\n`)];
}
