import { withoutControls } from "./printable.ts";

const MIN_LENGTH = 4;
const MASK = "***";
/** Longer than any host name; regular expressions of 48 KB are not to be had. */
const MAX_PATTERN = 1000;

/**
 * Makes a function that masks secrets in a text, in every form in which they could appear: as they are, a line of
 * them, base64 (alone or as user:password, standard or URL alphabet), URL-encoded, as a JSON string, without control
 * characters.
 *
 * Our own texts never hold a secret; this is for words that come from elsewhere (a server text, an error's message).
 * Forms shorter than four characters stay: masking them would only blank out ordinary words.
 */
export function createRedactor(secrets: Iterable<{ user: string; password: string }>): (text: string) => string {
  const forms = new Set<string>();
  for (const { user, password } of secrets) {
    for (const text of [password, ...password.split(/\r?\n/)]) {
      for (const form of formsOf(text)) forms.add(form);
    }
    for (const form of base64(`${user}:${password}`)) forms.add(form);
  }
  // Longest first: a short form must not cut a longer one into pieces that stay readable. In any case: host names fold it.
  const patterns = [...forms]
    .filter((form) => form.length >= MIN_LENGTH)
    .sort((a, b) => b.length - a.length)
    .map((form) => (form.length > MAX_PATTERN ? form : new RegExp(escapePattern(form), "gi")));
  return (text) => patterns.reduce<string>((masked, pattern) => masked.replaceAll(pattern, MASK), text);
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

function formsOf(text: string): string[] {
  const trimmed = text.trim();
  return [
    text,
    trimmed,
    withoutControls(text),
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text.toWellFormed()),
    ...base64(text),
  ];
}

function base64(text: string): string[] {
  const bytes = Buffer.from(text);
  return [bytes.toString("base64"), bytes.toString("base64").replace(/=+$/, ""), bytes.toString("base64url")];
}
