import type { Step } from "../../diagnosis/step.ts";
import { jsonLine } from "../../printable.ts";
import type { RegistryKind } from "../../registries/kind.ts";
import { count, share } from "../../terminal/table.ts";
import { createPen, type Mark, type Pen, type Terminal } from "../../terminal/terminal.ts";

/** What the doctor found for one registry or image. */
export interface Examination {
  readonly identifier: string | null;
  readonly title: string;
  readonly host: string | null;
  readonly kind: RegistryKind | null;
  readonly image: string | null;
  readonly steps: readonly Step[];
}

export interface DoctorReport {
  /** Steps that are not about a single registry. */
  readonly general: readonly Step[];
  readonly examinations: readonly Examination[];
}

/** `doctor --json`: its shape and its codes are relied on by other programs. */
export function doctorJson({ general, examinations }: DoctorReport): string {
  const healthy = !isWrong([...general, ...examinations.flatMap(({ steps }) => steps)]);
  const registries = examinations.map(({ identifier, host, kind, image, steps }) => {
    return { identifier, host, kind, image, healthy: !isWrong(steps), steps: steps.map(stepJson) };
  });
  return jsonLine({ healthy, general: general.map(stepJson), registries });
}

function stepJson({ name, state, code, message, hint }: Step) {
  return { step: name, state, code, message, hint };
}

/** The steps for each registry, with a hint below each one that has a problem. */
export function doctorText({ general, examinations }: DoctorReport, terminal: Terminal): string {
  const pen = createPen(terminal);
  const bad = examinations.filter(({ steps }) => isWrong(steps)).length;
  const trouble = bad > 0 || isWrong(general);
  const summary = !trouble
    ? `no problems found (${count(examinations.length)})`
    : bad === 0
      ? "there is a problem"
      : `${share(bad, examinations.length)} ${bad === 1 ? "has" : "have"} a problem`;
  const blocks = [
    ...(general.length === 0 ? [] : [section(null, general, pen)]),
    ...examinations.map(({ title, identifier, steps }) => {
      const heading = identifier === null ? pen.bold(title) : `${pen.bold(title)} (${identifier})`;
      return section(heading, steps, pen);
    }),
  ];
  return [`registry-login doctor: ${pen.paint(trouble ? "wrong" : "ok", summary)}\n`, ...blocks].join("\n");
}

const NAME_WIDTH = "registry".length;

const WORDS: Readonly<Record<Mark, string>> = { ok: "ok", wrong: "error", note: "note", skipped: "" };

function section(heading: string | null, steps: readonly Step[], pen: Pen): string {
  const lines = steps
    // A skipped step follows from the problem of a step above.
    .filter(({ state }) => state !== "skipped")
    .flatMap(({ name, state, code, message, hint }) => {
      const word = pen.paint(state, WORDS[state].padEnd(WORDS.wrong.length));
      const prefix = `  ${pen.mark(state)} ${word} ${name.padEnd(NAME_WIDTH)}  `;
      const text = code === null ? message : `${message} ${pen.dim(`[${code}]`)}`;
      const advice = hint === "" ? [] : [pen.hang(`      ${pen.arrow} `, hint)];
      return [pen.hang(prefix, text), ...advice];
    });
  return [...(heading === null ? [] : [heading]), ...lines].map((line) => `${line}\n`).join("");
}

function isWrong(steps: readonly Step[]): boolean {
  return steps.some(({ state }) => state === "wrong");
}
