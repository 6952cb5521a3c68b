import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/findings/user-error.ts";
import type { Replacing } from "../../../src/platform/in-use.ts";
import { readSharedText, replaceText } from "../../../src/platform/replace-file.ts";
import { tempFolder } from "../../support/temp-home.ts";

/** A rename that fails some times, as Windows refuses it while another program has the file open. */
function replacing(platform: NodeJS.Platform, code: string, failures: number, waitMs = 60_000): Replacing {
  let left = failures;
  const rename = (from: string, to: string): void => {
    if (left-- > 0) throw Object.assign(new Error(code), { code, syscall: "rename", path: from });
    renameSync(from, to);
  };
  return { platform, rename, waitMs };
}

function replace(file: string, how: Replacing): boolean {
  const before = readSharedText(file, file);
  return replaceText(file, before, { text: "new", holdsSecret: false, syncAfterRename: false, name: "NAME" }, how);
}

function fileWith(text: string): string {
  const file = join(tempFolder(), "config.json");
  writeFileSync(file, text);
  return file;
}

describe("a config file that another program has open on Windows", () => {
  test.each(["EPERM", "EBUSY", "EACCES"])("is replaced as soon as it is closed (%s)", (code) => {
    const file = fileWith("old");
    expect(replace(file, replacing("win32", code, 2))).toBe(true);
    expect(readFileSync(file, "utf8")).toBe("new");
    expect(readdirSync(join(file, ".."))).toEqual(["config.json"]);
  });

  test("stays as it is where that takes too long, and nothing is left next to it", () => {
    const file = fileWith("old");
    const thrown = (): boolean => replace(file, replacing("win32", "EBUSY", Number.POSITIVE_INFINITY, 50));
    expect(thrown).toThrow(UserError);
    expect(thrown).toThrow("NAME could not be replaced (EBUSY)");
    expect(readFileSync(file, "utf8")).toBe("old");
    expect(readdirSync(join(file, ".."))).toEqual(["config.json"]);
  });

  test("is not replaced if that program has written it meanwhile", () => {
    const file = fileWith("old");
    const { platform, waitMs, rename } = replacing("win32", "EPERM", 1);
    const how = {
      platform,
      waitMs,
      rename: (from: string, to: string): void => {
        writeFileSync(to, "theirs");
        rename(from, to);
      },
    };
    expect(replace(file, how)).toBe(false);
    expect(readFileSync(file, "utf8")).toBe("theirs");
  });

  test("is not waited for after a different error", () => {
    const how = replacing("win32", "EIO", 1);
    expect(() => replace(fileWith("old"), how)).toThrow("EIO");
  });
});

test("elsewhere, a file that cannot be replaced is rewritten in place at once", () => {
  const file = fileWith("old text");
  expect(replace(file, replacing("linux", "EBUSY", Number.POSITIVE_INFINITY))).toBe(true);
  expect(readFileSync(file, "utf8")).toBe("new");
});
