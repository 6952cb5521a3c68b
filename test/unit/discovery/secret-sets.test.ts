import { expect, test } from "vitest";
import { findSecretSets } from "../../../src/discovery/secret-sets.ts";
import { secrets } from "../../support/temp-home.ts";

const passwordOf = (value: string): string | undefined =>
  findSecretSets({ ...secrets("ACR", "a.example", "u", "p"), ACR_CONTAINER_REGISTRY_PASSWORD: value })[0]?.parts
    .PASSWORD;

test.each([["MY_ACR_EAST"], ["A"], ["_"], ["ACR_2"], ["2"], ["X_CONTAINER_REGISTRY_SERVER"], ["CONTAINER_REGISTRY"]])(
  "the identifier %s",
  (identifier) => {
    const [set, ...others] = findSecretSets(secrets(identifier, "a.example", "u", "p"));
    expect(others).toEqual([]);
    expect(set).toMatchObject({ identifier, parts: { SERVER: "a.example", USER: "u", PASSWORD: "p" } });
  },
);

test("names are not case-sensitive", () => {
  const env = {
    acr_container_registry_server: "a.example",
    Acr_Container_Registry_User: "u",
    ACR_CONTAINER_REGISTRY_PASSWORD: "p",
  };
  expect(findSecretSets(env)).toMatchObject([
    { identifier: "ACR", parts: { SERVER: "a.example", USER: "u", PASSWORD: "p" } },
  ]);
});

test("of two spellings the upper-case one is used, unless it is empty", () => {
  const lower = { acr_container_registry_user: "lower" };
  expect(findSecretSets({ ...lower, ACR_CONTAINER_REGISTRY_USER: "upper" })[0]?.parts.USER).toBe("upper");
  expect(findSecretSets({ ...lower, ACR_CONTAINER_REGISTRY_USER: "" })[0]?.parts.USER).toBe("lower");
});

test("names that only resemble the convention are ignored", () => {
  const env = {
    CONTAINER_REGISTRY_SERVER: "a.example",
    _CONTAINER_REGISTRY_USER: "u",
    "A-B_CONTAINER_REGISTRY_PASSWORD": "p",
    A_CONTAINER_REGISTRY_PASSWORD_FILE: "/run/secret",
    A_CONTAINER_REGISTRY: "x",
    A_CONTAINER_REGISTRY_REGION: "x",
    MY_REGISTRY_PASSWORD: "p",
  };
  expect(findSecretSets(env)).toEqual([]);
});

test("empty and blank values count as not set", () => {
  const env = { ...secrets("A", "", "  \t", ""), ...secrets("B", " \n", "u", "\n") };
  expect(findSecretSets(env)).toMatchObject([{ identifier: "B", parts: { USER: "u" } }]);
  expect(findSecretSets(env)[0]?.parts).not.toHaveProperty("PASSWORD");
});

test("server and user are trimmed", () => {
  const [set] = findSecretSets(secrets("A", "  a.example\r\n", "\tbob \n", "p"));
  expect(set?.parts).toMatchObject({ SERVER: "a.example", USER: "bob" });
});

const JSON_KEY = `{\n  "type": "service_account",\n  "private_key": "-----BEGIN KEY-----\\nAAAA\\n-----END KEY-----\\n"\n}`;

test.each([
  ["quotes", `"it's"`],
  ["dollars and backquotes", "pa$$word-$HOME-`id`-\\n"],
  ["UTF-8", "pässwörd-日本-🔑"],
  ["spaces around it", "  spaced  "],
  ["inner newlines", "one\ntwo\n\nthree"],
  ["a JSON key of many lines", JSON_KEY],
  ["48 KB", "x".repeat(48 * 1024)],
])("a password with %s is kept byte for byte", (_, password) => {
  expect(passwordOf(password)).toBe(password);
});

test.each([
  ["p\n", "p"],
  ["p\r\n", "p"],
  // A file of Windows whose last line break was cut in half.
  ["p\r", "p"],
  ["p\r\r", "p\r"],
  ["p\n\r", "p\n"],
  ["a\rb\r", "a\rb"],
  ["p \r", "p "],
  ["p\n\n", "p\n"],
  [`${JSON_KEY}\n`, JSON_KEY],
])("one newline at the end of the password %j is dropped", (value, password) => {
  expect(passwordOf(value)).toBe(password);
});

test("sets are sorted by identifier, in the same way on every machine", () => {
  const env = {
    ...secrets("b", "b.example", "u", "p"),
    ...secrets("_C", "c", "u", "p"),
    ...secrets("A1", "a", "u", "p"),
  };
  expect(findSecretSets(env).map(({ identifier }) => identifier)).toEqual(["A1", "B", "_C"]);
});
