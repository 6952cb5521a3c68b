/** Shorter forms are ordinary words. */
const MIN_LENGTH = 6;
const PIECE_LENGTH = 12;

/**
 * Every form in which a planted secret could stand in a text: as it is, each line of it, as a JSON string, URL-encoded,
 * in lower case (as a host name would be), and base64, alone or as `user:password`.
 */
export function formsOf(user: string, password: string): string[] {
  const forms = [password, ...password.split("\n")].flatMap((text) => [
    text,
    text.trim(),
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    ...(/^[\w.-]*$/.test(text) ? [text.toLowerCase()] : []),
    ...base64(text),
  ]);
  return [...new Set([...forms, ...base64(`${user}:${password}`)])].filter((form) => form.length >= MIN_LENGTH);
}

/** Without padding, so that a longer base64 text that goes on behind it is found too. */
function base64(text: string): string[] {
  const bytes = Buffer.from(text);
  return [bytes.toString("base64").replace(/=+$/, ""), bytes.toString("base64url")];
}

/** The forms of a planted secret that stand in a text, for `toEqual([])`. */
export function leaks(text: string, user: string, password: string): string[] {
  return formsOf(user, password).filter((form) => text.includes(form));
}

/** The pieces of a planted secret that stand in a text, in whatever case. */
export function leakedPieces(text: string, password: string): string[] {
  const lower = text.toLowerCase();
  const pieces = Array.from({ length: password.length - PIECE_LENGTH + 1 }, (_, at) =>
    password.slice(at, at + PIECE_LENGTH),
  );
  return pieces.filter((piece) => lower.includes(piece.toLowerCase()));
}
