import { mkdirSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { AGENT_FOLDER } from "../../scripts/project.ts";
import { AWS_KEY, ECR_HOST } from "../support/aws-endpoint.ts";
import { secrets } from "../support/temp-home.ts";
import { makeTortureHome } from "../support/torture/home.ts";
import { flood, startRaw } from "../support/torture/misbehaviors/servers.ts";
import { LIMIT_MS, startAgent, startProgram, watchMemory } from "../support/torture/process.ts";

/** No command needs more, whatever a server sends. In bytes. */
const LIMIT = 150 * 1024 * 1024;

const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;
const LINE = `x: ${"y".repeat(60_000)}\r\n`;

/** What a server sends as fast as it can. */
const floods: readonly { readonly what: string; readonly first: string; readonly rest: string }[] = [
  { what: "headers", first: OK, rest: LINE },
  { what: "one header", first: `${OK}x: `, rest: "y".repeat(60_000) },
  { what: "a body", first: `${OK}\r\n`, rest: "y".repeat(60_000) },
  {
    what: "a body of a length that it announces",
    first: `${OK}content-length: 99999999999\r\n\r\n`,
    rest: "y".repeat(60_000),
  },
  { what: "chunks of one byte", first: CHUNKED, rest: "1\r\ny\r\n".repeat(10_000) },
  { what: "a chunk extension", first: `${CHUNKED}1;`, rest: "y".repeat(60_000) },
  { what: "trailers", first: `${CHUNKED}0\r\n`, rest: LINE },
  { what: "informational responses", first: "", rest: "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n".repeat(1000) },
];

const KEYLESS = `--registries=ECR=${ECR_HOST}`;

type Way = (host: string) => Record<string, string>;

/** Who sends it. */
const ways: readonly { readonly who: string; readonly env: Way; readonly args?: readonly string[] }[] = [
  {
    who: "a registry",
    env: (host) =>
      Object.assign({}, ...Array.from({ length: 40 }, (_, nth) => secrets(`R${nth}`, `http://${host}`, "bob", "pw"))),
  },
  {
    who: "AWS's endpoint",
    env: (host) => ({
      AWS_ENDPOINT_URL_ECR: `http://${host}`,
      ...secrets("ECR", ECR_HOST, AWS_KEY.accessKeyId, AWS_KEY.secretAccessKey),
    }),
  },
  {
    who: "the service of AWS's container credentials",
    args: [KEYLESS],
    env: (host) => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://${host}/c`, AWS_EC2_METADATA_DISABLED: "true" }),
  },
  {
    who: "AWS's instance metadata",
    args: [KEYLESS],
    env: (host) => ({ AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://${host}` }),
  },
  {
    who: "a proxy",
    env: (host) => ({ HTTPS_PROXY: `http://${host}`, ...secrets("A", "registry.example.com", "bob", "pw") }),
  },
];

const cases = ways.flatMap(({ who, env, args = [] }) =>
  floods.map(({ what, first, rest }) => ({ who, what, env, args, first, rest })),
);

test.each(cases)("$who sends $what without an end: the hook needs little memory and ends in time", async (row) => {
  const server = await startRaw((socket: Socket) => flood(socket, row.first, row.rest));
  const home = makeTortureHome();
  onTestFinished(async () => {
    await server.close();
    home.remove();
  });
  const env = { ...home.env, ...row.env(server.host) };
  const run = startAgent({
    env,
    args: ["login", "--if-changed", "--json", "--timeout", "3", ...row.args],
    limit: LIMIT_MS,
  });
  const peak = watchMemory(run);
  const { exitCode, signal, stderr, stdout } = await run.ended;
  expect({ exitCode, signal, stderr }).toEqual({ exitCode: 0, signal: null, stderr: "" });
  const { registries } = JSON.parse(stdout) as { registries: { outcome: string; code: string | null }[] };
  expect(registries.length).toBeGreaterThan(0);
  expect(registries.filter(({ outcome, code }) => outcome === "verified" || code === null)).toEqual([]);
  expect(peak()).toBeGreaterThan(20 * 1024 * 1024);
  expect(peak()).toBeLessThan(LIMIT);
});

test.each(["get", "store", "erase"])("an input without an end makes %s fail, and needs little memory", async (verb) => {
  const home = makeTortureHome();
  const agent = [process.execPath, join(AGENT_FOLDER, "main.cjs"), "credential-helper", verb];
  const run = startProgram("sh", ["-c", 'exec "$@" </dev/zero', "sh", ...agent], home.env);
  const timer = setTimeout(() => run.child.kill("SIGKILL"), LIMIT_MS);
  onTestFinished(() => {
    clearTimeout(timer);
    home.remove();
  });
  const peak = watchMemory(run);
  const { exitCode, signal, stdout } = await run.ended;
  expect({ exitCode, signal }).toEqual({ exitCode: 1, signal: null });
  expect(stdout).toContain("the input is larger than 1024 KB");
  expect(peak()).toBeGreaterThan(20 * 1024 * 1024);
  expect(peak()).toBeLessThan(LIMIT);
});

/** The most that a file of ours may have, in bytes. */
const SIZE = 512 * 1024;
const repeat = (unit: string, size = SIZE): string =>
  Array(Math.floor(size / (unit.length + 1)))
    .fill(unit)
    .join();
const state = (rest: string): string => `{"version":1,${rest}}`;

/** What takes the most memory to read. */
const states: Readonly<Record<string, string>> = {
  "brackets that stay open": "[".repeat(SIZE),
  "lists in lists": "[".repeat(SIZE / 2) + "]".repeat(SIZE / 2),
  "empty objects": `[${repeat("{}", SIZE - 10)}]`,
  "empty rows": state(`"registered":[${repeat("{}", SIZE - 40)}]`),
  "rows without a registry": state(`"registered":[${repeat('{"identifier":"","host":"","storage":""}', SIZE - 60)}]`),
  "broken entries of the journal": state(
    `"registered":[],"journal":[${repeat('{"file":"","key":"","sha256":""}', SIZE - 60)}]`,
  ),
  "rows of version 1.0.0": state(`"registered":[],"pending":[${repeat('{"host":""}', SIZE - 60)}]`),
  "empty file names": state(`"registered":[],"configs":[${repeat('""', SIZE - 60)}]`),
  "many file names": state(`"registered":[],"configs":[${Array.from({ length: SIZE / 10 }, (_, nth) => `"/${nth}"`)}]`),
  "empty folder names": state(`"registered":[],"made":[${repeat('""', SIZE - 60)}]`),
  "8 MB": " ".repeat(8 * 1024 * 1024),
};

test.each(Object.entries(states))("a state file with %s: no command needs much memory", async (_, text) => {
  for (const args of [["status"], ["plan"], ["login", "--if-changed"], ["credential-helper", "list"], ["logout"]]) {
    const home = makeTortureHome();
    onTestFinished(() => home.remove());
    const folder = join(home.folder, ".local/state/registry-login");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, "state.json"), text, { mode: 0o600 });
    const run = startAgent({ env: home.env, args, limit: LIMIT_MS });
    const peak = watchMemory(run);
    expect({ args, signal: (await run.ended).signal }).toEqual({ args, signal: null });
    expect({ args, isLittle: peak() < LIMIT, peak: peak() }).toMatchObject({ args, isLittle: true });
  }
});
