import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { plan } from "../../../src/commands/plan/plan.ts";
import { explainIgnoredFile, readCodespacesSecrets, readSecretsFile } from "../../../src/discovery/codespaces.ts";
import { envSecrets, writeEnvSecrets } from "../../support/codespace.ts";
import { getFor } from "../../support/helper.ts";
import { printed } from "../../support/printed.ts";
import { logIn, makeHome, secrets, tempFolder } from "../../support/temp-home.ts";

function read(text: string): Record<string, string> {
  const file = join(tempFolder(), ".env-secrets");
  writeFileSync(file, text);
  return readSecretsFile(file);
}

const CODESPACE = { CODESPACES: "true" };

test("without the file there are no secrets", () => {
  expect(readSecretsFile(join(tempFolder(), "none"))).toEqual({});
  expect(readSecretsFile(tempFolder())).toEqual({});
});

test("values are base64 of any bytes and lines", () => {
  const values = {
    A_CONTAINER_REGISTRY_PASSWORD: "pässwörd-🔑=$x\"'`",
    KEY: '{\n  "private_key": "a\\nb"\n}\n',
    EMPTY: "",
    ONE: "x",
    LONG: "y".repeat(48 * 1024),
  };
  expect(read(envSecrets(values))).toEqual(values);
});

test.each([
  ["a blank line", "\n   \n"],
  ["a comment", "# A=YQ==\n"],
  ["a line without a value", "BARE\n"],
  ["a name that is none", "1A=YQ==\nA-B=YQ==\nA B=YQ==\n=YQ==\n"],
  ["a value that is not base64", "A=not base64!\nB=%%%\nC='YQ=='\nD=YQ==YQ==\n"],
  ["binary data", "\u0000\u0001=\u0002\n"],
])("%s is skipped, and the next line is read", (_, text) => {
  expect(read(`${text}GOOD=Z29vZA==\n`)).toEqual({ GOOD: "good" });
});

test("lines may end with CRLF, and the last one without a newline", () => {
  expect(read("A=YQ==\r\nB=Yg==")).toEqual({ A: "a", B: "b" });
});

const HOST = "registry.example.com";

test("a set that is only in the file is found in any case and reported as the codespace's", async () => {
  const home = makeHome();
  const key = '{\n "many": "lines"\n}';
  const set = secrets("ACR", HOST, "bob", key);
  writeEnvSecrets(home, Object.fromEntries(Object.entries(set).map(([name, value]) => [name.toLowerCase(), value])));
  const { registries } = JSON.parse(plan(home.context(CODESPACE), {}, true).stdout);
  expect(registries).toMatchObject([{ identifier: "ACR", host: HOST, user: "bob", source: "codespaces" }]);
  await logIn(home.context(CODESPACE), { verify: "false" });
  expect(await getFor(home.context(CODESPACE), HOST)).toMatchObject({ user: "bob", secret: key });
});

test("the file overrides the environment of a shell", async () => {
  const home = makeHome();
  writeEnvSecrets(home, secrets("ACR", HOST, "bob", "new-password"));
  const context = home.context({ ...CODESPACE, ...secrets("ACR", HOST, "bob", "old-password") });
  await logIn(context, { verify: "false" });
  expect((await getFor(context, HOST)).secret).toBe("new-password");
});

const PASSWORD = "pass-word-of-the-environment";
const ENV = secrets("ACR", HOST, "bob", PASSWORD);
const FILE = secrets("ACR", "evil.example", "eve", "pass-word-of-the-file");

/** Some parts of a set. */
const only = (set: Record<string, string>, ...parts: string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(set).filter(([name]) => parts.some((part) => name.endsWith(`_${part}`))));

describe("the parts of one identifier come from one source:", () => {
  const plans = [
    { file: ["SERVER"], env: ["SERVER", "USER", "PASSWORD"], user: "bob" },
    { file: ["SERVER"], env: ["USER", "PASSWORD"], user: null },
    { file: ["SERVER", "USER"], env: ["PASSWORD"], user: null },
    { file: ["SERVER", "PASSWORD"], env: ["USER", "PASSWORD"], user: null },
    { file: ["SERVER", "USER"], env: ["SERVER", "USER", "PASSWORD"], user: "bob" },
    { file: ["USER", "PASSWORD"], env: ["SERVER"], user: null },
    { file: ["PASSWORD"], env: ["SERVER", "USER", "PASSWORD"], user: "bob" },
    { file: ["SERVER", "USER", "PASSWORD"], env: ["SERVER", "USER", "PASSWORD"], user: "eve" },
    { file: ["SERVER", "USER", "PASSWORD"], env: ["SERVER"], user: "eve" },
  ];

  test.each(plans)("$file in the file and $env in the environment: $user", ({ file, env, user }) => {
    const home = makeHome();
    writeEnvSecrets(home, only(FILE, ...file));
    const { registries, skipped } = JSON.parse(
      plan(home.context({ ...CODESPACE, ...only(ENV, ...env) }), {}, true).stdout,
    );
    const [host, source] = user === "eve" ? ["evil.example", "codespaces"] : [HOST, "environment"];
    expect(registries).toMatchObject(user === null ? [] : [{ identifier: "ACR", host, user, source }]);
    expect(skipped).toHaveLength(user === null ? 1 : 0);
  });

  test("in any case of the names", () => {
    const home = makeHome();
    writeEnvSecrets(home, { acr_container_registry_server: "evil.example" });
    const context = home.context({ ...CODESPACE, ...only(ENV, "USER", "PASSWORD") });
    expect(JSON.parse(plan(context, {}, true).stdout).registries).toEqual([]);
  });

  test("what is missing is reported as set in the other source", () => {
    const home = makeHome();
    writeEnvSecrets(home, only(FILE, "USER", "PASSWORD"));
    const context = home.context({ ...CODESPACE, ...only(ENV, "SERVER") });
    const { skipped } = JSON.parse(plan(context, {}, true).stdout);
    expect(skipped).toMatchObject([
      { missing: ["SERVER"], reason: expect.stringContaining("ACR_CONTAINER_REGISTRY_SERVER is set, but not where") },
    ]);
  });

  test("the option registries may complete the file", () => {
    const home = makeHome();
    writeEnvSecrets(home, only(FILE, "USER", "PASSWORD"));
    const context = home.context({ ...CODESPACE, ...ENV });
    const { registries } = JSON.parse(plan(context, { registries: `ACR=${HOST}` }, true).stdout);
    expect(registries).toMatchObject([{ user: "eve", host: HOST, source: "option" }]);
  });
});

describe("the file is not read", () => {
  test.each([{}, { CODESPACES: "" }, { CODESPACES: "false" }, { CODESPACES: "1" }])("with %j", (env) => {
    const home = makeHome();
    writeEnvSecrets(home, FILE);
    expect(readCodespacesSecrets(home.context(env))).toEqual({});
    expect(Object.keys(readCodespacesSecrets(home.context(CODESPACE)))).toHaveLength(3);
  });

  test.each([0o620, 0o602, 0o666])("with the mode %o", (mode) => {
    const file = join(tempFolder(), ".env-secrets");
    writeFileSync(file, envSecrets(FILE));
    expect(Object.keys(readSecretsFile(file))).toHaveLength(3);
    chmodSync(file, mode);
    expect(readSecretsFile(file)).toEqual({});
  });

  test.runIf(process.getuid?.() === 0)("where it is another user's", () => {
    const file = join(tempFolder(), ".env-secrets");
    writeFileSync(file, envSecrets(FILE));
    chownSync(file, 12_345, 12_345);
    expect(readSecretsFile(file)).toEqual({});
  });

  test("for a user of sudo who cannot read it", () => {
    const home = makeHome();
    writeEnvSecrets(home, FILE);
    const read = (mode: number): number => {
      chmodSync(home.context().codespacesFile, mode);
      return Object.keys(readCodespacesSecrets({ ...home.context(CODESPACE), onBehalfOf: 12_345 })).length;
    };
    expect([0o600, 0o644].map(read)).toEqual([0, 3]);
  });

  test("where it is a symlink, a FIFO, or larger than 8 MB", () => {
    const folder = tempFolder();
    const file = (name: string): string => join(folder, name);
    writeFileSync(file("file"), envSecrets(FILE));
    symlinkSync(file("file"), file("link"));
    execFileSync("mkfifo", [file("fifo")]);
    writeFileSync(file("large"), `${envSecrets(FILE)}#${"x".repeat(8 * 1024 * 1024)}`);
    const names = ["link", "fifo", "large", "none", "file"];
    expect(names.map((name) => Object.keys(readSecretsFile(file(name))).length)).toEqual([0, 0, 0, 0, 3]);
    const codes = names.map((name) => explainIgnoredFile({ env: CODESPACE, codespacesFile: file(name) })?.code);
    expect(codes).toEqual([...Array(3).fill("secrets-file-open"), undefined, undefined]);
  });
});

test("what is only in the environment is reported as the environment's", () => {
  const home = makeHome();
  writeEnvSecrets(home, { UNRELATED: "x" });
  const { registries } = JSON.parse(
    plan(home.context({ ...CODESPACE, ...secrets("ACR", HOST, "bob", "pass-word") }), {}, true).stdout,
  );
  expect(registries).toMatchObject([{ identifier: "ACR", source: "environment" }]);
});

test("a password of the file is in no report", async () => {
  const home = makeHome();
  writeEnvSecrets(home, secrets("ACR", HOST, "pass-word-1", "pass-word-1"));
  for (const json of [true, false]) {
    const context = home.context(CODESPACE);
    const { stdout } = await printed(context, plan(context, {}, json));
    expect(stdout).toContain(HOST);
    expect(stdout).not.toContain("pass-word-1");
  }
});
