import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";
import { explainHelperProgram } from "../../../src/clients/helper-program.ts";
import { tempFolder } from "../../support/temp-home.ts";

const LAUNCHER = "#!/bin/sh\n# credential-helper\n";
/** As npm makes it on Windows for a program of our package. */
const BATCH = [
  "@ECHO off",
  "GOTO start",
  ":start",
  'endLocal & goto #_undefined_# 2>NUL || "%_prog%" "%dp0%\\node_modules\\@registry-login\\cli\\host.cjs" %*',
].join("\r\n");

function put(folder: string, name: string, text: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `docker-credential-registry-login${name}`), text, { mode: 0o755 });
  return folder;
}

const codeOf = (PATH: string, platform = process.platform): string | null =>
  explainHelperProgram({ PATH }, "docker", platform)?.code ?? null;

describe.runIf(process.platform !== "win32")("our helper", () => {
  test("in the folder of an npx run is not what clients find", () => {
    const ofRun = put(join(tempFolder(), "_npx", "1f2e", "node_modules", ".bin"), "", LAUNCHER);
    const installed = put(tempFolder(), "", LAUNCHER);
    expect(codeOf(ofRun)).toBe("helper-missing");
    expect(codeOf([ofRun, installed].join(delimiter))).toBeNull();
  });
});

describe("our helper on Windows", () => {
  test.each([
    { name: "npm's batch file for our package", file: ".cmd", text: BATCH, code: null },
    { name: "a batch file of another package", file: ".cmd", text: "@ECHO off\r\nother\r\n", code: "helper-other" },
    { name: "a shell's script alone", file: "", text: LAUNCHER, code: "helper-missing" },
  ])("as $name: $code", ({ file, text, code }) => {
    expect(codeOf(put(tempFolder(), file, text), "win32")).toBe(code);
  });
});
