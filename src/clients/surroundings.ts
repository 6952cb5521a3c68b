import { resolve } from "node:path";
import type { Context } from "../context.ts";
import type { InputNote } from "../discovery/inputs.ts";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { type Environment, homeFolder } from "../platform/environment.ts";
import { MAX_CONFIG_BYTES, readTextIfPossible } from "../platform/read-file.ts";
import { printable } from "../printable.ts";
import { dockerConfigFile } from "./docker/edit-config.ts";

/** What is unusual about the user or the config file that logins on a host are for. */
export function noteSurroundings(env: Environment, uid: number, platform: NodeJS.Platform): InputNote[] {
  try {
    return findNotes(env, uid, dockerConfigFile(env, platform));
  } catch (error) {
    // Without a home folder, the command itself says so.
    if (error instanceof UserError) return [];
    throw error;
  }
}

/** What is wrong with the inputs of a run, or unusual about its surroundings. */
export function notesOf({ env, machine }: Pick<Context, "env" | "machine">): readonly InputNote[] {
  return machine === null ? notePaths(env) : (machine.notes ?? []);
}

/** A home folder or a variable that a shell would have replaced; programs take it as it is. */
const LITERAL = /^~(?=$|[\\/])|\$(?:[A-Za-z_]\w*|\{[^}]*\})|%\w+%/;

/** The variables that lead clients to a folder or file whose name was meant in a different way. */
function notePaths(env: Environment): InputNote[] {
  return ["DOCKER_CONFIG", "REGISTRY_AUTH_FILE"].flatMap((variable) => {
    const value = env[variable] ?? "";
    const part = LITERAL.exec(value)?.[0];
    if (part === undefined) return [];
    const values = { variable, value: printable(value), part: printable(part), path: printable(resolve(value)) };
    return [{ finding: explain("path-not-expanded", values), step: "store", isWrong: true }];
  });
}

function findNotes(env: Environment, uid: number, file: string): InputNote[] {
  const notes: InputNote[] = notePaths(env);
  const sudo = explainSudo(env, uid, file);
  if (sudo !== null) notes.push({ finding: sudo, step: "store", isWrong: false });
  // docker fails to parse such a file, says so with each command, and replaces it at the next login.
  if (readTextIfPossible(file, MAX_CONFIG_BYTES)?.trim() === "") {
    notes.push({ finding: explain("config-empty", { file }), step: "store", isWrong: false });
  }
  return notes;
}

function explainSudo(env: Environment, uid: number, file: string): InputNote["finding"] | null {
  const { SUDO_UID = "", SUDO_USER = "" } = env;
  if (SUDO_USER === "" || SUDO_UID === "" || SUDO_UID === "0") return null;
  const user = printable(SUDO_USER);
  if (uid === 0) return explain("sudo-root", { file, user });
  // Root's rights were given up at the start; see src/platform/sudo.ts.
  return uid === Number(SUDO_UID) ? explain("sudo-user", { file, user, home: homeFolder(env) }) : null;
}
