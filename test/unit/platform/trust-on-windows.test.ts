import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { explain } from "../../../src/findings/finding.ts";
import { explainDistrust, insideOwnFolder, isOpenProgram } from "../../../src/platform/trust.ts";
import { tempFolder } from "../../support/temp-home.ts";

const RULES = {
  privacy: "unreadable",
  explainOpen: (folder: string) => explain("vault-open", { folder }),
  explainOwner: (folder: string, uid: number) => explain("vault-of-another", { folder, uid }),
} as const;

const codeOf = (folder: string): string | null => explainDistrust(folder, RULES, "win32")?.code ?? null;

/** With the mode that Node shows for all that is writable on Windows. */
function folder(): string {
  const path = join(tempFolder(), "folder");
  mkdirSync(path);
  chmodSync(path, 0o777);
  return path;
}

test("modes, which say nothing there, do not count", () => {
  const open = folder();
  expect(codeOf(open)).toBeNull();
  expect(codeOf(join(open, "not", "yet"))).toBeNull();
  writeFileSync(join(open, "program.exe"), "", { mode: 0o666 });
  expect(isOpenProgram(join(open, "program.exe"), "win32")).toBe(false);
});

test("a symlink and a file are no folders of ours", () => {
  const parent = folder();
  mkdirSync(join(parent, "a"));
  symlinkSync(join(parent, "a"), join(parent, "link"));
  writeFileSync(join(parent, "file"), "");
  expect([codeOf(join(parent, "link")), codeOf(join(parent, "file"))]).toEqual(["vault-open", "vault-open"]);
  const inside = (name: string): string | null => insideOwnFolder(join(parent, name), (here) => here, "win32");
  expect(["a", "link", "file", "none"].map(inside)).toEqual([join(parent, "a"), null, null, null]);
});
