import { stripVTControlCharacters } from "node:util";
import { wrapAnsi } from "fast-wrap-ansi";
import colours from "picocolors";

/** Where text goes, as far as its looks depend on it. */
export interface Terminal {
  readonly color: boolean;
  /** Whether symbols beyond ASCII can be shown. */
  readonly unicode: boolean;
  /** Characters a line; null where lines are not to be wrapped (a file, a log, a pipe). */
  readonly columns: number | null;
}

/** A log or a pipe: plain ASCII of a stable form, for whoever reads or searches it later. */
export const PLAIN: Terminal = { color: false, unicode: false, columns: null };

/**
 * What a stream can show: what is no terminal gets plain text.
 * @param stream process.stdout, or what has its two properties
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
    // Some terminals say 0 until they know better.
    columns: stream.columns || null,
  };
}

/** How something stands: as it should be; not; worth knowing; not looked at. */
export type Mark = "ok" | "wrong" | "note" | "skipped";

const SYMBOLS = {
  unicode: { ok: "✔", wrong: "✘", note: "!", skipped: "–", arrow: "→" },
  ascii: { ok: "+", wrong: "x", note: "!", skipped: "-", arrow: "->" },
} as const;

/** What a text for a person is written with. Everything is plain ASCII where the terminal asks for that. */
export interface Pen {
  /** The symbol of a mark, one column wide, in its colour. */
  mark(mark: Mark): string;
  /** A text in the colour of a mark: green, red, yellow, dim. */
  paint(mark: Mark, text: string): string;
  bold(text: string): string;
  dim(text: string): string;
  /** What stands before a piece of advice. */
  readonly arrow: string;
  /**
   * A text behind a prefix, wrapped between words so that each further line starts below the text's start. Words longer
   * than a line (a command to copy) stay whole. A prefix that leaves too little room gets a line of its own.
   * @param prefix, text may hold colours; the result ends without a line break
   */
  hang(prefix: string, text: string): string;
}

/** The fewest columns in which a text can still be read well. */
const NARROW = 24;

/** Makes the {@link Pen} of a terminal. */
export function createPen({ color, unicode, columns }: Terminal): Pen {
  const ink = colours.createColors(color);
  const paints = { ok: ink.green, wrong: ink.red, note: ink.yellow, skipped: ink.dim };
  const symbols = unicode ? SYMBOLS.unicode : SYMBOLS.ascii;
  return {
    mark: (mark) => paints[mark](symbols[mark]),
    paint: (mark, text) => paints[mark](text),
    bold: ink.bold,
    dim: ink.dim,
    arrow: symbols.arrow,
    hang: (prefix, text) => (columns === null ? prefix + text : hang(prefix, text, columns)),
  };
}

function hang(prefix: string, text: string, columns: number): string {
  const width = visibleLength(prefix);
  if (width + visibleLength(text) <= columns) return prefix + text;
  const margin = /^ */.exec(prefix)?.[0].length ?? 0;
  // A short prefix stays before its text even where both have little room.
  const apart = width > margin + 4 && columns - width < NARROW;
  const indent = apart ? Math.min(margin + 4, Math.floor(columns / 4)) : width;
  const lines = wrapAnsi(text, Math.max(columns - indent, 1)).split("\n");
  const rest = lines.map((line) => " ".repeat(indent) + line);
  if (apart) return [prefix.trimEnd(), ...rest].join("\n");
  return [prefix + (lines[0] ?? ""), ...rest.slice(1)].join("\n");
}

/** The columns that a text takes; ours are ASCII and symbols of one column. */
export function visibleLength(text: string): number {
  return stripVTControlCharacters(text).length;
}
