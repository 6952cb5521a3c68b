import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { withLock } from "../../../src/platform/lock.ts";
import { tempFolder } from "../../support/temp-home.ts";

/** A lock of a process, which was taken some seconds ago. */
function lockOf(pid: number, seconds = 0): string {
  const lock = join(tempFolder(), "lock");
  writeFileSync(lock, JSON.stringify({ pid, started: "alive", namespace: "" }));
  const then = new Date(Date.now() - seconds * 1000);
  utimesSync(lock, then, then);
  return lock;
}

describe.each<NodeJS.Platform>(["darwin", "win32"])(
  "where the system does not say when a process started (%s)",
  (platform) => {
    const take = (lock: string): Promise<string> => withLock(lock, () => "taken", 200, { platform });

    test("the lock of a running process is waited for", async () => {
      await expect(take(lockOf(process.pid))).rejects.toMatchObject({ code: "lock-held" });
    });

    test("the lock of a dead process is taken over at once", async () => {
      const { pid } = spawnSync(process.execPath, ["-e", "0"]);
      expect(await take(lockOf(pid))).toBe("taken");
    });

    test("an old lock is taken over: a new process may have its owner's number", async () => {
      expect(await take(lockOf(process.pid, 600))).toBe("taken");
    });

    test("a lock says what the next process compares, and is removed", async () => {
      const lock = join(tempFolder(), "lock");
      const text = await withLock(lock, () => readFileSync(lock, "utf8"), 200, { platform });
      expect(JSON.parse(text)).toEqual({ pid: process.pid, started: "alive", namespace: "" });
      expect(existsSync(lock)).toBe(false);
    });
  },
);
