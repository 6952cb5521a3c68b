import { join } from "node:path";
import { secrets } from "../../temp-home.ts";
import { type Run, startProgram } from "../process.ts";
import { type LoginState, USER } from "../states.ts";
import { nativeHostOf } from "./check.ts";
import type { NativeHome } from "./homes.ts";

const DIE_AT = join(import.meta.dirname, "..", "die-at.cjs");

/**
 * Starts the login that brings a home folder to a state, as an initializeCommand does, without checking the logins.
 * @param program the npm package's program
 * @param dying what to count or where to die; see die-at.cjs
 */
export function startLogin(
  { env, folder }: NativeHome,
  program: string,
  { passwords }: LoginState,
  dying: Readonly<Record<string, string>> = {},
): Run {
  const logins = Object.entries(passwords).map(([identifier, password]) =>
    secrets(identifier, nativeHostOf(identifier), USER, password),
  );
  const variables: Record<string, string> = Object.assign({}, env, dying, ...logins);
  const node = Object.keys(dying).length > 0 ? ["--require", DIE_AT] : [];
  const args = [program, "login", "--if-changed", "--no-verify", "--json", "--storage", "native"];
  return startProgram(process.execPath, [...node, ...args], variables, "", undefined, folder);
}

/** Starts a logout from everything. */
export function startLogout({ env }: NativeHome, program: string): Run {
  return startProgram(process.execPath, [program, "logout", "--all"], env);
}
