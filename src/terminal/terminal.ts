import { stripVTControlCharacters } from "node:util";
import { wrapAnsi } from "fast-wrap-ansi";
import picocolors from "picocolors";

/** The properties of an output that decide how text is formatted. */
export interface Terminal {
  readonly color: boolean;
  /** Whether symbols beyond ASCII can be shown. */
  readonly unicode: boolean;
  /** Characters per line; null if lines are not wrapped (a file, a log, a pipe). */
  readonly columns: number | null;
  /** How a person at it starts this program, where its name alone does not. */
  readonly program?: string;
}

/** A log or a pipe: plain ASCII in a stable form, which can be searched. */
export const PLAIN: Terminal = { color: false, unicode: false, columns: null };

/**
 * What a stream can show; a stream that is not a terminal gets plain text.
 * @param stream process.stdout, or an object with these two properties
 * Sources: https://no-color.org; setlocale(3) for LC_ALL before LC_CTYPE before LANG
 */
export function describeTerminal(
  env: Readonly<Record<string, string | undefined>>,
  stream: { readonly isTTY?: boolean; readonly columns?: number },
): Terminal {
  if (stream.isTTY !== true) return PLAIN;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  return {
    color: !env.NO_COLOR && env.TERM !== "dumb",
    // The Linux console has a font of 512 symbols at most.
    unicode: /utf-?8/i.test(locale) && env.TERM !== "dumb" && env.TERM !== "linux",
    // Some terminals report 0 until they know their size.
    columns: stream.columns || null,
  };
}

/** The state of something: no problem; a problem; worth knowing; not checked. */
export type Mark = "ok" | "wrong" | "note" | "skipped";

const SYMBOLS = {
  unicode: { ok: "✔", wrong: "✘", note: "!", skipped: "–", arrow: "→" },
  ascii: { ok: "+", wrong: "x", note: "!", skipped: "-", arrow: "->" },
} as const;

/** Formats text for a terminal; plain ASCII if the terminal shows nothing else. */
export interface Pen {
  /** The symbol of a mark, one column wide, in its color. */
  mark(mark: Mark): string;
  /** A text in the color of a mark: green, red, yellow, dim. */
  paint(mark: Mark, text: string): string;
  bold(text: string): string;
  dim(text: string): string;
  /** The symbol before a hint. */
  readonly arrow: string;
  /**
   * A text after a prefix, wrapped between words and indented below the start of the text. Words longer than a line (a
   * command to copy) are not broken. A prefix that leaves too little room gets a line of its own.
   * @param prefix may contain colors, as may the text; the result ends without a line break
   */
  hang(prefix: string, text: string): string;
}

/** With fewer columns, a text is hard to read. */
const NARROW = 24;

/** Makes the {@link Pen} of a terminal. */
export function createPen({ color, unicode, columns, program }: Terminal): Pen {
  const colors = picocolors.createColors(color);
  const paints = { ok: colors.green, wrong: colors.red, note: colors.yellow, skipped: colors.dim };
  const symbols = unicode ? SYMBOLS.unicode : SYMBOLS.ascii;
  return {
    mark: (mark) => paints[mark](symbols[mark]),
    paint: (mark, text) => paints[mark](text),
    bold: colors.bold,
    dim: colors.dim,
    arrow: symbols.arrow,
    hang: (prefix, text) => {
      const named = program === undefined ? text : text.replace(COMMAND, program);
      return columns === null ? prefix + named : hang(prefix, named, columns);
    },
  };
}

/** This program, where a text tells a person to run it. */
const COMMAND =
  /(?<![\w/@-])registry-login(?= (?:login|doctor|status|logout|plan|export)\b)|(?<=\b(?:run|then) )registry-login\b/g;

function hang(prefix: string, text: string, columns: number): string {
  const width = visibleLength(prefix);
  if (width + visibleLength(text) <= columns) return prefix + text;
  const margin = /^ */.exec(prefix)?.[0].length ?? 0;
  const ownIndent = Math.min(margin + 4, Math.floor(columns / 4));
  // A short prefix stays on the line of its text, even with little room.
  const ownLine =
    width > ownIndent && (columns - width < NARROW || isBroken(text, columns - width, columns - ownIndent));
  const indent = ownLine ? ownIndent : width;
  const lines = wrapAnsi(text, Math.max(columns - indent, 1)).split("\n");
  const rest = lines.map((line) => " ".repeat(indent) + line);
  if (ownLine) return [...prefixLines(prefix.trimEnd(), margin, columns), ...rest].join("\n");
  return [prefix + (lines[0] ?? ""), ...rest.slice(1)].join("\n");
}

/** Does a text have a word that needs more than the first width, and no more than the second? */
function isBroken(text: string, width: number, more: number): boolean {
  const longest = Math.max(...text.split(" ").map(visibleLength));
  return longest > width && longest <= more;
}

/** A prefix that is wider than the terminal is wrapped, too. */
function prefixLines(prefix: string, margin: number, columns: number): string[] {
  if (visibleLength(prefix) <= columns) return [prefix];
  const lines = wrapAnsi(prefix.slice(margin), Math.max(columns - margin, 1)).split("\n");
  return lines.map((line) => " ".repeat(margin) + line);
}

/** The width of a text in columns; our texts consist of ASCII and symbols of one column. */
export function visibleLength(text: string): number {
  return stripVTControlCharacters(text).length;
}
