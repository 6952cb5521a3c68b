import { withoutControls } from "../printable.ts";
import { type Form, formsOf, type Normalized, normalize, piecesOf } from "./forms.ts";
import { isOwnWord } from "./own-words.ts";
import { TOKEN_FORMS } from "./tokens.ts";

const MASK = "***";

/** How many characters of a form are compared before a text is searched for the whole. */
const PREFIX = 4;
/** So many characters of a piece decide about the first characters of each of its forms. */
const PIECE_START = 12;

/** A part of a text, from its start to before its end. */
type Span = readonly [start: number, end: number];

/**
 * Masks secrets in a text, in every form of {@link formsOf}, and what looks like a token. Of a text in base64 that contains
 * a secret, everything is masked.
 */
export function redact(text: string, secrets: Iterable<string>): string {
  return mask(text, piecesIn([text], secrets));
}

/**
 * Masks secrets in all strings of a JSON value. The names of fields, which are ours, numbers and booleans stay; a key
 * that is not such a name is a value itself, like the hosts in a credential helper's list.
 */
export function redactJson(value: unknown, secrets: Iterable<string>): unknown {
  const pieces = piecesIn(stringsIn(value), secrets);
  return mapStrings(value, (text) => mask(text, pieces));
}

function stringsIn(value: unknown): string[] {
  const strings: string[] = [];
  mapStrings(value, (text) => {
    strings.push(text);
    return text;
  });
  return strings;
}

function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((each) => mapStrings(each, change));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [
    /^[A-Za-z]+$/.test(key) ? key : change(key),
    mapStrings(each, change),
  ]);
  return Object.fromEntries(entries);
}

/** A shorter secret may be a part of a host name by chance. In characters. */
const MIN_PART = 8;

/**
 * Does a text that should be a host name hold one of these secrets, or what looks like a token?
 * @param secrets a short one counts only if it is the whole text, as it is or encoded
 */
export function holdsSecret(text: string, secrets: Iterable<string>): boolean {
  const { text: normalized } = normalize(text.trim());
  const all = [...secrets].map((secret) => secret.trim()).filter((secret) => secret !== "");
  if (all.some((secret) => normalize(secret).text === normalized)) return true;
  const isWhole = ([start, end]: Span): boolean => start === 0 && end === normalized.length;
  const find = (isLong: boolean): Span[] => {
    const chosen = all.filter(({ length }) => length >= MIN_PART === isLong);
    return spansOf(normalized, piecesIn([normalized], chosen));
  };
  return find(true).length > 0 || find(false).some(isWhole) || tokensIn(normalized).length > 0;
}

/** The pieces of secrets that may be in one of these texts, by the first characters of their forms: mostly none. */
function piecesIn(texts: readonly string[], secrets: Iterable<string>): string[] {
  const starts = new Set<string>();
  for (const text of texts) {
    const { text: normalized } = normalize(text);
    for (let i = 0; i < normalized.length; i++) starts.add(normalized.slice(i, i + PREFIX));
  }
  const longest = Math.max(0, ...texts.map(({ length }) => length));
  return [...new Set([...secrets].flatMap(piecesOf))].filter(
    (piece) =>
      // No other form is shorter.
      withoutControls(piece).length <= longest &&
      formsOf(piece.slice(0, PIECE_START)).some((form) => starts.has(form.text.slice(0, PREFIX))),
  );
}

function mask(text: string, pieces: readonly string[]): string {
  const normalized = normalize(text);
  return replace(text, normalized, [...spansOf(normalized.text, pieces), ...tokensIn(normalized.text)]);
}

/** Where a normalized text contains forms of pieces of secrets. */
function spansOf(text: string, pieces: readonly string[]): Span[] {
  return pieces
    .flatMap(formsOf)
    .filter((form) => !(form.isPlain && isOwnWord(form.text)))
    .flatMap((form) => occurrences(form, text));
}

function occurrences({ text: form, isPlain, isWholeWord }: Form, text: string): Span[] {
  const spans: Span[] = [];
  for (let start = text.indexOf(form); start !== -1; start = text.indexOf(form, start + 1)) {
    const end = start + form.length;
    const isPart = isLetter(text[start - 1]) || isLetter(text[end]);
    if (!(isWholeWord && isPart)) spans.push(isPlain ? [start, end] : wholeWord(text, start, end));
  }
  return spans;
}

function isLetter(character: string | undefined): boolean {
  return character !== undefined && /[a-z0-9]/.test(character);
}

/** Extends a span to the whole text in base64, hex or a URL's encoding that it is a part of. */
function wholeWord(text: string, start: number, end: number): Span {
  let [from, to] = [start, end];
  while (isEncoding(text[from - 1])) from--;
  while (isEncoding(text[to])) to++;
  return [from, to];
}

function isEncoding(character: string | undefined): boolean {
  return character !== undefined && /[a-z0-9+/_=%-]/.test(character);
}

function tokensIn(text: string): Span[] {
  return [...text.matchAll(TOKEN_FORMS)].map(({ 0: token, index }) => [index, index + token.length]);
}

/** Replaces spans of a normalized text in the original one; those that touch become one mask. Colors stay. */
function replace(original: string, { origin }: Normalized, spans: readonly Span[]): string {
  let result = "";
  let at = 0;
  for (const [start, end] of merge(spans)) {
    const [from = 0, to = original.length] = [origin[start], (origin[end - 1] ?? 0) + 1];
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colors of a terminal
    const colors = original.slice(from, to).match(/\u001b\[[0-9;]*m/g) ?? [];
    result += original.slice(at, from) + MASK + colors.join("");
    at = to;
  }
  return result + original.slice(at);
}

function merge(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const [start, end] of [...spans].sort(([a], [b]) => a - b)) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last[1]) merged[merged.length - 1] = [last[0], Math.max(last[1], end)];
    else merged.push([start, end]);
  }
  return merged;
}
