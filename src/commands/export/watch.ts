import { existsSync } from "node:fs";
import { sentence } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { type Destination, deliver } from "./destination.ts";
import type { ExportedLogin } from "./exported-login.ts";

/** What keeping an export up to date takes of its process. */
export interface Watching {
  /** Prints lines without the secrets in them. */
  readonly print: (text: string) => void;
  /** Waits for some milliseconds. @returns whether to go on */
  readonly pause: (ms: number) => Promise<boolean>;
}

/** An export's text, and the logins that it holds. */
export interface Made {
  readonly text: string;
  readonly logins: readonly ExportedLogin[];
}

/**
 * How often the logins are looked at, in milliseconds. A token is renewed in the second half of its life, which is at least
 * half an hour; a machine that was asleep has its new token within this time.
 */
const CHECK_MS = 30_000;

/**
 * Keeps what an export has written up to date, until it is told to stop: writes it again whenever a login in it was renewed or
 * changed, or the file was removed. What fails is reported once, and tried again.
 * @param first what was written before
 * @param make makes the export anew; it gets the logins of the one before
 * @param describe what is printed after each write
 */
export async function keepUpToDate(
  first: Made,
  destination: Destination,
  make: (earlier: readonly ExportedLogin[]) => Promise<Made>,
  describe: (made: Made) => string,
  { print, pause }: Watching,
): Promise<void> {
  let written = first.text;
  let latest = first.logins;
  let problem = "";
  while (await pause(CHECK_MS)) {
    try {
      const made = await make(latest);
      latest = made.logins;
      const isMissing = destination.kind === "file" && !existsSync(destination.file);
      if (made.text !== written || isMissing) {
        await deliver(destination, made.text, true);
        written = made.text;
        print(describe(made));
      }
      problem = "";
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const now = sentence(error);
      if (now !== problem) print(`registry-login: ${now}\n`);
      problem = now;
    }
  }
}
