import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../../scripts/project.ts";
import { workflowFaults, workflowScripts } from "../../../scripts/workflows.ts";

const FOLDER = join(ROOT, ".github/workflows");

test.each(readdirSync(FOLDER))("%s pins its actions, has the least permissions and limits its jobs", (file) => {
  expect(workflowFaults(readFileSync(join(FOLDER, file), "utf8"))).toEqual([]);
});

const COMMIT = "de0fac2e4500dabe0009e67214ff5f5447ce83dd";

function workflow({
  uses = `actions/checkout@${COMMIT} # v6.0.2`,
  permissions = "contents: read",
  limit = "timeout-minutes: 5",
}) {
  return `permissions:\n  ${permissions}\njobs:\n  one:\n    ${limit}\n    steps:\n      - uses: ${uses}\n`;
}

test.each([
  { name: "none", text: workflow({}), faults: [] },
  { name: "an action of this repository", text: workflow({ uses: "./" }), faults: [] },
  { name: "a tag", text: workflow({ uses: "actions/checkout@v6" }), faults: ["is not pinned"] },
  { name: "a commit without its version", text: workflow({ uses: `a/b@${COMMIT}` }), faults: ["is not pinned"] },
  { name: "a right for all jobs", text: workflow({ permissions: "packages: write" }), faults: ["contents: read"] },
  { name: "a job without a limit", text: workflow({ limit: "name: x" }), faults: ["has no timeout-minutes"] },
])("finds faults: $name", ({ text, faults }) => {
  expect(workflowFaults(text)).toEqual(faults.map((fault) => expect.stringContaining(fault)));
});

test("the scripts of a workflow are found, without GitHub's expressions", () => {
  const expression = "$" + "{{ github.sha }}";
  const text = `jobs:\n  one:\n    steps:\n      - run: echo ${expression}\n      - uses: ./\n`;
  expect(workflowScripts(text)).toEqual([{ job: "one", text: "echo expression" }]);
});

test("npm knows the workflow that publishes by its name", () => {
  expect(readFileSync(join(FOLDER, "release.yml"), "utf8")).toContain("npm run release:publish -- npm");
});
