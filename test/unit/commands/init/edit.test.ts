import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readRegistryFlags } from "../../../../src/commands/init/choose.ts";
import { differenceOf } from "../../../../src/commands/init/difference.ts";
import { parseDocument } from "../../../../src/commands/init/document.ts";
import { type Plan, planEdits } from "../../../../src/commands/init/plan.ts";
import { planRemoval } from "../../../../src/commands/init/removal.ts";
import { lookAt } from "../../../../src/repository/look.ts";
import { openSources } from "../../../../src/repository/sources.ts";
import { checkText } from "../../../support/init-checks.ts";
import { LINE, parseStrictly } from "../../../support/init-shapes.ts";
import { holds } from "../../../support/properties.ts";
import { tempFolder } from "../../../support/temp-home.ts";

const FILE = ".devcontainer.json";
const WAYS = ["none", "remote-env", "env-file"] as const;

/** What `init` makes of a text, without a repository around it. */
function setUp(text: string, local: (typeof WAYS)[number], folder: string): Plan {
  const document = parseDocument(text, FILE);
  const sources = openSources(folder, {});
  const chosen = readRegistryFlags(["ACME=registry.example.com"]);
  const mapped = new Set(/ACME=/.test(text) ? ["ACME"] : []);
  return planEdits({
    file: FILE,
    document,
    needs: lookAt(sources, FILE, document.value),
    chosen,
    mapped,
    sources,
    local,
  });
}

/** White space, with comments where a line ends or in the middle of it. */
const gap = fc.constantFrom(
  "",
  " ",
  "\n",
  "\n  ",
  "\n\t",
  " /* a, b: { */ ",
  ' // c "x": [\n  ',
  "\n  // d\n  /* e\n  f */\n  ",
);
const eol = fc.constantFrom("\n", "\r\n");
const plain = fc.constantFrom(
  '"x"',
  "1",
  "[1, 2]",
  '{ "a": "//" }',
  "{}",
  '["/*"]',
  "null",
  '{\n    "b": [\n      1\n    ]\n  }',
);
const command = fc.constantFrom(
  '""',
  '"  "',
  "[]",
  "{}",
  '"make"',
  '["make", "-s"]',
  '{ "a": "make" }',
  '{\n    "a": "make" // m\n  }',
  '"a && b ; c"',
);
const entries = fc.constantFrom(
  "{}",
  "{ }",
  "{\n  }",
  '{ "a": {} }',
  '{\n    "a": {},\n    "b": {} // b\n  }',
  "{\n    // none\n  }",
  '{\n    "a": {},\n  }',
  "{ /* c */ }",
);
const list = fc.constantFrom("[]", '["--init"]', '[\n    "--init", // i\n    "--rm"\n  ]');

/** Properties in any order, each at most once, and the text between them. */
const properties = fc
  .record(
    {
      name: plain,
      customizations: plain,
      features: entries,
      secrets: entries,
      remoteEnv: entries,
      initializeCommand: command,
      runArgs: list,
      remoteUser: plain,
    },
    { requiredKeys: [] },
  )
  .chain((record) =>
    fc.shuffledSubarray(Object.entries({ ...record, image: '"registry.example.com/dev/base:3"' }), { minLength: 1 }),
  );

/** A text that a strict parser accepts, however odd its layout is. */
const jsonc = fc
  .tuple(properties, fc.array(gap, { minLength: 40, maxLength: 40 }), fc.boolean(), fc.boolean(), eol)
  .map(([items, gaps, hasTrailingComma, hasMark, lineEnd]) => {
    const at = (index: number): string => gaps[index % gaps.length] ?? "";
    const written = items.map(
      ([key, value], i) => `${at(4 * i)}"${key}"${at(4 * i + 1).replace(/\S.*/s, "")}:${at(4 * i + 2)}${value}`,
    );
    const body = written.join(`${at(7)},`);
    const text = `${at(38)}{${body}${hasTrailingComma ? `${at(39)},` : ""}${at(37)}}${at(36)}`;
    return `${hasMark ? "\uFEFF" : ""}${text.replaceAll("\n", lineEnd)}`;
  });

describe("for any text that is JSON with comments", () => {
  test("the result is one, with the old values and comments; a second run changes nothing, and --remove gives the old bytes", async () => {
    const folder = tempFolder();
    await holds(
      fc.property(jsonc, fc.constantFrom(...WAYS), (text, local) => {
        parseStrictly(text);
        const plan = setUp(text, local, folder);
        const { action } = plan.hook;
        // The table of shapes compares the code before each comment, too.
        checkText(text, plan.text, { initializeCommand: { action, value: null, suggestion: null } }, false);
        expect(setUp(plan.text, local, folder).text).toBe(plan.text);
        expect(planRemoval(parseDocument(plan.text, FILE), FILE).text).toBe(text);
      }),
      250,
    );
  });

  test("the difference, applied to the old lines, gives the new ones", async () => {
    await holds(
      fc.property(
        fc.array(fc.constantFrom("a", "b", "c")),
        fc.array(fc.constantFrom("a", "b", "c")),
        (before, after) => {
          const lines = differenceOf(before.join("\n"), after.join("\n"));
          const isAllShown = lines.every(({ sign }) => sign !== "@") && lines.some(({ sign }) => sign === " ");
          const of = (signs: string): string[] =>
            lines.filter(({ sign }) => signs.includes(sign)).map(({ text }) => text);
          if (lines.length > 0 && isAllShown && of(" -").length === before.length) expect(of(" +")).toEqual(after);
          expect(of("-").length - of("+").length).toBe(before.length - after.length);
        },
      ),
    );
  });
});

describe("the line in front of a command, run by sh", () => {
  const commands = [
    { command: "echo S", status: 0, output: "S" },
    { command: "exit 3", status: 3, output: "" },
    { command: "false || echo S; exit 4", status: 4, output: "S" },
    { command: "false", status: 1, output: "" },
    { command: "if true; then echo S; fi", status: 0, output: "S" },
    { command: "! false && echo S", status: 0, output: "S" },
    { command: "cat <<E\nS\nE\n", status: 0, output: "S" },
  ];
  const npx = [
    { what: "a login that works", script: "echo LOGIN", first: "LOGIN" },
    { what: "a login that fails", script: "exit 1", first: "registry-login did not run" },
    { what: "no npx at all", script: null, first: "registry-login did not run" },
  ];

  test.each(npx.flatMap((how) => commands.map((row) => ({ ...how, ...row }))))(
    "$what, then $command",
    ({ script, command, status, output, first }) => {
      const text = JSON.stringify({ image: "registry.example.com/a/b:1", initializeCommand: command });
      const { initializeCommand } = parseStrictly(setUp(text, "none", tempFolder()).text) as {
        initializeCommand: string;
      };
      const define = script === null ? "npx() { return 127; }" : `npx() { (${script}); }`;
      const ran = spawnSync("/bin/sh", ["-c", `${define}\n${initializeCommand}`], { encoding: "utf8" });
      const lines = ran.stdout.trim().split("\n");
      expect(ran.status).toBe(status);
      expect(lines[0]).toContain(first);
      expect(lines.slice(1).join("\n")).toBe(output);
    },
  );
});

/**
 * The grammar of a command line of cmd.exe, as far as the line needs it: commands are joined by && and || (a single & as well),
 * and parentheses group them. A closing one ends a group wherever it stands without a caret or quotes; %NAME% and ! are expanded.
 * Source: https://learn.microsoft.com/windows-server/administration/windows-commands/cmd, "remarks"
 */
describe("the line in cmd.exe", () => {
  const chained = `(${LINE}) && echo S`;

  test("groups once, joins twice, and uses no sign that cmd.exe reads differently", () => {
    expect(chained.match(/[()]/g)).toEqual(["(", ")"]);
    expect(chained.match(/&&|\|\||[&|]/g)).toEqual(["||", "&&"]);
    expect(LINE).not.toMatch(/[%!^<>"';]/);
  });

  test("echo ends at the parenthesis, so nothing of the message is a command", () => {
    const [, inside = ""] = /^\((.*)\) && echo S$/.exec(chained) ?? [];
    expect(inside.split(" || ")).toEqual([
      expect.stringMatching(/^npx --yes @registry-login\/cli@1 login --if-changed$/),
      expect.stringMatching(/^echo [\w .,:-]+$/),
    ]);
  });
});
