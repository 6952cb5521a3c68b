import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { withLock } from "../../../src/platform/lock.ts";
import { tempFolder } from "../../support/temp-home.ts";

const lockFile = (): string => join(tempFolder(), "lock");
const namespace = (): string => readlinkSync("/proc/self/ns/pid");
const age = (file: string, seconds: number): void => {
  const then = new Date(Date.now() - seconds * 1000);
  utimesSync(file, then, then);
};

/** A program that leaves a socket behind. */
const listenAndDie =
  'require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))';

test("the lock exists only during the work, readable for its owner only", async () => {
  const lock = lockFile();
  const during = await withLock(lock, () => readFileSync(lock, "utf8"));
  expect(JSON.parse(during)).toMatchObject({ pid: process.pid });
  expect(readdirSync(dirname(lock))).toEqual([]);
});

test("it is removed when the work fails", async () => {
  const lock = lockFile();
  await expect(withLock(lock, () => Promise.reject(new Error("work")))).rejects.toThrow("work");
  expect(existsSync(lock)).toBe(false);
});

test("only one at a time", async () => {
  const lock = lockFile();
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    most = Math.max(most, ++inside);
    await sleep(5);
    inside--;
  };
  await Promise.all(Array.from({ length: 5 }, () => withLock(lock, work)));
  expect(most).toBe(1);
});

test("a held lock is waited for", async () => {
  const lock = lockFile();
  const stat = readFileSync("/proc/self/stat", "utf8");
  const started = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  writeFileSync(lock, JSON.stringify({ pid: process.pid, started, namespace: namespace() }));
  let released = false;
  setTimeout(() => {
    released = true;
    rmSync(lock);
  }, 200);
  expect(await withLock(lock, () => released)).toBe(true);
});

describe("a stale lock is taken over", () => {
  const taken = (lock: string): Promise<string> => withLock(lock, () => "taken");

  test("from a process that died", async () => {
    const lock = lockFile();
    const { pid } = spawnSync("true");
    writeFileSync(lock, JSON.stringify({ pid, started: "1", namespace: namespace() }));
    expect(await taken(lock)).toBe("taken");
    expect(readdirSync(dirname(lock))).toEqual([]);
  });

  test("from a process whose id belongs to a new process", async () => {
    const lock = lockFile();
    writeFileSync(lock, JSON.stringify({ pid: process.pid, started: "1", namespace: namespace() }));
    expect(await taken(lock)).toBe("taken");
  });

  test("from a different container, long ago", async () => {
    const lock = lockFile();
    writeFileSync(lock, JSON.stringify({ pid: 1, started: "1", namespace: "pid:[1]" }));
    age(lock, 3600);
    expect(await taken(lock)).toBe("taken");
  });

  test.each(["", "{", "null", "7", '"text"', "{}"])("with the content %j", async (text) => {
    const lock = lockFile();
    writeFileSync(lock, text);
    age(lock, 3600);
    expect(await taken(lock)).toBe("taken");
  });

  test("with the marker of a process that died while taking it over", async () => {
    const lock = lockFile();
    const dead = JSON.stringify({ pid: spawnSync("true").pid, started: "1", namespace: namespace() });
    writeFileSync(lock, dead);
    writeFileSync(`${lock}.break`, dead);
    expect(await taken(lock)).toBe("taken");
    expect(readdirSync(dirname(lock))).toEqual([]);
  });

  test.each<[string, (lock: string) => unknown]>([
    ["a FIFO", (lock) => execFileSync("mkfifo", [lock])],
    ["a symlink to a device without end", (lock) => symlinkSync("/dev/zero", lock)],
    ["a symlink to nothing", (lock) => symlinkSync("/nonexistent", lock)],
    ["a socket", (lock) => spawnSync(process.execPath, ["-e", listenAndDie, lock])],
  ])("with %s in its place, which is removed and not read", async (_, make) => {
    const lock = lockFile();
    make(lock);
    lutimesSync(lock, 1, 1);
    expect(await taken(lock)).toBe("taken");
    expect(readdirSync(dirname(lock))).toEqual([]);
  });

  test("with a folder in its place it stays held", async () => {
    const lock = lockFile();
    mkdirSync(lock);
    lutimesSync(lock, 1, 1);
    await expect(withLock(lock, () => undefined, 50)).rejects.toMatchObject({ code: "lock-held" });
  });

  test("from one of many processes at a time", async () => {
    const lock = lockFile();
    const dead = { pid: spawnSync("true").pid, started: "1", namespace: namespace() };
    writeFileSync(lock, JSON.stringify(dead));
    let inside = 0;
    const work = async (): Promise<number> => {
      const with_ = ++inside;
      await sleep(5);
      inside--;
      return with_;
    };
    const all = await Promise.all(Array.from({ length: 8 }, () => withLock(lock, work)));
    expect(new Set(all)).toEqual(new Set([1]));
  });
});
