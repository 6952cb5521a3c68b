import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { type ParseError, parse } from "jsonc-parser";
import { describe, expect, test } from "vitest";
import { FEATURE_FOLDER, PACKAGE_SOURCES, ROOT, readJson } from "../../scripts/project.ts";
import { runLine } from "../support/command-line.ts";
import { anchors, codeBlocks, commandLines, linkTargets } from "../support/markdown.ts";
import { makeHome, onHost, type TempHome } from "../support/temp-home.ts";

const DOCUMENTS = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
  relative(ROOT, join(FEATURE_FOLDER, "NOTES.md")),
  relative(ROOT, join(PACKAGE_SOURCES, "README.md")),
].sort();

/** Everything that can tell a person what to run: the documents, what the programs print, and workflows. */
const TEXTS = [
  ...DOCUMENTS,
  ...[".github", "features", "packages", "scripts", "src"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  ),
].filter((name) => statSync(join(ROOT, name)).isFile());

/** The npm package `registry-login` belongs to somebody else: where a text says to run or to install it. */
function foreignPackage(text: string): string[] {
  return text.match(/\b(?:npx|npm (?:exec|x|i|install|add))\s+(?:-\S+\s+)*registry-login\b/g) ?? [];
}

const PROGRAM = "registry-login";

const read = (document: string): string => readFileSync(join(ROOT, document), "utf8");

/** The relative links of a document that lead nowhere: to a file that is missing, or to a heading that is not in it. */
function deadLinks(document: string, text: string): string[] {
  return linkTargets(text).filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? join(ROOT, document) : resolve(ROOT, dirname(document), path);
    if (!existsSync(file) || !file.startsWith(ROOT)) return true;
    const page = path === "" ? text : statSync(file).isFile() ? readFileSync(file, "utf8") : "";
    return anchor !== undefined && !anchors(page).has(anchor);
  });
}

/** The files and folders of the project that a text names and that are missing. */
function missingFiles(text: string): string[] {
  const named = text.matchAll(/`((?:src|test|scripts|features|packages|docs)\/[\w./-]+)`/g);
  return [...named].map(([, path = ""]) => path).filter((path) => !existsSync(join(ROOT, path)));
}

/** What a block of TypeScript imports from the project, and is not there. Its first line names the file that it is. */
function brokenImports(text: string): string[] {
  return codeBlocks(text).flatMap(({ text: code }) => {
    const file = /^\/\/ (\S+\.ts)$/m.exec(code)?.[1] ?? "";
    return [...code.matchAll(/import (?:type )?\{ (.+) \} from "(\..+)"/g)].flatMap(([, names = "", path = ""]) => {
      const target = resolve(ROOT, dirname(file), path);
      const source = existsSync(target) ? readFileSync(target, "utf8") : "";
      const isExported = (name: string): boolean => new RegExp(`^export .*\\b${name}\\b`, "m").test(source);
      return names.split(", ").filter((name) => !isExported(name));
    });
  });
}

/** The blocks that are not JSON with comments. */
function brokenJson(text: string): string[] {
  return codeBlocks(text).flatMap(({ language, text: json }) => {
    const errors: ParseError[] = [];
    if (language.startsWith("json")) parse(json, errors);
    return errors.length === 0 ? [] : [json];
  });
}

/** How documents run the program on the machine outside of the container. */
const PACKAGE = "npx --yes @registry-login/cli@1";

/** The command lines of registry-login whose command, topic or flags its help does not show at that place. */
async function unknownCommands(text: string): Promise<string[]> {
  const [here, outside] = [commandLines(text, "registry-login"), commandLines(text, PACKAGE)];
  const lines = [...here, ...outside];
  const known = await Promise.all([
    ...here.map((line) => isKnown(line, makeHome())),
    ...outside.map((line) => isKnown(line, onHost(makeHome()))),
  ]);
  return lines.filter((_, i) => known[i] !== true);
}

async function isKnown(line: string, home: TempHome): Promise<boolean> {
  const words = line.replaceAll(/[[\]]/g, "").split(/\s+/);
  const flags = words.filter((word) => word.startsWith("--") || word === "-h").map((word) => word.replace(/=.*/, ""));
  const [first = ""] = words;
  const [command, topic] = first === "help" ? ["help", words[1]] : [first.startsWith("-") ? "login" : first, undefined];
  const helps = await Promise.all(
    [command, topic ?? command].filter((name) => !/^[A-Z]+$/.test(name)).map((name) => runLine(home, ["help", name])),
  );
  const shown = [...helps, await runLine(home, ["help"])].map(({ stdout }) => stdout).join("\n");
  return helps.every(({ exitCode }) => exitCode === 0) && flags.every((flag) => new RegExp(`${flag}\\b`).test(shown));
}

test("the documents are found", () => {
  expect(DOCUMENTS).toEqual(expect.arrayContaining(["ARCHITECTURE.md", "README.md", "docs/user/codespaces.md"]));
});

describe.each(DOCUMENTS)("%s", (document) => {
  test("every relative link leads to a file, and to a heading in it", () => {
    expect(deadLinks(document, read(document))).toEqual([]);
  });

  test("every JSON example parses", () => {
    expect(brokenJson(read(document))).toEqual([]);
  });

  test("every command of registry-login and every flag exists", async () => {
    expect(await unknownCommands(read(document))).toEqual([]);
  });

  test("every file of the project exists", () => {
    expect(missingFiles(read(document))).toEqual([]);
  });

  test("everything that an example imports exists", () => {
    expect(brokenImports(read(document))).toEqual([]);
  });

  test("every npm script exists", () => {
    const { scripts } = readJson<{ scripts: Record<string, string> }>("package.json");
    const named = [...read(document).matchAll(/npm run (?:--silent )?([a-z][a-z:-]*)/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

test("NOTES.md, which is published without the repository, links only to itself and to the web", () => {
  const targets = linkTargets(read(relative(ROOT, join(FEATURE_FOLDER, "NOTES.md"))));
  expect(targets.filter((target) => !/^(?:#|https:)/.test(target))).toEqual([]);
});

test("no text names the npm package of somebody else", () => {
  expect(TEXTS.filter((name) => foreignPackage(read(name)).length > 0)).toEqual([]);
});

describe("these checks find mistakes:", () => {
  test.each([
    // The program's own name, where npm would take it for a package.
    { text: `npx ${PROGRAM} login`, found: 1 },
    { text: `npx --yes ${PROGRAM}@1 login`, found: 1 },
    { text: `npm install -g ${PROGRAM}`, found: 1 },
    { text: "npm install --global @registry-login/cli", found: 0 },
    { text: "npx --yes @registry-login/cli@1 login", found: 0 },
  ])("the package of $text", ({ text, found }) => {
    expect(foreignPackage(text)).toHaveLength(found);
  });

  test.each([
    ["a missing file", "[x](docs/missing.md)"],
    ["a missing heading", "[x](README.md#no-such-heading)"],
    ["a missing heading of the same document", "# A\n\n[x](#b)"],
    ["a heading that is only in code", "```\n# B\n```\n\n[x](#b)"],
    ["an image that is missing", "![x](docs/missing.svg)"],
    ["code as the text of a link", "[`x`](docs/missing.md)"],
    ["a file outside of the project", "[x](../../etc)"],
  ])("%s", (_, text) => {
    expect(deadLinks("SAMPLE.md", text)).toHaveLength(1);
  });

  test("a flag of the machine outside of the container", async () => {
    expect(await unknownCommands("`npx --yes @registry-login/cli@1 login --replace`")).toEqual([]);
  });

  test("a link within code is an example", () => {
    expect(deadLinks("SAMPLE.md", "`[x](missing.md)`\n\n```\n[x](missing.md)\n```\n")).toEqual([]);
  });

  test("a file of the project that is missing", () => {
    expect(missingFiles("`src/missing.ts`, `src/main.ts`, and `docs`")).toEqual(["src/missing.ts"]);
  });

  test("an import that is missing", () => {
    const importOf = (name: string): string =>
      `\`\`\`ts\n// src/registries/x.ts\nimport type { ${name} } from "./kind.ts";\n\`\`\`\n`;
    expect(brokenImports(importOf("KindFacts"))).toEqual([]);
    expect(brokenImports(importOf("NoSuchName"))).toEqual(["NoSuchName"]);
  });

  test("JSON with a missing comma, in a list too", () => {
    expect(brokenJson('```json\n{ "a": 1 "b": 2 }\n```\n')).toHaveLength(1);
    expect(brokenJson('1. x\n\n   ```json\n   { "a": }\n   ```\n')).toHaveLength(1);
    expect(brokenJson('```jsonc\n{ "a": 1 } // one\n```\n')).toEqual([]);
  });

  test.each([
    ["a command", "`registry-login lgoin`"],
    ["a topic of help", "`registry-login help lgoin`"],
    ["a flag", "`registry-login --no-such-flag`"],
    ["a flag of another command", "`registry-login status --storage disk`"],
    ["a command for npx", "`npx --yes @registry-login/cli@1 lgoin`"],
    ["a flag that exists outside of the container alone", "`registry-login login --replace`"],
    ["a command in a block", "```sh\nregistry-login lgoin\n```\n"],
    ["a command behind a prompt", "```\n$ registry-login lgoin\n```\n"],
  ])("%s that does not exist", async (_, text) => {
    expect(await unknownCommands(text)).toHaveLength(1);
  });
});
