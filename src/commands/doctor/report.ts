import type { Step } from "../../diagnosis/step.ts";
import type { RegistryKind } from "../../registries/kind.ts";
import { count } from "../../terminal/table.ts";
import { createPen, type Mark, type Pen, type Terminal } from "../../terminal/terminal.ts";

/** What the doctor found on the way to one registry. */
export interface Examination {
  readonly identifier: string | null;
  readonly title: string;
  readonly host: string | null;
  readonly kind: RegistryKind | null;
  readonly image: string | null;
  readonly steps: readonly Step[];
}

export interface DoctorReport {
  /** What concerns no single registry. */
  readonly general: readonly Step[];
  readonly examinations: readonly Examination[];
}

/** `doctor --json`: its shape and its codes are relied on by other programs. */
export function doctorJson({ general, examinations }: DoctorReport): string {
  const healthy = !isWrong([...general, ...examinations.flatMap(({ steps }) => steps)]);
  const registries = examinations.map(({ identifier, host, kind, image, steps }) => {
    return { identifier, host, kind, image, healthy: !isWrong(steps), steps: steps.map(stepJson) };
  });
  return `${JSON.stringify({ healthy, general: general.map(stepJson), registries })}\n`;
}

function stepJson({ name, state, code, message, hint }: Step) {
  return { step: name, state, code, message, hint };
}

/** The way to each registry, step by step, and under each step that is wrong the one thing to do. */
export function doctorText({ general, examinations }: DoctorReport, terminal: Terminal): string {
  const pen = createPen(terminal);
  const bad = examinations.filter(({ steps }) => isWrong(steps)).length;
  const trouble = bad > 0 || isWrong(general);
  const summary = !trouble
    ? `all is well (${count(examinations.length)})`
    : bad === 0
      ? "something needs mending"
      : `${bad} of ${count(examinations.length)} ${bad === 1 ? "needs" : "need"} mending`;
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

const WORDS: Readonly<Record<Mark, string>> = { ok: "ok", wrong: "WRONG", note: "note", skipped: "" };

function section(heading: string | null, steps: readonly Step[], pen: Pen): string {
  const lines = steps
    // What could not be looked at says nothing that the step before it did not say.
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
