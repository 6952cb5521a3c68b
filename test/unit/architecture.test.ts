import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { CATALOGUE } from "../../src/findings/finding.ts";

const SRC = fileURLToPath(new URL("../../src", import.meta.url));

/** The order of the layers: a folder imports from itself and from those before it. */
const LAYERS = [
  "version.ts",
  "printable.ts",
  "findings",
  "platform",
  "terminal",
  "secrecy",
  "registries",
  "discovery",
  "repository",
  "network",
  "exchange",
  "handshake",
  "context.ts",
  "store",
  "credentials",
  "clients",
  "registration",
  "diagnosis",
  "commands",
  "cli",
  "output.ts",
  "process.ts",
  "helper-process.ts",
  "helper.ts",
  "main.ts",
  "host-helper.ts",
  "host.ts",
  "single-file.ts",
  "action",
];

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

const layer = (file: string): number => LAYERS.indexOf(file.split("/")[0] ?? "");

test.each(files.sort())("%s imports only from layers before it", (file) => {
  const text = readFileSync(join(SRC, file), "utf8");
  const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(([, path = ""]) =>
    relative(SRC, resolve(SRC, dirname(file), path)),
  );
  expect(imports.filter((target) => layer(target) === -1 || layer(target) > layer(file))).toEqual([]);
});

test("every file belongs to a layer", () => {
  expect(files.filter((file) => layer(file) === -1)).toEqual([]);
});

test("every finding of the catalog is used somewhere", () => {
  const topics = Object.keys(CATALOGUE).map((topic) => `findings/${topic}.ts`);
  const rest = files.filter((file) => !topics.includes(file)).map((file) => readFileSync(join(SRC, file), "utf8"));
  const codes = Object.values(CATALOGUE).flatMap((topic) => Object.keys(topic));
  expect(codes.filter((code) => !rest.some((text) => text.includes(`"${code}"`)))).toEqual([]);
  expect(codes).toEqual([...new Set(codes)]);
});
