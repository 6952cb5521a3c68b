/** Longer than any host name or file path that a person reads to its end. In characters. */
const MAX_LENGTH = 1000;

/**
 * What moves the cursor, starts a line, changes colors or the direction of a text, or is invisible: control characters (C0,
 * DEL, C1), format characters (bidirectional marks and overrides, zero-width ones, tags), line and paragraph separators,
 * halves of surrogate pairs.
 * Source: https://www.unicode.org/reports/tr44/#General_Category_Values
 */
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A text with each character that could change more than its own place on a terminal or in a log replaced by `?`. */
export function withoutControls(text: string): string {
  return text.replace(CONTROLS, "?");
}

/**
 * A value from outside (a user name, a file, an answer) as a part of a line. One that is too long is replaced by its length
 * and not cut, because a part of a secret would not be masked.
 */
export function printable(value: string): string {
  return value.length > MAX_LENGTH ? `a text of ${value.length} characters` : withoutControls(value);
}

/** A line of JSON in which control characters are escaped, so that it can be printed on a terminal. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value).replace(CONTROLS, escaped)}\n`;
}

/** Indented lines of JSON for a file; control characters in its strings are escaped, as YAML demands, too. */
export function jsonText(value: unknown): string {
  const lines = JSON.stringify(value, null, 2).split("\n");
  return lines.map((line) => `${line.replace(CONTROLS, escaped)}\n`).join("");
}

/** Each UTF-16 unit as JSON escapes it. Source: RFC 8259 section 7. */
function escaped(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
