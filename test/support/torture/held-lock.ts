import { mkdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes the lock file of another agent, which is this process and does not let go.
 * @param file absolute path of the lock
 */
export function holdLock(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Field 22 of proc_pid_stat(5); this process's name has no parenthesis.
  const started = readFileSync("/proc/self/stat", "utf8").split(") ")[1]?.split(" ")[19];
  const namespace = readlinkSync("/proc/self/ns/pid");
  writeFileSync(file, JSON.stringify({ pid: process.pid, started, namespace }));
}
