import { expect, test } from "vitest";
import { follow } from "../../support/model/follow.ts";
import { RULES, type Rule, type SetUp } from "../../support/model/model.ts";
import {
  changeSecretsFile,
  endOutage,
  logInByHand,
  logOutByHand,
  logOutOf,
  logOutOfAll,
  outage,
  restartContainer,
  rotate,
  run,
  type Step,
} from "../../support/model/steps.ts";

interface Example extends Partial<SetUp> {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** Sequences that happened to people, and those in which the agent once disagreed with the model. */
const EXAMPLES: readonly Example[] = [
  {
    name: "a start with the secrets, a restart, and starts without them, until they are there again",
    steps: [
      run("start", { A: "right", B: "right" }),
      restartContainer,
      run("start", {}),
      run("shell", {}),
      run("start", { A: "right" }),
    ],
  },
  {
    name: "a lost login that is logged out is forgotten, and a rejected one is remembered",
    steps: [
      run("start", { A: "right" }),
      run("start", { A: "right" }),
      restartContainer,
      logOutOf("basic"),
      run("start", {}),
      run("shell", { A: "old" }),
      run("start", {}),
    ],
  },
  {
    name: "on disk, a start that lacks only a password",
    storage: "disk",
    steps: [run("start", { A: "right", B: "right" }), restartContainer, run("start", { A: "incomplete", B: "right" })],
  },
  {
    name: "a shell with the secrets of one of two registries",
    steps: [run("start", { A: "right", B: "right" }), run("shell", { B: "right" }), run("start", {})],
  },
  {
    name: "the container still has the old password, and a terminal logged in with the new one",
    steps: [
      run("start", { A: "right" }),
      rotate("A"),
      run("start", { A: "old" }),
      run("shell", { A: "right" }),
      run("shell", { A: "old" }),
      run("start", { A: "old" }),
    ],
  },
  {
    name: "a password that is rotated while its registry is down",
    steps: [
      run("start", { B: "right" }),
      outage("bearer", "busy"),
      run("shell", { B: "right" }),
      rotate("B"),
      run("shell", { B: "right" }),
      endOutage("bearer"),
      run("shell", { B: "old" }),
      run("start", { B: "right" }),
    ],
  },
  {
    name: "two identifiers for one host",
    steps: [
      run("start", { C: "right" }),
      run("shell", { A: "old", C: "right" }),
      run("shell", { A: "right", C: "right" }),
      run("shell", { C: "old" }),
      rotate("A"),
      run("shell", { C: "right" }),
    ],
  },
  {
    name: "secrets that are changed and removed in a running codespace",
    codespace: true,
    steps: [
      changeSecretsFile({ A: "right", B: "right" }),
      run("start", { A: "right", B: "right" }),
      rotate("A"),
      changeSecretsFile({ A: "right", B: "right" }),
      run("shell", { A: "old", B: "right" }),
      changeSecretsFile({ A: "right" }),
      run("start", {}),
    ],
  },
  {
    name: "a `docker login` over the saved one, until `docker logout`",
    steps: [
      run("start", { A: "right" }),
      logInByHand("C"),
      run("start", { A: "right" }),
      rotate("C"),
      run("shell", {}),
      logOutByHand("basic"),
    ],
  },
  {
    name: "a `docker login` that was there before",
    steps: [logInByHand("C"), run("start", { A: "right" }), logOutByHand("basic"), run("start", {}), logOutOfAll],
  },
  {
    name: "a `docker login` in a codespace that loses the secrets of the same host",
    codespace: true,
    storage: "disk",
    steps: [
      changeSecretsFile({ A: "right", B: "right" }),
      run("start", {}),
      logInByHand("C"),
      changeSecretsFile({ B: "right" }),
      run("start", {}),
      restartContainer,
    ],
  },
  {
    name: "a verified login is lost with a restart while its registry is down",
    steps: [run("start", { B: "right" }), restartContainer, outage("bearer", "gone"), run("shell", { B: "right" })],
  },
  {
    name: "a start with secrets that are rejected does not lack them",
    steps: [run("shell", { B: "right" }), run("start", { B: "old" })],
  },
  {
    name: "secrets that move from the environment to the secrets file of a codespace",
    codespace: true,
    steps: [run("shell", { B: "right" }), changeSecretsFile({ B: "right" }), run("start", {})],
  },
  {
    name: "secrets that a codespace loses while others for the same host are rejected",
    codespace: true,
    steps: [
      changeSecretsFile({ A: "right" }),
      run("start", {}),
      changeSecretsFile({}),
      run("shell", { C: "old" }),
      changeSecretsFile({ A: "right" }),
      run("start", {}),
      changeSecretsFile({}),
      run("shell", { A: "old" }),
    ],
  },
];

const used = new Set<Rule>();

test.each(EXAMPLES)(
  "the agent and the model agree: $name",
  async ({ storage = "memory", codespace = false, steps }) => {
    for (const rule of await follow({ storage, codespace }, steps)) used.add(rule);
  },
);

test("these sequences use every rule of the model", () => {
  expect([...used].sort()).toEqual([...RULES].sort());
});
