import { type Explanation, explain } from "../../findings/finding.ts";
import type { Environment } from "../../platform/environment.ts";
import type { Finished } from "../../platform/run-program.ts";
import { printable } from "../../printable.ts";

/**
 * Whether a store fails for one entry, as far as anybody knows: neither locked nor missing. A store that was killed while it
 * wrote an entry, as pass can be, cannot read it any more.
 */
export function isUnreadable({ code }: Explanation): boolean {
  return code === "store-fails";
}

/** What was asked of a store. */
export interface Asked {
  readonly store: string;
  readonly key: string;
  /** docker's config file. */
  readonly file: string;
  readonly env: Environment;
  /** The size of the secret that was to be stored; 0 for other calls. */
  readonly bytes: number;
}

/** The largest secret of Windows' credential manager, in bytes (CRED_MAX_CREDENTIAL_BLOB_SIZE of wincred.h). */
const WINCRED_BYTES = 2560;

/** More of a program's text does not help. */
const MAX_TEXT = 200;

type Explain = (asked: Asked, text: string) => Explanation;

/**
 * What the programs print, and what it means. The texts come from docker-credential-helpers, pass, libsecret and the systems'
 * own libraries, as people reported them; a rule that comes first wins.
 */
const TEXTS: readonly (readonly [RegExp, Explain])[] = [
  [/-25308|User interaction is not allowed/i, ({ store }, text) => explain("keychain-locked", { store, text })],
  [
    /user name or passphrase you entered is not correct|-25293|-128\b/i,
    ({ store }, text) => explain("keychain-denied", { store, text }),
  ],
  [
    /specified item already exists|-25299/i,
    ({ store, key }, text) => explain("keychain-duplicate", { store, key, text }),
  ],
  [
    /autolaunch D-Bus|org\.freedesktop\.secrets|StartServiceByName|DBUS_SESSION_BUS_ADDRESS/i,
    ({ store }, text) => explain("secret-service-missing", { store, text }),
  ],
  [
    /pass (?:store is uninitialized|not initialized)/i,
    ({ store }, text) => explain("pass-uninitialized", { store, text }),
  ],
  [
    /decryption failed|No secret key|pinentry|Inappropriate ioctl|Operation cancelled/i,
    ({ store }, text) => explain("pass-locked", { store, text }),
  ],
  [
    /error while loading shared libraries:|Library not loaded:/i,
    ({ store }, text) =>
      explain("store-library", {
        store,
        library: /(?:shared libraries|not loaded): ([^:\s]+)/i.exec(text)?.[1] ?? "of the system",
      }),
  ],
  [/no credentials server URL/i, ({ store }, text) => explain("store-input-lost", { store, text })],
  [
    /backend\.sock|credstore-updated|docker desktop is (?:not running|unable)/i,
    ({ store }, text) => explain("store-backend", { store, text }),
  ],
  [/^not implemented$/im, ({ store }) => explain("store-read-only", { store })],
  [
    /stub received bad data|-?1783\b|parameter is incorrect/i,
    ({ store, bytes }) => explain("store-limit", { store, bytes }),
  ],
  [/exec format error/i, ({ store }) => explain("store-not-run", { store, error: "exec format error" })],
  [/Invalid argument/i, ({ store }) => explain("store-invalid-argument", { store })],
];

/** Programs of Windows write their own helpers into the files of WSL's distributions, too. */
const WRITERS: Readonly<Record<string, string>> = { "desktop.exe": "Docker Desktop", "wincred.exe": "Rancher Desktop" };

function explainMissing({ store, file, env }: Asked): Explanation {
  const values = { store, file, path: env.PATH ?? "" };
  if (!store.endsWith(".exe")) return explain("store-missing", values);
  return explain("store-of-windows", { ...values, program: WRITERS[store] ?? "a program of Windows" });
}

/** The meaning of a call that failed. */
export function explainFault({ status, stdout, stderr, error, limitMs }: Finished, asked: Asked): Explanation {
  const { store, key, bytes } = asked;
  if (error === "TIMEOUT") return explain("store-hangs", { store, seconds: Math.round(limitMs / 1000) });
  if (error === "ENOENT") return explainMissing(asked);
  if (error !== "") {
    return explain("store-not-run", { store, error: error === "ENOEXEC" ? "exec format error" : error });
  }
  // Helpers explain themselves on stdout; what does not get that far writes to stderr.
  const printed = stdout.trim() || stderr.trim();
  const text = printable(printed.replace(/\s+/g, " ")).slice(0, MAX_TEXT);
  const known = TEXTS.find(([pattern]) => pattern.test(printed));
  if (known !== undefined) return known[1](asked, text);
  if (store === "wincred" && bytes > WINCRED_BYTES) return explain("store-limit", { store, bytes });
  return explain("store-fails", { store, key, status: status ?? "none", text });
}
