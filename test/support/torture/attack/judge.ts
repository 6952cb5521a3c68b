import { lstatSync, readFileSync } from "node:fs";
import { filesBelow } from "../../temp-home.ts";
import type { Ended } from "../process.ts";
import { MARK } from "../states.ts";
import type { Tally } from "../tally.ts";
import type { Opening } from "./openings.ts";
import { memoryOf, type Registry, type Victim } from "./victim.ts";

type Report = (line: string) => void;

export function judgeGet(
  { exitCode, stdout, stderr, took }: Ended,
  password: string,
  lose: Report,
  leak: Report,
): void {
  // `timeout` ends with 124 if the launcher did not end in time.
  if (exitCode !== 0 && exitCode !== 1) lose(`get ended with ${exitCode} after ${Math.round(took)} ms: ${stderr}`);
  if (stderr.includes(MARK)) leak(`get printed on stderr: ${stderr}`);
  if (exitCode !== 0) {
    if (stdout.includes(MARK)) leak(`a get that failed printed ${stdout}`);
    return;
  }
  const secret = JSON.parse(stdout).Secret;
  if (secret !== password) leak(`get handed out ${stdout}`);
}

export function judgeLogin({ exitCode, signal, stdout, stderr }: Ended, lose: Report): void {
  if (exitCode !== 0) lose(`the login ended with ${exitCode ?? signal}: ${stderr}${stdout}`);
  if (`${stdout}${stderr}`.includes(MARK)) lose(`the login printed a secret: ${stdout}${stderr}`);
  try {
    JSON.parse(stdout);
  } catch {
    lose(`the login printed no report: ${stdout}${stderr}`);
  }
}

/** Files with a secret that a user can read: its own, and those that are open to everybody. */
export function leaksTo(uid: number, { base, uid: victim }: Victim, { name }: Opening): string[] {
  return [base, memoryOf(victim)].flatMap(filesBelow).flatMap((file) => {
    const stats = lstatSync(file);
    const isReadable = stats.uid === uid || (stats.mode & 0o077) !== 0;
    return isReadable && readFileSync(file, "latin1").includes(MARK) ? [`${name}: readable in ${file}`] : [];
  });
}

/** Reports what a registry got except its own password. */
export function expectOnly({ seen, password }: Registry, name: string, tally: Tally): void {
  for (const each of seen) if (each !== password) tally.leaks.push(`${name} got ${JSON.stringify(each)}`);
}
