import { expect, test } from "vitest";
import { environmentToHandOver, takeOverEnvironment } from "../../../../src/commands/login/root-environment.ts";

test("root gets what a login needs, and none of the user's own folders", () => {
  const needed = {
    my_acr_CONTAINER_REGISTRY_PASSWORD: "pass\nword",
    AWS_PROFILE: "team",
    CODESPACES: "true",
    GITHUB_USER: "bob",
    https_proxy: "http://proxy.example:3128",
    NO_PROXY: "localhost",
    SSL_CERT_FILE: "/etc/bundle.crt",
    NODE_EXTRA_CA_CERTS: "/etc/own.crt",
  };
  const own = { HOME: "/home/bob", PATH: "/bin", DOCKER_CONFIG: "/x", REGISTRY_AUTH_FILE: "/y", GITHUB_TOKEN: "ghs_1" };
  expect(environmentToHandOver({ ...needed, ...own, N_CONTAINER_REGISTRY_USER: "npm" }, new Set(["N"]))).toEqual({
    ...needed,
    AWS_CONFIG_FILE: "/home/bob/.aws/config",
    AWS_SHARED_CREDENTIALS_FILE: "/home/bob/.aws/credentials",
  });
});

test("an AWS file that the user names is used", () => {
  const env = { HOME: "/home/bob", AWS_CONFIG_FILE: "/etc/aws" };
  expect(environmentToHandOver(env, new Set())).toHaveProperty("AWS_CONFIG_FILE", "/etc/aws");
});

test("what the user passes replaces the environment, except the PATH", () => {
  const env: Record<string, string | undefined> = { HOME: "/home/bob", DOCKER_CONFIG: "/x", PATH: "/sbin" };
  takeOverEnvironment(env, '{"A":"1","PATH":"/home/bob/bin"}');
  expect(env).toEqual({ A: "1", PATH: "/sbin" });
});

test.each(["", "[]", '{"A":1}', "A=secret"])("%j is rejected and not repeated", (text) => {
  expect(() => takeOverEnvironment({}, text)).toThrow(/^the input is not a JSON object of variables and their values$/);
});
