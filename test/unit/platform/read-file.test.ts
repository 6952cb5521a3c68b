import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readOwnFile } from "../../../src/platform/own-file.ts";
import { readRegularFile, readTextIfPossible, readWords } from "../../../src/platform/read-file.ts";
import { tempFolder } from "../../support/temp-home.ts";

const LIMIT = 1000;
const read = (file: string) => readRegularFile(file, { maxBytes: LIMIT, followLinks: true });

/** A path in a folder of its own. */
const newFile = (): string => join(tempFolder(), "file");

function symlink(target: string): string {
  const file = newFile();
  symlinkSync(target, file);
  return file;
}

function fileOf(size: number): string {
  const file = newFile();
  writeFileSync(file, "x".repeat(size));
  return file;
}

const odd: Record<string, () => string | Promise<string>> = {
  "a FIFO that nobody writes to": () => {
    const file = newFile();
    execFileSync("mkfifo", [file]);
    return file;
  },
  "a device without end": () => "/dev/zero",
  "a symlink to a device without end": () => symlink("/dev/zero"),
  "a terminal": () => symlink("/dev/ptmx"),
  "a folder": tempFolder,
  "a socket": async () => {
    const file = newFile();
    const server = createServer().listen(file);
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    return file;
  },
};

describe.each(Object.entries(odd))("%s", (_, make) => {
  test("is not read, and the error names it", async () => {
    const file = await make();
    expect(() => read(file)).toThrow(
      expect.objectContaining({ code: "not-a-file", message: expect.stringContaining(file) }),
    );
  });

  test("counts as none where a file is optional or ours", async () => {
    const file = await make();
    expect([readTextIfPossible(file, LIMIT), readWords(file), readOwnFile(file)]).toEqual([null, null, null]);
  });
});

describe("a file", () => {
  test("is read up to the limit, and not beyond", () => {
    expect(read(fileOf(LIMIT))?.bytes).toHaveLength(LIMIT);
    expect(() => read(fileOf(LIMIT + 1))).toThrow(expect.objectContaining({ code: "file-too-large" }));
  });

  test("with a size of many GB is rejected without being read", () => {
    const file = fileOf(1);
    truncateSync(file, 100 * 1024 ** 3);
    expect(() => read(file)).toThrow(expect.objectContaining({ code: "file-too-large" }));
    expect(readOwnFile(file)).toBeNull();
  });

  test("without a size, as below /proc, is read", () => {
    expect(read("/proc/self/stat")?.bytes.toString()).toMatch(/^[0-9]+ \(/);
    expect(() => readRegularFile("/proc/self/maps", { maxBytes: 10, followLinks: true })).toThrow(
      expect.objectContaining({ code: "file-too-large" }),
    );
  });

  test("that is missing is null, as is a symlink to nothing", () => {
    expect([read(newFile()), read(symlink("/nonexistent"))]).toEqual([null, null]);
  });

  test("of another program may be a symlink, and one of ours may not", () => {
    const file = fileOf(5);
    expect(read(symlink(file))?.bytes.toString()).toBe("xxxxx");
    expect([readOwnFile(symlink(file)), readWords(symlink(file))]).toEqual([null, null]);
  });

  test("is judged by its handle before it is read", () => {
    const file = fileOf(5);
    const modes: bigint[] = [];
    const accept = ({ mode }: { mode: bigint }): boolean => modes.push(mode & 0o777n) > 1;
    const options = { maxBytes: LIMIT, followLinks: true, accept };
    expect([readRegularFile(file, options), readRegularFile(file, options)?.bytes.length]).toEqual([null, 5]);
  });
});

test("no handle stays open, whatever is read", () => {
  const folder = tempFolder();
  mkdirSync(join(folder, "folder"));
  writeFileSync(join(folder, "large"), "x".repeat(LIMIT + 1));
  const next = (): number => {
    const handle = openSync("/dev/null", "r");
    closeSync(handle);
    return handle;
  };
  const before = next();
  for (const name of ["folder", "large", "none"]) readTextIfPossible(join(folder, name), LIMIT);
  readOwnFile(join(folder, "large"));
  expect(next()).toBe(before);
  expect(readFileSync(join(folder, "large"))).toHaveLength(LIMIT + 1);
});
