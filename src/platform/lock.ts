import { closeSync, lstatSync, openSync, readlinkSync, rmSync, type Stats, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod/mini";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { whileInUse } from "./in-use.ts";
import { parseJson } from "./json.ts";
import { readWords } from "./read-file.ts";

const WAIT_MS = 10_000;
const POLL_MS = 20;
/** Age after which a lock counts as left behind when its owner cannot be looked at (another container on a shared folder). */
const FOREIGN_STALE_MS = 5_000;
/** The same for one that does not say who its owner is, who needs a moment for that, or died in it. */
export const UNWRITTEN_STALE_MS = 2_000;
/** The same where the system does not say when a process started: a new one may have the number of the owner. */
const UNPROVEN_STALE_MS = 120_000;

export interface LockOptions {
  /** What messages call the file. */
  readonly name?: string;
  /** Whether another user could have put a lock there, who might never remove it. Nobody can in a folder of ours. */
  readonly isOfOthers?: (lock: Stats) => boolean;
  readonly platform?: NodeJS.Platform;
}

/** How a lock is judged. */
type Judge = Required<Omit<LockOptions, "name">>;

/**
 * Runs `work` while holding the lock file, which exists only for that time.
 *
 * A lock whose owner died is taken over at once: the file names the owner's process and that process's start time.
 * @param file absolute path, in a folder that exists
 * @param waitMs how long to wait for another process to end its work
 * @throws UserError when another process holds it for longer; the error EPERM, at once, when another user could have put it
 * there; the file system's error when it cannot be made
 */
export async function withLock<T>(
  file: string,
  work: () => T | Promise<T>,
  waitMs = WAIT_MS,
  { name = file, isOfOthers = () => false, platform = process.platform }: LockOptions = {},
): Promise<T> {
  const deadline = Date.now() + waitMs;
  const judge = { isOfOthers, platform };
  while (!acquire(file, judge)) {
    if (Date.now() > deadline) {
      throw new UserError(explain("lock-held", { path: name }));
    }
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    remove(file, judge);
  }
}

function acquire(file: string, judge: Judge): boolean {
  const breaker = `${file}.break`;
  if (create(file, judge)) {
    // Of one that was killed after it had taken a lock over.
    if (isStale(breaker, judge) && !isForeign(breaker, judge)) remove(breaker, judge);
    return true;
  }
  if (!isStale(file, judge)) return false;
  // Only who holds the breaker may remove a stale lock, after a second look: else two that saw the same dead owner
  // would remove each other's fresh lock.
  if (!create(breaker, judge)) {
    if (isStale(breaker, judge)) remove(breaker, judge);
    return false;
  }
  try {
    if (isStale(file, judge)) remove(file, judge);
    return create(file, judge);
  } finally {
    remove(breaker, judge);
  }
}

function remove(file: string, { platform }: Judge): void {
  whileInUse(() => rmSync(file, { force: true }), platform);
}

/** @returns whether it did not exist before */
function create(file: string, judge: Judge): boolean {
  let handle: number;
  try {
    handle = whileInUse(() => openSync(file, "wx", 0o600), judge.platform);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    if (isForeign(file, judge)) throw Object.assign(new Error(file), { code: "EPERM", path: file });
    return false;
  }
  try {
    writeFileSync(handle, JSON.stringify(describeProcess(process.pid, judge)));
    return true;
  } catch (error) {
    remove(file, judge);
    throw error;
  } finally {
    closeSync(handle);
  }
}

function isForeign(file: string, { isOfOthers }: Judge): boolean {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  return stats !== undefined && isOfOthers(stats);
}

const owner = z.lazy(() =>
  z.object({
    pid: z.number(),
    /** Start time in clock ticks since boot; a pid that is used again has another one. */
    started: z.string(),
    /** The pid namespace, outside of which the pid means nothing. */
    namespace: z.string(),
  }),
);

type Owner = z.infer<typeof owner>;

/** A FIFO, a symlink or a device in its place has no owner to wait for; a folder, or a file that cannot be read, may have. */
function isStale(file: string, judge: Judge): boolean {
  const text = readWords(file);
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined || stats.isDirectory() || (text === null && stats.isFile())) return false;
  const ageMs = Date.now() - stats.mtimeMs;
  const holder = owner.safeParse(parseJson(text ?? ""));
  if (!holder.success) return ageMs > UNWRITTEN_STALE_MS;
  const { pid, started, namespace } = holder.data;
  const now = describeProcess(pid, judge);
  if (namespace !== now.namespace) return ageMs > FOREIGN_STALE_MS;
  return started !== now.started || (started === RUNNING && ageMs > UNPROVEN_STALE_MS);
}

function describeProcess(pid: number, { platform }: Pick<Judge, "platform">): Owner {
  // Only Linux has /proc; on Windows, others could make a folder of this name.
  if (platform !== "linux") return { pid, started: isAlive(pid) ? RUNNING : "", namespace: "" };
  return { pid, started: startTime(pid), namespace: namespaceOfPids() };
}

/** Instead of a start time that the system does not tell. */
const RUNNING = "alive";

function startTime(pid: number): string {
  const stat = readWords(`/proc/${pid}/stat`);
  if (stat === null) return isAlive(pid) ? RUNNING : "";
  // The command name in parentheses may hold spaces; the start time is field 22 of proc_pid_stat(5), the 20th after it.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function namespaceOfPids(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}
