import { fstatSync } from "node:fs";
import type { Environment } from "../../platform/environment.ts";

/** What reads the standard output: a person, a log that is stored, a file that others can read, or only what it is meant for. */
export type StdoutReader = "terminal" | "log" | "open-file" | "program";

/** CI systems store what a job prints. Sources: the systems' lists of predefined variables */
const CI_VARIABLES = ["CI", "TF_BUILD", "JENKINS_URL"];

/**
 * Who reads what this process prints.
 * @param descriptor the standard output
 * Source: systemd.exec(5) for JOURNAL_STREAM
 */
export function findStdoutReader(env: Environment, isTerminal: boolean, descriptor = 1): StdoutReader {
  if (isTerminal) return "terminal";
  const stats = fstatSync(descriptor);
  // On Windows, the mode says nothing of others.
  if (stats.isFile()) return process.platform !== "win32" && (stats.mode & 0o077) !== 0 ? "open-file" : "program";
  const isJob = CI_VARIABLES.some((name) => !["", "false", "0"].includes(env[name] ?? ""));
  return isJob || env.JOURNAL_STREAM === `${stats.dev}:${stats.ino}` ? "log" : "program";
}
