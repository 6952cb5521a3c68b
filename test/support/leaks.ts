import { spawn } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Shorter forms are ordinary words, in characters. */
const MIN_LENGTH = 6;
const PIECE_LENGTH = 12;

/**
 * Every form in which a secret could leak into a text: as it is, each line of it, as a JSON string, URL-encoded,
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

/** Without padding, so that it is also found at the start of a longer base64 text. */
function base64(text: string): string[] {
  const bytes = Buffer.from(text);
  return [bytes.toString("base64").replace(/=+$/, ""), bytes.toString("base64url")];
}

/** The forms that a text contains. */
export function findLeaks(text: string, forms: readonly string[]): string[] {
  return forms.filter((form) => text.includes(form));
}

/** The forms of one secret that a text contains, for `toEqual([])`. */
export function leaks(text: string, user: string, password: string): string[] {
  return findLeaks(text, formsOf(user, password));
}

/**
 * What a text reveals of a secret that begins with this word, in any case and encoding: as it is, as hex, or within base64
 * at any of its three alignments.
 */
export function revealed(text: string, word: string): string[] {
  const lower = text.toLowerCase();
  const aligned = ["", "x", "xx"].map((before) =>
    Buffer.from(`${before}${word}`)
      .toString("base64")
      .slice(Math.ceil((before.length * 8) / 6), -4),
  );
  const forms = [word, Buffer.from(word).toString("hex"), ...aligned];
  return forms.filter((form) => lower.includes(form.toLowerCase()));
}

/** The pieces of a secret that a text contains, in any case. */
export function leakedPieces(text: string, password: string): string[] {
  const lower = text.toLowerCase();
  const pieces = Array.from({ length: password.length - PIECE_LENGTH + 1 }, (_, at) =>
    password.slice(at, at + PIECE_LENGTH),
  );
  return pieces.filter((piece) => lower.includes(piece.toLowerCase()));
}

/** The forms that the output of a program contains, of whatever length. */
export function findLeaksInOutput(
  program: string,
  args: readonly string[],
  forms: readonly string[],
): Promise<string[]> {
  const overlap = Math.max(...forms.map((form) => Buffer.byteLength(form)));
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    const found = new Set<string>();
    let tail = Buffer.alloc(0);
    child.stdout.on("data", (chunk: Buffer) => {
      const window = Buffer.concat([tail, chunk]);
      for (const form of forms) if (window.includes(form)) found.add(form);
      tail = window.subarray(-overlap);
    });
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve([...found]) : reject(new Error(`${program} ended with ${code}`)),
    );
  });
}

export interface Watched {
  readonly looks: number;
  /** Programs with a secret among their arguments, in containers and outside. */
  readonly inContainers: readonly string[];
  readonly outside: readonly string[];
}

/** Watches the arguments of every process of this machine, containers included, until it is stopped. */
export function watchArguments(forms: readonly string[]): { stop(): Watched } {
  const inContainers = new Set<string>();
  const outside = new Set<string>();
  const own = readlinkSync("/proc/self/ns/pid");
  let looks = 0;
  const timer = setInterval(() => {
    looks++;
    for (const pid of readdirSync("/proc")) {
      if (!/^[0-9]+$/.test(pid)) continue;
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        if (findLeaks(line, forms).length === 0) continue;
        const where = readlinkSync(`/proc/${pid}/ns/pid`) === own ? outside : inContainers;
        where.add(line.split("\0")[0] ?? "");
      } catch {
        // The process ended meanwhile.
      }
    }
  }, 5);
  return {
    stop: () => {
      clearInterval(timer);
      return { looks, inContainers: [...inContainers], outside: [...outside] };
    },
  };
}
