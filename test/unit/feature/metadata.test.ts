import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { generatedFiles } from "../../../scripts/docs.ts";
import { FEATURE_FOLDER, packageVersion, ROOT, readJson } from "../../../scripts/project.ts";

interface Feature {
  readonly version: string;
}

const feature = readJson<Feature>("features/registry-login/devcontainer-feature.json");

test("devcontainer-feature.json is valid against the official schema", () => {
  const validate = new Ajv({ strict: false }).compile(readJson("test/vectors/devContainerFeature.schema.json"));
  validate(feature);
  expect(validate.errors).toBeNull();
});

test("its version is that of package.json", () => {
  expect(feature.version).toBe(packageVersion());
});

test("it has no hook whose result goes into a prebuild's snapshot", () => {
  expect(Object.keys(feature).filter((key) => key.endsWith("Command"))).toEqual([
    "postCreateCommand",
    "postStartCommand",
  ]);
});

test("the generated files are up to date (npm run docs)", async () => {
  for (const [file, text] of await generatedFiles()) expect(readFileSync(file, "utf8"), file).toBe(text);
});

test("the README's table of registries is that of NOTES.md", () => {
  const table = (file: string): string =>
    /\| registry \| `_SERVER`.*?\n\n/s.exec(readFileSync(file, "utf8"))?.[0] ?? "";
  expect(table(join(FEATURE_FOLDER, "NOTES.md"))).toContain("| AWS ECR |");
  expect(table(join(ROOT, "README.md"))).toBe(table(join(FEATURE_FOLDER, "NOTES.md")));
});
