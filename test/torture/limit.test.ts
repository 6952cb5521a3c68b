import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { AGENT_FOLDER } from "../../scripts/project.ts";
import { ECR_HOST } from "../support/aws-endpoint.ts";
import { awsSecrets } from "../support/aws-setup.ts";
import { secrets } from "../support/temp-home.ts";
import { holdLock } from "../support/torture/held-lock.ts";
import { makeTortureHome, type TortureHome } from "../support/torture/home.ts";
import { startSilent } from "../support/torture/misbehaviors/servers.ts";
import { type Ended, LIMIT_MS, startAgent, startProgram } from "../support/torture/process.ts";

const HOOK = ["login", "--if-changed", "--json"];

// vitest cannot tell which of several tests at once has finished.
const cleanUps: (() => unknown)[] = [];
afterAll(() => Promise.all(cleanUps.map((cleanUp) => cleanUp())));

function home(): TortureHome {
  const made = makeTortureHome();
  cleanUps.push(made.remove);
  return made;
}

/** Secrets for this many registries that hang, and for AWS, which hangs too. */
async function hanging(count: number): Promise<Record<string, string>> {
  const servers = await Promise.all(Array.from({ length: count + 1 }, startSilent));
  cleanUps.push(...servers.map(({ close }) => close));
  const [aws, ...rest] = servers.map(({ host }) => host);
  const all = [awsSecrets(ECR_HOST, "AWS"), ...rest.map((host, index) => secrets(`R${index}`, host, "bob", "planted"))];
  return Object.assign({ AWS_ENDPOINT_URL_ECR: `http://${aws}` }, ...all);
}

function codesOf({ exitCode, signal, stderr, stdout }: Ended): (string | null)[] {
  expect({ exitCode, signal, stderr }).toEqual({ exitCode: 0, signal: null, stderr: "" });
  return [...new Set((JSON.parse(stdout).registries as { code: string | null }[]).map(({ code }) => code))];
}

// An agent that has not ended after 20 s is killed, and its test fails.
describe.concurrent("with the default timeout the hook ends within 20 s, exits with 0 and reports the cause", () => {
  test("when many registries and AWS hang", async () => {
    const env = { ...home().env, ...(await hanging(40)) };
    expect(codesOf(await startAgent({ env, args: HOOK, limit: LIMIT_MS }).ended)).toEqual([
      "aws-no-answer",
      "no-answer",
    ]);
  });

  test("when they hang and another process holds the lock", async () => {
    const at = home();
    holdLock(join(at.state, "lock"));
    const env = { ...at.env, ...(await hanging(40)) };
    expect(codesOf(await startAgent({ env, args: HOOK, limit: LIMIT_MS }).ended)).toEqual(["lock-held"]);
  });

  test("when they hang and another process holds the lock of config.json", async () => {
    const at = home();
    holdLock(`${at.config}.registry-login.lock`);
    const env = { ...at.env, ...(await hanging(40)) };
    expect(codesOf(await startAgent({ env, args: HOOK, limit: LIMIT_MS }).ended)).toEqual(["lock-held"]);
  });

  test("when a FIFO is instead of the state file", async () => {
    const at = home();
    mkdirSync(at.state, { recursive: true, mode: 0o700 });
    execFileSync("mkfifo", [join(at.state, "state.json")]);
    const env = { ...at.env, ...secrets("A", "registry.example.com", "bob", "planted") };
    const args = [...HOOK, "--no-verify"];
    expect(codesOf(await startAgent({ env, args, limit: LIMIT_MS }).ended)).toEqual([null]);
  });

  // A resolv.conf of its own needs root; without root this test fails.
  test("when no name server answers", async () => {
    const at = home();
    // An address that no other run of this test has.
    const address = `127.${Array.from(randomBytes(3), (byte) => 1 + (byte % 254)).join(".")}`;
    const nameServer = createSocket("udp4");
    cleanUps.push(() => nameServer.close());
    await new Promise<void>((resolve, reject) => {
      nameServer.on("error", reject).bind(53, address, resolve);
    });
    const file = join(at.folder, "resolv.conf");
    writeFileSync(file, `nameserver ${address}\noptions timeout:15\n`);
    const script = 'mount --bind "$0" /etc/resolv.conf && exec "$@"';
    const agent = [process.execPath, join(AGENT_FOLDER, "main.cjs"), ...HOOK];
    const env = { ...at.env, ...secrets("A", "registry.example.com", "bob", "planted") };
    const run = startProgram("unshare", ["--mount", "sh", "-c", script, file, ...agent], env);
    const timer = setTimeout(() => run.child.kill("SIGKILL"), LIMIT_MS);
    expect(codesOf(await run.ended.finally(() => clearTimeout(timer)))).toEqual(["no-answer"]);
  });
});
