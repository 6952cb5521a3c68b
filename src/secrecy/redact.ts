import { withoutControls } from "../printable.ts";
import { type Form, formsOf, type Normalized, normalize, piecesOf } from "./forms.ts";
import { isOwnWord } from "./own-words.ts";
import { TOKEN_FORMS } from "./tokens.ts";

const MASK = "***";

/** By how many characters forms are looked up; none is shorter. */
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
  return mask(text, findForms([text], secrets));
}

/**
 * Masks secrets in all strings of a JSON value. The names of fields, which are ours, numbers and booleans stay; a key
 * that is not such a name is a value itself, like the hosts in a credential helper's list.
 */
export function redactJson(value: unknown, secrets: Iterable<string>): unknown {
  const forms = findForms(stringsIn(value), secrets);
  return mapStrings(value, (text) => mask(text, forms));
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
 * Which of these texts, that should be host names, hold one of these secrets, or what looks like a token?
 * @param secrets a short one counts only if it is the whole text, as it is or encoded
 */
export function textsWithSecrets(texts: readonly string[], secrets: Iterable<string>): Set<string> {
  const all = [...secrets].map((secret) => secret.trim()).filter((secret) => secret !== "");
  const whole = new Set(all.map((secret) => normalize(secret).text));
  const trimmed = texts.map((text) => text.trim());
  const [long, short] = [true, false].map((isLong) =>
    findForms(
      trimmed,
      all.filter(({ length }) => length >= MIN_PART === isLong),
    ),
  ) as [Forms, Forms];
  const holds = (text: string): boolean => {
    const { text: normalized } = normalize(text.trim());
    const isWhole = ([start, end]: Span): boolean => start === 0 && end === normalized.length;
    return (
      whole.has(normalized) ||
      spansOf(normalized, long).length > 0 ||
      spansOf(normalized, short).some(isWhole) ||
      tokensIn(normalized).length > 0
    );
  };
  return new Set(texts.filter(holds));
}

/** Forms of secrets by their first characters. */
type Forms = ReadonlyMap<string, readonly Form[]>;

/** The forms of secrets that may be in one of these texts: mostly none. Secrets, and reports, may be large and many. */
function findForms(texts: readonly string[], secrets: Iterable<string>): Forms {
  const starts = new Set<string>();
  for (const text of texts) {
    const { text: normalized } = normalize(text);
    for (let i = 0; i < normalized.length; i++) starts.add(normalized.slice(i, i + PREFIX));
  }
  const longest = Math.max(0, ...texts.map(({ length }) => length));
  const forms = new Map<string, Form[]>();
  for (const piece of new Set([...secrets].flatMap(piecesOf))) {
    // No other form is shorter.
    if (withoutControls(piece).length > longest) continue;
    if (!formsOf(piece.slice(0, PIECE_START)).some(({ text }) => starts.has(text.slice(0, PREFIX)))) continue;
    for (const form of formsOf(piece)) {
      const start = form.text.slice(0, PREFIX);
      if (start.length < PREFIX || !starts.has(start) || (form.isPlain && isOwnWord(form.text))) continue;
      const same = forms.get(start);
      if (same === undefined) forms.set(start, [form]);
      else same.push(form);
    }
  }
  return forms;
}

function mask(text: string, forms: Forms): string {
  const normalized = normalize(text);
  return replace(text, normalized, [...spansOf(normalized.text, forms), ...tokensIn(normalized.text)]);
}

/** Where a normalized text contains forms of secrets. */
function spansOf(text: string, forms: Forms): Span[] {
  const spans: Span[] = [];
  if (forms.size === 0) return spans;
  for (let start = 0; start < text.length; start++) {
    for (const { text: form, isPlain, isWholeWord } of forms.get(text.slice(start, start + PREFIX)) ?? []) {
      if (!text.startsWith(form, start)) continue;
      const end = start + form.length;
      const isPart = isLetter(text[start - 1]) || isLetter(text[end]);
      if (!(isWholeWord && isPart)) spans.push(isPlain ? [start, end] : wholeWord(text, start, end));
    }
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
