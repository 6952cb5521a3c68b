import { describe, expect, test } from "vitest";
import { redact, redactJson, textsWithSecrets } from "../../../src/secrecy/redact.ts";
import { createPen } from "../../../src/terminal/terminal.ts";
import { authOf, base64, makeJwt } from "../../support/encoding.ts";
import { formsOf, leaks } from "../../support/leaks.ts";

const PASSWORD = "hunter2-hunter2";

test.each([
  ["a word", PASSWORD],
  ["a word in mixed case", "MixedCaseSecret"],
  ["quotes and signs", 'with "quotes" & $dollars/+='],
  ["UTF-8", "pässwörd-日本-🔑"],
  ["many lines", "first line\nsecond line\nthird line"],
  ["a JSON key", '{\n  "private_key": "-----BEGIN KEY-----\\nAAAA"\n}'],
  ["48 KB", "x".repeat(48 * 1024)],
])("no form of a secret stays readable: %s", (_, password) => {
  for (const form of formsOf("bob", password)) {
    expect(leaks(redact(`before ${form} after`, [password]), "bob", password)).toEqual([]);
    expect(redact(`before ${form} after`, [password])).toMatch(/^before .*\*\*\*.* after$/s);
  }
});

describe("a text that contains a secret in base64 is masked as a whole", () => {
  test.each(["", "b", "bo", "bob", "bobb", "a much longer user name"])("behind the user %j", (user) => {
    const password = `${PASSWORD}~?`;
    const auth = authOf(user, password);
    const url = Buffer.from(`${user}:${password}`).toString("base64url");
    expect(redact(`auth ${auth}, url ${url}`, [password])).toBe("auth ***, url ***");
    expect(redact(`host ${authOf(user, PASSWORD).toLowerCase()}.example`, [PASSWORD])).toBe("host ***.example");
  });

  test("also within a larger text", () => {
    const config = base64(JSON.stringify({ auths: { "ghcr.io": { username: "bob", password: PASSWORD } } }));
    expect(redact(`config ${config}.`, [PASSWORD])).toBe("config ***.");
  });
});

test.each([
  ["hex", Buffer.from(PASSWORD).toString("hex")],
  ["hex in upper case", Buffer.from(PASSWORD).toString("hex").toUpperCase()],
  ["upper case", PASSWORD.toUpperCase()],
  ["a part of a host", `a.${PASSWORD}.example`],
])("%s", (_, form) => {
  expect(redact(`x ${form} y`, [PASSWORD])).not.toContain(form);
});

test("a form as a browser sends it: plus for a space", () => {
  expect(redact("x?p=pass+word+%281%29&y", ["pass word (1)"])).toBe("x?***&y");
});

describe("a secret that is wrapped", () => {
  test.each([20, 30, 40])("in %i columns, with colors", (columns) => {
    const secret = "correct horse battery staple";
    const pen = createPen({ color: true, unicode: true, columns });
    const text = pen.hang("  name  ", `${pen.bold("the server")} is ${pen.dim(secret)}, which is wrong`);
    expect(text).toContain("\n");
    const masked = redact(text, [secret]);
    expect(masked).not.toMatch(/correct|horse|battery|staple/);
    expect(masked).toContain("***");
  });
});

test("words that are not secrets are kept", () => {
  expect(redact("bob at ghcr.io, hunter2", [PASSWORD])).toBe("bob at ghcr.io, hunter2");
});

test("secrets that overlap are masked completely", () => {
  expect(redact("my-secret-word, secret-of", ["secret-of", "my-secret-word"])).toBe("***, ***");
  expect(redact("x abcdefghijkl y", ["abcdefgh", "efghijkl"])).toBe("x *** y");
});

test("without secrets nothing changes", () => {
  const text = "as it is:\u001b[1m bold \u001b[22m\n  \t and ünïcode 🔑";
  for (const secrets of [[], [""], ["   "], ["abc"], [PASSWORD]]) expect(redact(text, secrets)).toBe(text);
});

test("a short secret is masked as a word, and not within longer words", () => {
  expect(redact("acme7 and acme71, acme7.example", ["acme7"])).toBe("*** and acme71, ***.example");
});

test.each(["true", "memory", "registry", "verified", "password"])("our own word %s is kept", (word) => {
  const text = `{"storage":"${word}"} A_CONTAINER_REGISTRY_PASSWORD ${word}`;
  expect(redact(text, [word])).toBe(text);
});

describe("what looks like a token is masked, whoever's it is", () => {
  test.each([
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "gho_16C7e42F292c6912E7710c838347Ae178B4a",
    "ghs_16C7e42F292c6912E7710c838347Ae178B4a",
    "github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz",
    "dckr_pat_abcdefghijklmnopqrstuvwxyz0",
    "dckr_oat_abcdefghijklmnopqrstuvwxyz0",
    "glpat-abcdefghij0123456789",
    makeJwt({ sub: "bob" }),
    makeJwt({ sub: "bob" }).toLowerCase(),
    base64(JSON.stringify({ payload: "QUJD", datakey: "QUJD" })),
    "AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY ASIAIOSFODNN7EXAMPLE",
  ])("%s", (token) => {
    expect(redact(`as ${token}, "${token}" ${token}`, [])).toBe('as ***, "***" ***');
  });

  test.each(["AKIAIOSFODNN7EXAMPLE", "ghp_", "6dcd4ce23d88e2ee9568ba546c007c63d9131c1b", "highly_likely_words"])(
    "%s is not one",
    (text) => {
      expect(redact(`x ${text} y`, [])).toBe(`x ${text} y`);
    },
  );
});

test("JSON is masked in its strings: the names of fields, numbers and words of ours stay", () => {
  const value = {
    host: `${PASSWORD}.example`,
    storage: "memory",
    user: ["hosts"],
    expiresAt: 12345678,
    ok: true,
    no: null,
  };
  const known = [PASSWORD, "hosts", "memory", "12345678", "true"];
  expect(redactJson(value, known)).toEqual({ ...value, host: "***.example", user: ["hosts"] });
  expect(redactJson({ [`${PASSWORD}.example`]: "bob", host: "x" }, known)).toEqual({
    "***.example": "bob",
    host: "x",
  });
});

test("a hundred secrets of 48 KB in many lines are searched for", () => {
  const secrets = Array.from({ length: 100 }, (_, nth) =>
    Array.from({ length: 750 }, (_, line) => `${nth}-${line}-${"k".repeat(54)}`).join("\n"),
  );
  const text = `before ${secrets[42]?.split("\n")[7]} after`;
  expect(redact(text, secrets)).toBe("before *** after");
});

test("a thousand servers are compared with a thousand long secrets", () => {
  const servers = Array.from({ length: 1000 }, (_, nth) => `${nth}.registry.example`);
  const secrets = Array.from({ length: 1000 }, (_, nth) => `${"long-".repeat(200)}${nth}`);
  expect([...textsWithSecrets([...servers, `${secrets[42]}.example`], secrets)]).toEqual([`${secrets[42]}.example`]);
});

describe("a server that holds a secret", () => {
  const secrets = [PASSWORD, "acme", "jane-pw1"];
  test.each([
    PASSWORD,
    PASSWORD.toUpperCase(),
    ` ${PASSWORD}\n`,
    `https://${PASSWORD}.example/x`,
    authOf("jane", PASSWORD),
    authOf("j", "jane-pw1"),
    Buffer.from(PASSWORD).toString("hex"),
    "acme",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
  ])("%j", (server) => {
    expect([...textsWithSecrets([server, "ghcr.io"], secrets)]).toEqual([server]);
  });

  test.each([
    "acme.azurecr.io",
    "ghcr.io",
    "registry.acme.example:5000",
    "",
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
  ])("%j is a host", (server) => {
    expect([...textsWithSecrets([server], secrets)]).toEqual([]);
  });
});
