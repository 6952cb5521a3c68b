import { expect, test } from "vitest";
import { secretsIn } from "../../../src/discovery/known-secrets.ts";
import { secrets } from "../../support/temp-home.ts";

const KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

test.each<[string, Record<string, string>, string[]]>([
  ["a complete set", secrets("A", "quay.io", "bob", "p-1"), ["p-1"]],
  ["any case", { a_container_registry_password: "p-1" }, ["p-1"]],
  ["a session token", { A_CONTAINER_REGISTRY_SESSION_TOKEN: "p-1" }, ["p-1"]],
  ["misnamed", { A_CONTAINER_REGISTRY_TOKEN: "p-1", A_CONTAINER_REGISTRY_PASWORD: "p-2" }, ["p-1", "p-2"]],
  ["a misspelled infix", { A_CONTANER_REGISTRY_PASSWORD: "p-1", A_CONTAINER_REGISTY_TOKEN: "p-2" }, ["p-1", "p-2"]],
  ["an identifier that is not valid", secrets("MY-CO", "quay.io", "bob", "p-1"), ["p-1"]],
  ["no identifier", { CONTAINER_REGISTRY_PASSWORD: "p-1", CONTAINER_REGISTRY_USER: "bob" }, ["p-1"]],
  ["a token as the user", secrets("A", "quay.io", "ghp_0123456789", "jane"), ["ghp_0123456789", "jane"]],
  ["a swapped AWS key pair", secrets("A", "quay.io", KEY, "AKIAIOSFODNN7EXAMPLE"), [KEY]],
  ["an AWS key pair", secrets("A", "quay.io", "AKIAIOSFODNN7EXAMPLE", KEY), [KEY]],
  ["a user of 40 characters, without an access key", secrets("A", "quay.io", KEY, "p-1"), ["p-1"]],
  [
    "other programs' variables",
    { GITHUB_TOKEN: "p-1", AWS_SECRET_ACCESS_KEY: "p-2", AWS_ACCESS_KEY_ID: "x" },
    ["p-1", "p-2"],
  ],
  [
    "GitLab CI's variables",
    { CI_REGISTRY: "r", CI_REGISTRY_PASSWORD: "p-1", CI_DEPENDENCY_PROXY_PASSWORD: "p-2", CI_JOB_TOKEN: "p-3" },
    ["p-1", "p-2", "p-3"],
  ],
  ["a proxy's password", { HTTPS_PROXY: "http://bob:p%40ss@proxy:3128", no_proxy: "x" }, ["p%40ss", "p@ss"]],
  [
    "what is not a secret",
    { A_CONTAINER_REGISTRY_PASSWORD_FILE: "/run/x", PASSWORD: "x", MY_TOKEN: "x", PWD: "/x" },
    [],
  ],
  ["nothing in them", secrets("A", "", " ", "\n"), []],
])("%s", (_, env, expected) => {
  expect(secretsIn(env)).toEqual(expected);
});
