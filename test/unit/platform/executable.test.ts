import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";
import { findLastingProgram, findProgram } from "../../../src/platform/executable.ts";
import { tempFolder } from "../../support/temp-home.ts";

const NAME = "docker-credential-x";

/** A folder with programs that do nothing. */
function folderWith(...programs: string[]): string {
  const folder = tempFolder();
  for (const program of programs) writeFileSync(join(folder, program), "", { mode: 0o755 });
  return folder;
}

interface Row {
  readonly name: string;
  /** The programs in the one folder of the PATH. */
  readonly programs: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly sought?: string;
  /** The one that is found. */
  readonly found: string | null;
}

describe("on Windows", () => {
  const find = (env: Record<string, string>, name = NAME) => findProgram(name, env, "win32");

  test.each<Row>([
    { name: "a program", programs: [`${NAME}.exe`], found: `${NAME}.exe` },
    { name: "a batch file, as npm makes it", programs: [NAME, `${NAME}.cmd`, `${NAME}.ps1`], found: `${NAME}.cmd` },
    { name: "a program before a batch file", programs: [`${NAME}.cmd`, `${NAME}.exe`], found: `${NAME}.exe` },
    { name: "no script of a shell", programs: [NAME, `${NAME}.sh`], found: null },
    {
      name: "in the order of PATHEXT",
      programs: [`${NAME}.cmd`, `${NAME}.exe`],
      env: { PATHEXT: ".CMD;.EXE" },
      found: `${NAME}.cmd`,
    },
    {
      name: "an extension without its dot, and PATHEXT in other letters",
      programs: [`${NAME}.py`],
      env: { PathExt: ";py;" },
      found: `${NAME}.py`,
    },
    {
      name: "nothing else than PATHEXT has",
      programs: [`${NAME}.exe`],
      env: { PATHEXT: ".COM" },
      found: null,
    },
    { name: "a name with its extension", programs: [`${NAME}.exe`], sought: `${NAME}.exe`, found: `${NAME}.exe` },
    {
      name: "a name with a dot",
      programs: ["docker.test.exe"],
      sought: "docker.test",
      found: "docker.test.exe",
    },
  ])("finds $name", ({ programs, env = {}, sought, found }) => {
    const folder = folderWith(...programs);
    expect(find({ PATH: folder, ...env }, sought)).toBe(found === null ? null : join(folder, found));
  });

  test("separates the PATH by semicolons, except those in quotes", () => {
    const [first, second] = [join(folderWith(), "a;b"), folderWith(`${NAME}.exe`)];
    mkdirSync(first);
    expect(find({ PATH: `"${first}";${second}` })).toBe(join(second, `${NAME}.exe`));
    writeFileSync(join(first, `${NAME}.exe`), "");
    expect(find({ PATH: `;"${first}";${second}` })).toBe(join(first, `${NAME}.exe`));
    expect(find({ PATH: `${second}\\nothing;"${first}` })).toBe(join(first, `${NAME}.exe`));
  });

  test.each(["Path", "path", "PATH"])("knows the variable as %s", (name) => {
    const folder = folderWith(`${NAME}.exe`);
    expect(find({ [name]: folder })).toBe(join(folder, `${NAME}.exe`));
  });

  test("does not search the current folder, for an empty entry", () => {
    // It has this file, and there need not be a program for it.
    expect(find({ PATH: ";;", PATHEXT: ".json" }, "package")).toBeNull();
    expect(find({ PATHEXT: ".json" }, "package")).toBeNull();
  });

  test("does not find a folder", () => {
    const folder = folderWith();
    mkdirSync(join(folder, `${NAME}.exe`));
    expect(find({ PATH: folder })).toBeNull();
  });
});

describe.runIf(process.platform !== "win32")("elsewhere", () => {
  test("finds the first file that may be run, with exactly this name", () => {
    const [empty, first, second] = [folderWith(`${NAME}.exe`), folderWith(NAME), folderWith(NAME)];
    expect(findProgram(NAME, { PATH: [empty, first, second].join(":") })).toBe(join(first, NAME));
    chmodSync(join(first, NAME), 0o644);
    expect(findProgram(NAME, { PATH: [empty, first, second].join(":") })).toBe(join(second, NAME));
  });

  test("finds nothing in a variable with a different spelling", () => {
    expect(findProgram(NAME, { Path: folderWith(NAME) })).toBeNull();
  });
});

describe("a program that is there for later runs, too", () => {
  const file = `${NAME}${process.platform === "win32" ? ".exe" : ""}`;
  /** A folder as npx adds it to the PATH. */
  function folderOfNpm(): string {
    const folder = join(tempFolder(), "_npx", "1f2e", "node_modules", ".bin");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, file), "", { mode: 0o755 });
    return folder;
  }

  test.each(["", "/"])("is not one in a folder that npm adds for one run (ending in %j)", (end) => {
    const [npm, lasting] = [folderOfNpm(), folderWith(file)];
    expect(findProgram(NAME, { PATH: npm })).toBe(join(npm, file));
    expect(findLastingProgram(NAME, { PATH: npm + end })).toBeNull();
    expect(findLastingProgram(NAME, { PATH: [npm + end, lasting].join(delimiter) })).toBe(join(lasting, file));
  });

  test("may be in a folder of npm's global programs", () => {
    const folder = join(tempFolder(), "lib", "node_modules", "bin");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, file), "", { mode: 0o755 });
    expect(findLastingProgram(NAME, { PATH: folder })).toBe(join(folder, file));
  });
});
