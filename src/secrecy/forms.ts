import { withoutControls } from "../printable.ts";

/** Shorter texts are ordinary words and parts of them. In characters. */
const MIN_LENGTH = 4;
/** A shorter piece of base64 could be a word by chance. In characters. */
const MIN_BASE64 = 6;
/** A secret of letters and digits that is shorter than this may be a part of a longer word by chance. */
const WHOLE_WORD_BELOW = 8;

/** How a secret could be written in a text. */
export interface Form {
  /** In lower case, each run of white space as one space; see {@link normalize}. */
  readonly text: string;
  /** Whether it is the secret itself, and not an encoding of it. */
  readonly isPlain: boolean;
  /** Whether it counts only if no letter and no digit is next to it. */
  readonly isWholeWord: boolean;
}

/** A text in lower case, in which each run of white space and control characters is one space. */
export interface Normalized {
  readonly text: string;
  /** For each character, and for the end: where it is in the original text. */
  readonly origin: readonly number[];
}

/** Colors of a terminal, white space, or one other character. The reports contain no other escape sequence. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
const PIECES = /(\u001b\[[0-9;]*m)|((?:(?!\u001b\[[0-9;]*m)[\s\p{Cc}])+)|[^\s\p{Cc}]/gu;

/**
 * Prepares a text for the search. Host names fold upper case to lower case, and wrapping replaces a space by a line
 * break and an indent, with colors around it.
 */
export function normalize(text: string): Normalized {
  let normalized = "";
  const origin: number[] = [];
  for (const { 0: piece, 1: color, 2: space, index } of text.matchAll(PIECES)) {
    if (color !== undefined) continue;
    if (space !== undefined) {
      // A color between two runs of white space does not separate them.
      if (normalized.endsWith(" ")) continue;
      normalized += " ";
      origin.push(index);
      continue;
    }
    normalized += foldCase(piece);
    for (let i = 0; i < piece.length; i++) origin.push(index + i);
  }
  origin.push(text.length);
  return { text: normalized, origin };
}

/** Only ASCII: host names consist of it, and other letters could change their length. */
function foldCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The texts of a secret that may appear on their own: the whole, and each of its lines. */
export function piecesOf(secret: string): string[] {
  const lines = secret.split(/[\r\n]+/);
  return [secret, ...(lines.length > 1 ? lines : [])]
    .map((piece) => piece.trim())
    .filter(({ length }) => length >= MIN_LENGTH);
}

/**
 * Every form in which a piece of a secret could appear: as it is, with its control characters replaced, JSON-escaped, URL-encoded
 * (as a path or a form does), base64 in each of its three alignments, so that it is also found within a longer base64 text
 * (`user:password`), base64url, hex.
 */
export function formsOf(piece: string): Form[] {
  const plain = [piece];
  for (const each of [JSON.stringify(piece).slice(1, -1), withoutControls(piece)]) if (each !== piece) plain.push(each);
  const encoded = [...urlEncoded(piece), ...base64Pieces(piece), Buffer.from(piece).toString("hex")];
  return [...plain.map((each) => makeForm(each, true)), ...encoded.map((each) => makeForm(each, false))];
}

function makeForm(text: string, isPlain: boolean): Form {
  const normalized = foldCase(/[\s\p{Cc}]/u.test(text) ? text.replace(/[\s\p{Cc}]+/gu, " ") : text);
  const isWholeWord = isPlain && normalized.length < WHOLE_WORD_BELOW && /^[a-z0-9]+$/.test(normalized);
  return { text: normalized, isPlain, isWholeWord };
}

/** Source: https://url.spec.whatwg.org/#percent-encoded-bytes */
function urlEncoded(text: string): string[] {
  if (/^[\w.~-]*$/.test(text)) return [];
  const path = encodeURIComponent(text.toWellFormed());
  const strict = path.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return [path, strict, strict.replaceAll("%20", "+")];
}

/**
 * The characters of a base64 text that depend on nothing but this text, whatever is before and after it there.
 * Source: RFC 4648, sections 4 and 5
 */
function base64Pieces(text: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.from("\0".repeat(before) + text);
    const encoded = bytes.toString("base64url");
    const inner = encoded.slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
    // Of a short text all characters are needed, and then it is found only at the end of a longer one.
    const piece = inner.length < MIN_BASE64 ? encoded.slice(Math.ceil((before * 8) / 6)) : inner;
    if (piece.length < MIN_BASE64) return [];
    return /[-_]/.test(piece) ? [piece, piece.replaceAll("-", "+").replaceAll("_", "/")] : [piece];
  });
}
