import { readFileSync, writeFileSync } from "node:fs";
import { CONFIG_TEXT } from "../home.ts";
import { config, type Fault, instead, npmrc, type Pick } from "./fault.ts";

/** Files that hold what they should not, or more of it than anybody expects. */
export function contentFaults(): Fault[] {
  return [
    ...contents("not JSON", [
      ["{", false],
      ["", true],
      [" \n", true],
      ['{"a": 1, // mine\n}', false],
      ["<html></html>", false],
      ["\uFEFF{}", false],
      [Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), false],
      ["x".repeat(50_000_000), false],
    ]),
    ...contents("JSON of the wrong shape", [
      ["null", false],
      ["[]", false],
      ["7", false],
      ['{"auths": [], "x": 1}', false],
      ['{"auths": "x"}', false],
      ['{"auths": {"q": []}}', false],
      ['{"credHelpers": {"a.example": 1}}', false],
      ['{"credHelpers": "x"}', false],
      ['{"credsStore": {}}', false],
      ['{"auths": {}, "auths": {"q": {}}, "credHelpers": {}, "credHelpers": {"g": "g"}}', false],
      [`{"x": ${"[".repeat(9000)}${"]".repeat(9000)}}`, true],
    ]),
    large("50 MB large: config.json", config, (text) =>
      text.replace("{", `{"large": [${'{"n":"0123456789"},'.repeat(2_500_000)}0],`),
    ),
    large("50 MB large: .npmrc", npmrc, (text) => `${"; 0123456789012345678\n".repeat(2_300_000)}${text}`),
  ];
}

function contents(kind: string, texts: readonly (readonly [string | Buffer, boolean])[]): Fault[] {
  return texts
    .map(([text, succeeds]) =>
      instead(
        `${kind}: config.json that is ${JSON.stringify(text.toString("latin1").slice(0, 40))}${text.length > 40 ? "..." : ""}`,
        config,
        (path) => writeFileSync(path, text),
        succeeds,
      ),
    )
    .map((fault) => ({
      ...fault,
      apply: (home) => {
        const undo = fault.apply(home);
        return () => {
          undo();
          // What the agent wrote before is gone, and it was told of it.
          if (fault.succeeds) writeFileSync(home.config, CONFIG_TEXT);
        };
      },
    }));
}

function large(name: string, pick: Pick, grow: (text: string) => string): Fault {
  return {
    name,
    succeeds: true,
    apply: (home) => {
      writeFileSync(pick(home), grow(readFileSync(pick(home), "utf8")));
      return () => undefined;
    },
  };
}
