import { expect, test } from "vitest";
import { wantedRuntimes } from "../../../scripts/runtime.ts";

test.each([
  [[], []],
  [["--with-runtime"], ["x64", "arm64"]],
  [["--with-runtime=arm64"], ["arm64"]],
  [["--with-runtime=x64,arm64"], ["x64", "arm64"]],
])("`npm run build -- %j` includes a Node for %j", (args, processors) => {
  expect(wantedRuntimes(["node", "stage.ts", ...args])).toEqual(processors);
});

test("an unknown processor is named", () => {
  expect(() => wantedRuntimes(["--with-runtime=sparc"])).toThrow("no Node for sparc: there are x64 and arm64");
});
