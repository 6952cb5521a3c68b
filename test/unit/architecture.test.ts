import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { CATALOGUE } from "../../src/findings/finding.ts";

const SRC = fileURLToPath(new URL("../../src", import.meta.url));

/** The order in which the data flows: a folder imports from itself and from those before it. */
const ROOMS = [
  "findings",
  "registries",
  "discovery",
  "exchange",
  "handshake",
  "vault",
  "clients",
  "diagnosis",
  "report",
  "commands",
  "cli",
  "main.ts",
];

/** What anything may use. */
const COMMON = new Set(["report/redact.ts", "version.ts"]);

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

const room = (file: string): number => ROOMS.indexOf(file.split("/")[0] ?? "");

test.each(files.sort())("%s imports only from rooms above it", (file) => {
  const text = readFileSync(join(SRC, file), "utf8");
  const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(([, path = ""]) =>
    relative(SRC, resolve(SRC, dirname(file), path)),
  );
  const wrong = imports.filter((target) => !COMMON.has(target) && (room(target) === -1 || room(target) > room(file)));
  expect(COMMON.has(file) ? imports : wrong).toEqual([]);
});

test("every room is in the order", () => {
  expect(files.filter((file) => room(file) === -1 && !COMMON.has(file))).toEqual([]);
});

test("every finding of the catalogue is told somewhere", () => {
  const topics = Object.keys(CATALOGUE).map((topic) => `findings/${topic}.ts`);
  const rest = files.filter((file) => !topics.includes(file)).map((file) => readFileSync(join(SRC, file), "utf8"));
  const codes = Object.values(CATALOGUE).flatMap((topic) => Object.keys(topic));
  expect(codes.filter((code) => !rest.some((text) => text.includes(`"${code}"`)))).toEqual([]);
  expect(codes).toEqual([...new Set(codes)]);
});
