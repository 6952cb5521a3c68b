import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Watching } from "../../../../src/commands/export/watch.ts";
import { awsSecrets, setUpAws } from "../../../support/aws-setup.ts";
import { authOf } from "../../../support/encoding.ts";
import { dockerLogin, refusedExport, runExport } from "../../../support/export.ts";
import { logIn, makeHome, secrets } from "../../../support/temp-home.ts";

/** What happens before each look at the logins; the watching ends after the last one. */
type Steps = readonly (() => Promise<void> | void)[];

/** Lets these steps happen instead of waiting, and collects what is printed. */
function watching(steps: Steps): { watching: Watching; printed: string[]; paused: number[] } {
  const left = [...steps];
  const [printed, paused]: [string[], number[]] = [[], []];
  const pause = async (ms: number): Promise<boolean> => {
    paused.push(ms);
    const step = left.shift();
    await step?.();
    return step !== undefined;
  };
  return { watching: { print: (text) => void printed.push(text), pause }, printed, paused };
}

const authIn = (file: string): string => {
  const [entry] = Object.values(JSON.parse(readFileSync(file, "utf8")).auths) as { auth: string }[];
  return entry?.auth ?? "";
};

describe("an AWS token in a file", () => {
  test("is renewed in the second half of its life, for as long as it is watched", async () => {
    const { aws, home, at } = await setUpAws();
    await logIn(at(0, awsSecrets()), { verify: "false" });
    const output = join(home.folder, "auth.json");
    const context = { ...at(0), now: () => aws.now() };
    const valid: boolean[] = [];
    const later = (hours: number) => () => {
      if (existsSync(output)) valid.push(aws.isValid(Buffer.from(authIn(output), "base64").toString().slice(4)));
      at(hours);
    };
    const { watching: watch, printed, paused } = watching([1, 5, 7, 8, 14, 21, 40].map(later));
    const { exitCode } = await runExport(context, ["podman"], { output, watching: watch });
    expect(exitCode).toBe(0);
    // The last one after a machine was asleep for longer than a token lives.
    expect(aws.tokens).toHaveLength(5);
    expect(authIn(output)).toBe(authOf("AWS", aws.tokens.at(-1) ?? ""));
    expect(valid).toEqual(valid.map(() => true));
    expect(printed).toHaveLength(5);
    expect(printed[0]).not.toContain("--watch");
    expect(Math.max(...paused)).toBeLessThanOrEqual(60_000);
  });

  test("that is saved nowhere is not requested again before the second half of its life", async () => {
    const { aws, home, at } = await setUpAws();
    const env = awsSecrets();
    await logIn(at(0, env), { verify: "false", storage: "plaintext" });
    const output = join(home.folder, "auth.json");
    const context = { ...at(0, env), now: () => aws.now() };
    const { watching: watch, printed } = watching([1, 2, 5, 7, 8, 9].map((hours) => () => void at(hours)));
    await runExport(context, ["podman"], { output, watching: watch });
    // Of the login, of the export, and of one renewal.
    expect([aws.tokens.length, printed.length]).toEqual([3, 2]);
    expect(authIn(output)).toBe(authOf("AWS", aws.tokens.at(-1) ?? ""));
  });

  test("stays while AWS does not answer, which is said once, and is renewed afterwards", async () => {
    const { aws, home, at } = await setUpAws();
    await logIn(at(0, awsSecrets()), { verify: "false" });
    const output = join(home.folder, "auth.json");
    const context = { ...at(0), now: () => aws.now() };
    const fail = (): void => {
      at(13);
      aws.fault = "error";
    };
    const recover = (): void => {
      aws.fault = null;
    };
    const { watching: watch, printed } = watching([fail, () => undefined, () => undefined, recover]);
    await runExport(context, ["podman"], { output, watching: watch });
    expect(printed).toHaveLength(3);
    expect(printed[1]).toMatch(/^registry-login: .*AWS/);
    expect(authIn(output)).toBe(authOf("AWS", aws.tokens.at(-1) ?? ""));
  });
});

test("a login that changes, and a file that is removed, are written again; nothing else is", async () => {
  const home = makeHome();
  await logIn(home.context(secrets("A", "ghcr.io", "bob", "a-password")), { verify: "false" });
  const output = join(home.folder, "config.json");
  const seen: string[] = [];
  const look = (): void => void seen.push(existsSync(output) ? authIn(output) : "");
  const { watching: watch, printed } = watching([
    () => look(),
    () => dockerLogin(home.context(), "ghcr.io", "carol", "her-password"),
    () => look(),
    () => rmSync(output),
    () => look(),
  ]);
  await runExport(home.context(), ["docker"], { output, watching: watch });
  expect(seen).toEqual([authOf("bob", "a-password"), authOf("carol", "her-password"), authOf("carol", "her-password")]);
  expect(printed).toHaveLength(3);
});

test("a file of a person is not replaced by watching", async () => {
  const home = makeHome();
  await logIn(home.context(secrets("A", "ghcr.io", "bob", "a-password")), { verify: "false" });
  const output = join(home.folder, "config.json");
  writeFileSync(output, "mine");
  const { code } = await refusedExport(home.context(), ["docker"], { output, watching: watching([]).watching });
  expect([code, readFileSync(output, "utf8")]).toEqual(["export-exists", "mine"]);
});

describe("a cluster to keep up to date", () => {
  test.each([
    { what: "without kubectl", script: null, code: "kubectl-missing" },
    { what: "without a context", script: "exit 1", code: "kubectl-no-context" },
  ])("$what", async ({ script, code }) => {
    const home = makeHome();
    await logIn(home.context(secrets("A", "ghcr.io", "bob", "a-password")), { verify: "false" });
    if (script !== null) writeFileSync(join(home.folder, "kubectl"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const context = home.context({ PATH: home.folder });
    expect((await refusedExport(context, ["kubernetes"], { watching: watching([]).watching })).code).toBe(code);
  });
});
