import { describe, expect, test } from "vitest";
import { readInputs, readSecrets } from "../../../src/action/inputs.ts";
import { withoutSecrets } from "../../../src/platform/environment.ts";
import { base64 } from "../../support/encoding.ts";
import { secrets } from "../../support/temp-home.ts";

const ACME = secrets("ACME", "acme.example", "bob", "planted-password");
const TOKEN = "ghs_planted-token";

const all = (values: object) => ({ INPUT_SECRETS: JSON.stringify(values) });

test("of all secrets, only those of the convention are read, and all of their values are masked", () => {
  const env = { ...all({ ...ACME, DEPLOY_KEY: "other", github_token: TOKEN }), HOME: "/home/bob" };
  expect(readSecrets(env)).toEqual({
    env: { ...ACME, HOME: "/home/bob" },
    // The last one is what docker's file holds.
    masked: ["acme.example", "bob", "planted-password", base64("bob:planted-password")],
  });
});

test("a misspelled part, and one without an identifier, are read for the report to explain", () => {
  const wrong = { ACME_CONTAINER_REGISTRY_PASWORD: "x-1", CONTAINER_REGISTRY_USER: "x-2" };
  expect(readSecrets(all(wrong)).env).toEqual(wrong);
});

test("variables of the job are used, too; a secret of the same name comes first", () => {
  const { env, masked } = readSecrets({ ...all({ ...ACME }), ...ACME, ACME_CONTAINER_REGISTRY_PASSWORD: "older-one" });
  expect(env.ACME_CONTAINER_REGISTRY_PASSWORD).toBe("planted-password");
  expect(masked).toContain("older-one");
  expect(readSecrets(ACME).env).toEqual(ACME);
});

test("the job's token is for ghcr.io, and masked", () => {
  const env = { ...all({}), "INPUT_GITHUB-TOKEN": TOKEN, GITHUB_SERVER_URL: "https://github.com" };
  expect(readSecrets(env)).toEqual({
    env: { GITHUB_SERVER_URL: "https://github.com", GITHUB_TOKEN: TOKEN },
    masked: [TOKEN],
  });
  expect(readInputs(env).options.githubToken).toBe("always");
});

test.each([
  ["the input is empty", { "INPUT_GITHUB-TOKEN": "" }],
  ["the input is never", { "INPUT_GITHUB-TOKEN": "never" }],
  ["it is of a GitHub Enterprise Server", { "INPUT_GITHUB-TOKEN": TOKEN, GITHUB_SERVER_URL: "https://ghe.example" }],
])("no token is used where %s", (_, env) => {
  expect(readSecrets({ ...all({}), ...env }).env.GITHUB_TOKEN).toBeUndefined();
  expect(readInputs(env).options.githubToken).toBe("never");
});

describe("secrets that are not as toJSON(secrets) writes them:", () => {
  const expression = "$" + "{{ toJSON(secrets) }}";
  test.each([
    ["none", ""],
    ["a value alone", "planted-password"],
    ["a list", '["planted-password"]'],
    ["null", "null"],
    ["a value that is not a text", '{"ACME_CONTAINER_REGISTRY_PASSWORD": {"a": "planted-password"}}'],
    ["cut off", '{"ACME_CONTAINER_REGISTRY_PASSWORD": "planted-pass'],
  ])("%s", (_, INPUT_SECRETS) => {
    let problem = { message: "", hint: "" };
    try {
      readSecrets({ INPUT_SECRETS });
    } catch (error) {
      problem = error as typeof problem;
    }
    expect(problem.hint).toContain(expression);
    expect(problem.message).not.toContain("planted");
  });
});

test.each([
  ["A=a.example, B=b.example", "A=a.example, B=b.example"],
  ["A=a.example\nB=b.example\r\n", "A=a.example, B=b.example"],
  ["\n A=a.example,\n\n B=b.example \n", "A=a.example, B=b.example"],
  ["", ""],
])("the list %j has commas afterwards", (text, list) => {
  const { options } = readInputs({ INPUT_REGISTRIES: text, INPUT_IDENTIFIERS: text });
  expect([options.registries, options.identifiers]).toEqual([list, list]);
});

test("strict and logout are on, unless they are false", () => {
  expect(readInputs({})).toMatchObject({ strict: true, logout: true });
  expect(readInputs({ INPUT_STRICT: "False", INPUT_LOGOUT: "false" })).toMatchObject({ strict: false, logout: false });
  expect(() => readInputs({ INPUT_LOGOUT: "no" })).toThrow("logout must be true or false");
});

test("programs that the agent starts do not get the inputs with secrets", () => {
  const env = { ...all(ACME), "INPUT_GITHUB-TOKEN": TOKEN, INPUT_STRICT: "true" };
  expect(withoutSecrets(env)).toEqual({ INPUT_STRICT: "true" });
});
