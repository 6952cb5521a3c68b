import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { plan } from "../../../src/commands/plan/plan.ts";
import { readCodespacesSecrets } from "../../../src/discovery/codespaces.ts";
import { envSecrets, writeEnvSecrets } from "../../support/codespace.ts";
import { getFor } from "../../support/helper.ts";
import { printed } from "../../support/printed.ts";
import { logIn, makeHome, secrets, tempFolder } from "../../support/temp-home.ts";

function read(text: string): Record<string, string> {
  const file = join(tempFolder(), ".env-secrets");
  writeFileSync(file, text);
  return readCodespacesSecrets(file);
}

test("without the file there are no secrets", () => {
  expect(readCodespacesSecrets(join(tempFolder(), "none"))).toEqual({});
  expect(readCodespacesSecrets(tempFolder())).toEqual({});
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
  const { registries } = JSON.parse(plan(home.context(), {}, true).stdout);
  expect(registries).toMatchObject([{ identifier: "ACR", host: HOST, user: "bob", source: "codespaces" }]);
  await logIn(home.context(), { verify: "false" });
  expect(await getFor(home.context(), HOST)).toMatchObject({ user: "bob", secret: key });
});

test("the file overrides the environment of a shell", async () => {
  const home = makeHome();
  writeEnvSecrets(home, secrets("ACR", HOST, "bob", "new-password"));
  const context = home.context(secrets("ACR", HOST, "bob", "old-password"));
  await logIn(context, { verify: "false" });
  expect((await getFor(context, HOST)).secret).toBe("new-password");
});

test("file and environment together make a set", () => {
  const home = makeHome();
  const { ACR_CONTAINER_REGISTRY_PASSWORD = "", ...rest } = secrets("ACR", HOST, "bob", "pass-word");
  writeEnvSecrets(home, { ACR_CONTAINER_REGISTRY_PASSWORD });
  const { registries, skipped } = JSON.parse(plan(home.context(rest), {}, true).stdout);
  expect(registries).toMatchObject([{ identifier: "ACR", host: HOST, user: "bob" }]);
  expect(skipped).toEqual([]);
});

test("what is only in the environment is reported as the environment's", () => {
  const home = makeHome();
  writeEnvSecrets(home, { UNRELATED: "x" });
  const { registries } = JSON.parse(plan(home.context(secrets("ACR", HOST, "bob", "pass-word")), {}, true).stdout);
  expect(registries).toMatchObject([{ identifier: "ACR", source: "environment" }]);
});

test("a password of the file is in no report", async () => {
  const home = makeHome();
  writeEnvSecrets(home, secrets("ACR", HOST, "pass-word-1", "pass-word-1"));
  for (const json of [true, false]) {
    const context = home.context();
    const { stdout } = await printed(context, plan(context, {}, json));
    expect(stdout).toContain(HOST);
    expect(stdout).not.toContain("pass-word-1");
  }
});
