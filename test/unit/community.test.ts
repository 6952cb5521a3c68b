import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseJson } from "jsonc-parser";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { ROOT, readJson } from "../../scripts/project.ts";
import { runLine } from "../support/command-line.ts";
import { makeHome } from "../support/temp-home.ts";

// What contributors and people who report something meet first.

const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");

interface Form {
  readonly name: string;
  readonly description: string;
  readonly body: readonly {
    readonly type: string;
    readonly id?: string;
    readonly attributes: { readonly label?: string };
  }[];
}

const forms = readdirSync(join(ROOT, ".github/ISSUE_TEMPLATE")).filter((name) => name !== "config.yml");

test.each(forms)("the issue form %s is complete, and asks for the doctor", (name) => {
  const form = parse(read(`.github/ISSUE_TEMPLATE/${name}`)) as Form;
  expect(form.name).not.toBe("");
  expect(form.description).not.toBe("");
  const ids = form.body.flatMap(({ id }) => id ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  expect(form.body.some(({ attributes: { label = "" } }) => label.includes("doctor") && label.includes("--json"))).toBe(
    true,
  );
});

test("the flag that the forms ask for exists", async () => {
  expect((await runLine(makeHome(), ["help", "doctor"])).stdout).toContain("--json");
});

test("the scripts have the names that people expect", () => {
  const { scripts } = readJson<{ scripts: Record<string, string> }>("package.json");
  expect(Object.keys(scripts)).toEqual(
    expect.arrayContaining(["start", "dev", "check", "fix", "test", "test:watch", "lint", "typecheck", "build"]),
  );
});

test("our dev container has our Feature, by the name and the major version that users write", () => {
  const config = parseJson(read(".devcontainer/devcontainer.json"));
  const { version } = readJson<{ version: string }>("features/registry-login/devcontainer-feature.json");
  const feature = `ghcr.io/registry-login/features/registry-login:${version.split(".")[0]}`;
  expect(Object.keys(config.features)).toEqual([feature]);
  expect(config.image).toContain(`:${read(".nvmrc").trim()}-`);
});

test("GitHub finds its files", () => {
  const files = [
    "CONTRIBUTING.md",
    "SECURITY.md",
    "SUPPORT.md",
    "LICENSE",
    ".github/CODEOWNERS",
    ".github/PULL_REQUEST_TEMPLATE.md",
  ];
  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  const { updates } = parse(read(".github/dependabot.yml")) as { updates: { "package-ecosystem": string }[] };
  expect(updates.map((update) => update["package-ecosystem"])).toEqual(["npm", "github-actions", "devcontainers"]);
});
