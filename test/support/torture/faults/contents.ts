import { readFileSync, writeFileSync } from "node:fs";
import type { Code } from "../../../../src/findings/finding.ts";
import { CONFIG_TEXT } from "../home.ts";
import { config, type Fault, instead, npmrc, type Pick } from "./fault.ts";

/** Files with wrong contents, or much larger than expected. */
export function contentFaults(): Fault[] {
  return [
    ...contents("not JSON", [
      ["{", "config-not-json"],
      ["", null],
      [" \n", null],
      ['{"a": 1, // mine\n}', "config-not-json"],
      ["<html></html>", "config-not-json"],
      ["\uFEFF{}", "config-not-json"],
      [Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), "config-not-utf8"],
      ["x".repeat(500_000), "config-not-json"],
      ["x".repeat(50_000_000), "file-too-large"],
    ]),
    ...contents("JSON of the wrong shape", [
      ["null", "config-form"],
      ["[]", "config-form"],
      ["7", "config-form"],
      ['{"auths": [], "x": 1}', "config-form"],
      ['{"auths": "x"}', "config-form"],
      ['{"auths": {"q": []}}', "config-form"],
      ['{"credHelpers": {"a.example": 1}}', "config-form"],
      ['{"credHelpers": "x"}', "config-form"],
      ['{"credsStore": {}}', "config-form"],
      ['{"auths": {}, "auths": {"q": {}}, "credHelpers": {}, "credHelpers": {"g": "g"}}', "config-key-twice"],
      [`{"x": ${"[".repeat(9000)}${"]".repeat(9000)}}`, null],
    ]),
    large("400 KB large: config.json", config, (text) =>
      text.replace("{", `{"large": [${'{"n":"0123456789"},'.repeat(20_000)}0],`),
    ),
    large("400 KB large: .npmrc", npmrc, (text) => `${"; 0123456789012345678\n".repeat(18_000)}${text}`),
    tooLarge("50 MB large: config.json", config, (text) =>
      text.replace("{", `{"large": [${'{"n":"0123456789"},'.repeat(2_500_000)}0],`),
    ),
    tooLarge("50 MB large: .npmrc", npmrc, (text) => `${"; 0123456789012345678\n".repeat(2_300_000)}${text}`),
  ];
}

function contents(kind: string, texts: readonly (readonly [string | Buffer, Code | null])[]): Fault[] {
  return texts
    .map(([text, code]) =>
      instead(
        `${kind}: config.json that is ${JSON.stringify(text.toString("latin1").slice(0, 40))}${text.length > 40 ? "..." : ""}`,
        config,
        (path) => writeFileSync(path, text),
        code,
      ),
    )
    .map((fault) => ({
      ...fault,
      apply: (home) => {
        const undo = fault.apply(home);
        return () => {
          undo();
          // The agent took this for a config without its entries, so the original comes back without them.
          if (fault.code === null) writeFileSync(home.config, CONFIG_TEXT);
        };
      },
    }));
}

function large(name: string, pick: Pick, grow: (text: string) => string): Fault {
  return {
    name,
    code: null,
    apply: (home) => {
      writeFileSync(pick(home), grow(readFileSync(pick(home), "utf8")));
      return () => undefined;
    },
  };
}

function tooLarge(name: string, pick: Pick, grow: (text: string) => string): Fault {
  return instead(
    name,
    pick,
    (path) => writeFileSync(path, grow(readFileSync(`${path}.aside`, "utf8"))),
    "file-too-large",
  );
}
