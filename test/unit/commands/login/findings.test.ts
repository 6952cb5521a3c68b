import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { login } from "../../../../src/commands/login/login.ts";
import { ECR_HOST } from "../../../support/aws-endpoint.ts";
import { runLine } from "../../../support/command-line.ts";
import { authOf, base64 } from "../../../support/encoding.ts";
import { leaks } from "../../../support/leaks.ts";
import { startLocalRegistry } from "../../../support/local-registry.ts";
import { answer, startDownRegistry, startServer } from "../../../support/misbehaving-server.ts";
import { startNamed } from "../../../support/scripted-registry.ts";
import { filesBelow, logIn, makeHome, secrets } from "../../../support/temp-home.ts";

const PASSWORD = "hunter2-hunter2";
const SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const SWAPPED = secrets("A", ECR_HOST, SECRET_KEY, "AKIAIOSFODNN7EXAMPLE");

interface Row {
  readonly name: string;
  readonly env: Record<string, string>;
  /** What the report says about the set, and the next step below it. */
  readonly reason: RegExp;
  readonly hint: RegExp;
}

const SKIPPED: readonly Row[] = [
  {
    name: "references to variables that the host lacks",
    env: secrets("A", "quay.io", "", ""),
    reason: /A_CONTAINER_REGISTRY_USER is set but empty; A_CONTAINER_REGISTRY_PASSWORD is set but empty$/,
    hint: /^check where its value comes from/,
  },
  {
    name: "a set of nothing but such references",
    env: secrets("A", "", "", ""),
    reason: /A_CONTAINER_REGISTRY_SERVER is set but empty/,
    hint: /^check where its value comes from/,
  },
  {
    name: "two variables that are not set",
    env: { A_CONTAINER_REGISTRY_SERVER: "quay.io" },
    reason: /_USER is not set; A_CONTAINER_REGISTRY_PASSWORD is not set$/,
    hint: /^also set A_CONTAINER_REGISTRY_USER and A_CONTAINER_REGISTRY_PASSWORD, then /,
  },
  {
    name: "a misnamed variable",
    env: {
      A_CONTAINER_REGISTRY_SERVER: "quay.io",
      A_CONTAINER_REGISTRY_USER: "bob",
      A_CONTAINER_REGISTRY_PWD: PASSWORD,
    },
    reason: /^A_CONTAINER_REGISTRY_PWD is set, but the name must be A_CONTAINER_REGISTRY_PASSWORD$/,
    hint: /^rename the secret A_CONTAINER_REGISTRY_PWD to A_CONTAINER_REGISTRY_PASSWORD$/,
  },
  {
    name: "every variable misnamed",
    env: {
      A_CONTAINER_REGISTRY_URL: "quay.io",
      A_CONTAINER_REGISTRY_USERNAME: "b",
      A_CONTAINER_REGISTRY_PASS: PASSWORD,
    },
    reason: /A_CONTAINER_REGISTRY_URL is set, but the name must be A_CONTAINER_REGISTRY_SERVER; .*_USERNAME.*_PASS /,
    hint: /^rename the secret A_CONTAINER_REGISTRY_URL to A_CONTAINER_REGISTRY_SERVER; rename /,
  },
  {
    name: "a misspelled part",
    env: {
      A_CONTAINER_REGISTRY_SERVER: "quay.io",
      A_CONTAINER_REGISTRY_USER: "bob",
      A_CONTAINER_REGISTRY_PASWORD: "x",
    },
    reason: /^A_CONTAINER_REGISTRY_PASWORD is set, which looks like a misspelled A_CONTAINER_REGISTRY_PASSWORD$/,
    hint: /^rename the secret A_CONTAINER_REGISTRY_PASWORD to A_CONTAINER_REGISTRY_PASSWORD$/,
  },
  {
    name: "a misspelled infix",
    env: { A_CONTANER_REGISTRY_PASSWORD: PASSWORD },
    reason: /A_CONTANER_REGISTRY_PASSWORD is set, which looks like a misspelled A_CONTAINER_REGISTRY_PASSWORD$/,
    hint: /^rename the secret A_CONTANER_REGISTRY_PASSWORD to A_CONTAINER_REGISTRY_PASSWORD; also set /,
  },
  {
    name: "an identifier with a hyphen",
    env: secrets("MY-CO", "quay.io", "bob", PASSWORD),
    reason: /^MY-CO_CONTAINER_REGISTRY_PASSWORD is not used: an identifier consists of letters, digits and _$/,
    hint: /^rename the secret MY-CO_CONTAINER_REGISTRY_PASSWORD to MY_CO_CONTAINER_REGISTRY_PASSWORD, /,
  },
  {
    name: "no identifier",
    env: {
      CONTAINER_REGISTRY_SERVER: "quay.io",
      CONTAINER_REGISTRY_USER: "bob",
      CONTAINER_REGISTRY_PASSWORD: PASSWORD,
    },
    reason: /^CONTAINER_REGISTRY_PASSWORD is not used: there is no identifier before CONTAINER_REGISTRY$/,
    hint: /^rename the secret CONTAINER_REGISTRY_PASSWORD to ACME_CONTAINER_REGISTRY_PASSWORD, /,
  },
  {
    name: "ECR with the server alone",
    env: { A_CONTAINER_REGISTRY_SERVER: ECR_HOST },
    reason: /^A_CONTAINER_REGISTRY_USER and A_CONTAINER_REGISTRY_PASSWORD are not set$/,
    hint: new RegExp(`add A=${ECR_HOST.replaceAll(".", "\\.")} to the option registries to use this machine's own AWS`),
  },
];

describe("the report of a login shows what is wrong with a set that is not used, and the next step:", () => {
  test.each(SKIPPED)("$name", async ({ env, reason, hint }) => {
    const home = makeHome();
    const { stdout } = await runLine(home, [], env);
    const [summary, row = "", step = ""] = stdout.split("\n");
    expect(summary).toBe("registry-login: nothing to log in to");
    expect(row.replace(/^ {2}\S+ +skipped +- +/, "")).toMatch(reason);
    expect(step.replace(/^ {6}-> /, "")).toMatch(hint);
    const { skipped } = JSON.parse((await runLine(home, ["--json"], env)).stdout);
    expect(skipped).toEqual([
      { identifier: expect.any(String), missing: expect.any(Array), reason: expect.any(String) },
    ]);
    expect(skipped[0].reason).toBe(`${row.replace(/^ {2}\S+ +skipped +- +/, "")}; ${step.replace(/^ {6}-> /, "")}`);
    expect(leaks(stdout, "bob", PASSWORD)).toEqual([]);
  });

  test("the doctor says the same", async () => {
    for (const { env, reason } of SKIPPED) {
      const { stdout } = await runLine(makeHome(), ["doctor", "--json"], env);
      const steps: { code: string | null; message: string }[] = JSON.parse(stdout).registries[0].steps;
      const found = steps.filter(({ code }) => code !== null).map(({ message }) => message);
      expect(found.join("; ")).toMatch(reason);
    }
  });

  test("a server alone under a name without an identifier may belong to another program", async () => {
    const { stdout } = await runLine(makeHome(), [], { CONTAINER_REGISTRY_SERVER: "localhost:5000" });
    expect(stdout).toMatch(/^registry-login: nothing to do: no registry secrets are set /);
  });

  test("empty variables of a login that is saved are not reported", async () => {
    const home = makeHome();
    await logIn(home.context(secrets("A", "quay.io", "bob", PASSWORD)), { verify: "false" });
    const { stdout } = await runLine(home, [], secrets("A", "", "", ""));
    expect(stdout).toMatch(/^registry-login: 1 of 1 registries ready\n {2}A {2}unchanged /);
    expect(stdout).not.toContain("empty");
  });
});

test.each([
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is the mistake
  ["a reference instead of a server", "${localEnv:ACME_SERVER}", "secret-unresolved"],
  ["a quoted server", '"quay.io"', "secret-quoted"],
  ["a placeholder", "<your-registry>", "secret-placeholder"],
  ["user and password in base64", authOf("jane", PASSWORD), "server-is-password"],
  ["the password in hex", Buffer.from(PASSWORD).toString("hex"), "server-is-password"],
  ["the password in base64", base64(PASSWORD), "server-is-password"],
  ["a token", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "server-is-password"],
])("a set with %s is rejected with the doctor's finding", async (_, server, code) => {
  const home = makeHome();
  const env = secrets("A", server, "jane@example.com", PASSWORD);
  const { stdout } = await runLine(home, ["--json"], env);
  expect(JSON.parse(stdout).registries).toMatchObject([
    { outcome: "refused", code, hint: expect.stringMatching(/\w/) },
  ]);
  const doctor = await runLine(home, ["doctor", "--json"], env);
  expect(JSON.parse(doctor.stdout).registries[0].steps[0]).toMatchObject({ state: "wrong", code });
  for (const args of [[], ["plan"], ["plan", "--json"], ["doctor"]]) {
    const said = stdout + doctor.stdout + (await runLine(home, args, env)).stdout;
    expect(leaks(said, "jane", PASSWORD)).toEqual([]);
    expect(said).not.toContain(code === "server-is-password" ? server : "ghp_");
  }
});

test.each([
  ["Correct7Horse", "ghcr.io"],
  ["Correct7Horse", "registry.example.com"],
  ["Correct-7$Horse", "registry.example.com:5000"],
  ["Correct.7.Horse", "ghcr.io"],
])(
  "a set whose server and password are swapped (%s, %s) shows no password, and saves none",
  async (server, password) => {
    const home = makeHome();
    const env = secrets("A", server, "jane", password);
    for (const args of [[], ["--json"], ["plan"], ["doctor"], ["status"]]) {
      const said = await runLine(home, args, env);
      expect(leaks(said.stdout.toLowerCase(), "jane", server.toLowerCase())).toEqual([]);
      if (args[0] !== "status") expect(said.stdout).toContain("A_CONTAINER_REGISTRY_PASSWORD holds a host name");
    }
    for (const file of [...filesBelow(home.folder), ...filesBelow(home.memory)]) {
      expect(readFileSync(file, "utf8").toLowerCase()).not.toContain(server.toLowerCase());
    }
  },
);

test("a short server, which may be a password, is neither shown nor saved", async () => {
  const home = makeHome();
  const env = secrets("A", "Correct7Horse", "jane", "a-password");
  for (const args of [[], ["plan"], ["doctor"], ["status"]]) {
    expect((await runLine(home, args, env)).stdout.toLowerCase()).not.toContain("correct7horse");
  }
  expect(
    filesBelow(home.folder)
      .map((file) => readFileSync(file, "utf8"))
      .join(),
  ).not.toMatch(/correct7horse/i);
});

describe("a swapped key pair of AWS", () => {
  test.each([["login"], ["plan"], ["doctor"], ["status"]])("%s prints no secret access key", async (command) => {
    const home = makeHome();
    for (const json of [[], ["--json"]]) {
      const { stdout } = await runLine(home, [command, ...json], SWAPPED);
      expect(leaks(stdout, "x", SECRET_KEY)).toEqual([]);
      if (command !== "status") expect(stdout).toContain("A_CONTAINER_REGISTRY_PASSWORD holds an access key ID");
    }
  });

  test("is rejected before any request", async () => {
    const proxy = await startServer((response) => answer(response, 500));
    const env = { ...SWAPPED, HTTPS_PROXY: `http://${proxy.host}` };
    const { stdout } = await runLine(makeHome(), ["--json"], env);
    expect(JSON.parse(stdout).registries).toMatchObject([{ outcome: "refused", code: "aws-keys-swapped" }]);
    expect(proxy.seen).toEqual([]);
  });

  test("for another kind of registry it is rejected, and masked as well", async () => {
    const { stdout } = await runLine(makeHome(), ["plan"], secrets("A", "quay.io", SECRET_KEY, "AKIAIOSFODNN7EXAMPLE"));
    expect(stdout).toContain("the login to quay.io is an AWS access key");
    expect(leaks(stdout, "x", SECRET_KEY)).toEqual([]);
  });
});

describe("the hook names what is wrong with a value, and the next step:", () => {
  const TOKEN = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is the mistake
  const UNRESOLVED = "${localEnv:ACME}";
  const set = (part: string, value: string) => ({ [`A_CONTAINER_REGISTRY_${part}`]: value });
  const of = (part: string, rest: string): RegExp => new RegExp(`A_CONTAINER_REGISTRY_${part} ${rest}`);
  const ROWS = [
    ...["SERVER", "USER", "PASSWORD"].flatMap((part) => [
      { name: `${part} is empty`, env: set(part, ""), says: of(part, "is set but empty") },
      {
        name: `${part} is white space`,
        env: set(part, "  "),
        says: of(part, part === "PASSWORD" ? "starts or ends with" : "is set but empty"),
      },
      { name: `${part} is unresolved`, env: set(part, UNRESOLVED), says: of(part, "holds a reference to a variable") },
      { name: `${part} is unresolved in part`, env: set(part, `x-${UNRESOLVED}`), says: of(part, "holds a reference") },
      { name: `${part} is quoted`, env: set(part, '"quay.io"'), says: of(part, "starts and ends with a quotation") },
      { name: `${part} is a placeholder`, env: set(part, "<your-value>"), says: of(part, "holds a placeholder") },
    ]),
    { name: "PASSWORD has spaces", env: set("PASSWORD", ` ${PASSWORD} `), says: of("PASSWORD", "starts or ends with") },
    {
      name: "USER and PASSWORD are swapped",
      env: { ...set("USER", TOKEN), ...set("PASSWORD", "jane") },
      says: /_USER holds what looks like a token/,
    },
    { name: "a key pair of AWS is swapped", env: SWAPPED, says: /_PASSWORD holds an access key ID/ },
    {
      name: "another part is missing as well",
      env: { ...set("USER", UNRESOLVED), ...set("PASSWORD", "") },
      says: /_PASSWORD is set but empty; A_CONTAINER_REGISTRY_USER holds a reference to a variable/,
    },
  ];

  test.each(ROWS)("$name", async ({ env, says }) => {
    const down = await startDownRegistry();
    // Where the registry answers, and where it does not.
    for (const host of [await startLocalRegistry(PASSWORD), down]) {
      const all = { ...secrets("A", host, "bob", "another-password"), ...env };
      const { stdout } = await runLine(makeHome(), ["--if-changed"], all);
      expect(stdout).toMatch(says);
      const [, step = ""] = /\n {6}-> (.*)/.exec(stdout) ?? [];
      expect(step).toMatch(/put |remove |set |check |swap |also set/);
      expect(leaks(stdout, "x", TOKEN)).toEqual([]);
    }
  });

  test("a value that only looks odd is not named if the registry accepts it", async () => {
    const env = secrets("A", await startLocalRegistry("changeme"), "bob", "changeme");
    const { stdout } = await runLine(makeHome(), ["--if-changed"], env);
    expect(stdout).toMatch(/A {2}verified/);
    expect(stdout).not.toContain("placeholder");
  });
});

test("a login that the registry rejects names what looks wrong with its secrets", async () => {
  const host = await startLocalRegistry(PASSWORD);
  const { registries } = await logIn(makeHome().context(secrets("A", host, "bob", `"${PASSWORD}"`)));
  expect(registries).toMatchObject([
    {
      outcome: "refused",
      code: "credential-refused",
      detail: expect.stringMatching(
        /rejected the login .*; A_CONTAINER_REGISTRY_PASSWORD starts and ends with a quotation/,
      ),
      hint: expect.stringContaining("remove the quotation marks"),
    },
  ]);
});

test("a token as the user name is masked wherever the login is shown later", async () => {
  const home = makeHome();
  const token = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
  await logIn(home.context(secrets("A", "quay.io", token, "jane-doe-2")), { verify: "false" });
  for (const args of [["status"], ["status", "--json"], ["logout", "quay.io"]]) {
    const { stdout } = await runLine(home, args);
    expect(stdout).toContain("quay.io");
    expect(stdout).not.toMatch(/ghp_|jane-doe/);
  }
});

test("the hook and the doctor judge https://localhost alike, whether a target names it or not", async () => {
  const home = makeHome();
  const host = await startLocalRegistry(PASSWORD);
  const env = secrets("A", `https://${host}/x`, "bob", PASSWORD);
  expect(JSON.parse((await runLine(home, ["--json"], env)).stdout).registries).toMatchObject([{ outcome: "verified" }]);
  for (const target of [[], [host]]) {
    const { registries } = JSON.parse((await runLine(home, ["doctor", "--json", ...target], env)).stdout);
    expect(registries[0].steps).toContainEqual(expect.objectContaining({ step: "login", state: "ok" }));
  }
});

describe("the second of two equal reports", () => {
  test("is one line, with --if-changed alone", async () => {
    const home = makeHome();
    const env = secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD);
    const first = await runLine(home, ["--if-changed"], env);
    expect(first.stdout).toMatch(/^registry-login: 1 of 1 registries ready\n {2}A {2}verified /);
    const second = await runLine(home, ["--if-changed"], env);
    expect(second.stdout).toBe("registry-login: 1 of 1 registries ready (unchanged)\n");
    expect((await runLine(home, [], env)).stdout).toMatch(/ready\n {2}A {2}unchanged /);
    const json = JSON.parse((await runLine(home, ["--if-changed", "--json"], env)).stdout);
    expect(json.registries).toMatchObject([{ outcome: "unchanged" }]);
  });

  test("is complete where root could not be logged in", async () => {
    const home = makeHome();
    const env = { ...secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD) };
    const flags = { options: { root: "true" }, json: false, onlyChanged: true };
    const run = async () => (await login({ ...home.context(env), uid: 1000 }, flags)).stdout;
    await run();
    expect(await run()).toMatch(/\n {2}A {2}unchanged (?:.|\n)*sudo is not installed/);
  });

  test("is complete where anything is wrong", async () => {
    const home = makeHome();
    const env = {
      ...secrets("A", await startLocalRegistry(PASSWORD), "bob", PASSWORD),
      B_CONTAINER_REGISTRY_SERVER: "quay.io",
    };
    await runLine(home, ["--if-changed"], env);
    expect((await runLine(home, ["--if-changed"], env)).stdout).toMatch(/\n {2}A +unchanged .*\n {2}B +skipped /);
  });
});

test("GitHub's npm registry is not called a container registry", async () => {
  const { env } = await startNamed(["npm.pkg.github.com"], (response) =>
    answer(response, 200, {}, '{"username":"bob"}'),
  );
  const home = makeHome();
  const all = { ...env, ...secrets("N", "npm.pkg.github.com", "bob", "ghp_0123456789") };
  await runLine(home, [], all);
  const { stdout } = await runLine(home, ["doctor"], all);
  expect(stdout).toContain("answers as an npm registry");
  expect(stdout).not.toContain("container registry");
});
