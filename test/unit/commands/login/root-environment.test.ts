import { describe, expect, test } from "vitest";
import {
  environmentForSudo,
  environmentToHandOver,
  takeOverEnvironment,
} from "../../../../src/commands/login/root-environment.ts";

const NEEDED = {
  my_acr_CONTAINER_REGISTRY_PASSWORD: "pass\nword",
  AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
  AWS_SECRET_ACCESS_KEY: "key",
  AWS_SESSION_TOKEN: "token",
  AWS_REGION: "eu-west-1",
  AWS_ENDPOINT_URL_ECR: "https://ecr.example.com",
  CODESPACES: "true",
  GITHUB_USER: "bob",
  https_proxy: "http://proxy.example:3128",
  NO_PROXY: "localhost",
  SSL_CERT_FILE: "/etc/bundle.crt",
  NODE_EXTRA_CA_CERTS: "/etc/own.crt",
};

/** Settings by which an identity of a cloud reads files, sends them somewhere, or runs programs. */
const AWS_FILES = {
  AWS_CONFIG_FILE: "/home/bob/config",
  AWS_SHARED_CREDENTIALS_FILE: "/home/bob/credentials",
  AWS_PROFILE: "team",
  GOOGLE_APPLICATION_CREDENTIALS: "/root/key.json",
  GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: "1",
  AZURE_CLIENT_SECRET: "secret",
  IDENTITY_ENDPOINT: "http://127.0.0.1:1",
  AWS_DEFAULT_PROFILE: "team",
  AWS_WEB_IDENTITY_TOKEN_FILE: "/etc/shadow",
  AWS_ROLE_ARN: "arn:aws:iam::1:role/r",
  AWS_ENDPOINT_URL_STS: "https://evil.example",
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/etc/shadow",
  AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://localhost/",
  AWS_CA_BUNDLE: "/etc/shadow",
};

const OWN = {
  HOME: "/home/bob",
  PATH: "/home/bob/bin",
  DOCKER_CONFIG: "/x",
  REGISTRY_AUTH_FILE: "/y",
  GITHUB_TOKEN: "ghs_1",
  NODE_OPTIONS: "--require=/home/bob/x.js",
  LD_PRELOAD: "/home/bob/x.so",
};

test("root gets what a login needs, and none of the user's own folders, files and programs", () => {
  const env = { ...NEEDED, ...AWS_FILES, ...OWN, N_CONTAINER_REGISTRY_USER: "npm" };
  expect(environmentToHandOver(env, new Set(["N"]))).toEqual(NEEDED);
});

test("sudo gets none of it, only what it needs itself", () => {
  const terminal = { TERM: "xterm", LANG: "C.UTF-8", LC_ALL: "C" };
  expect(environmentForSudo({ ...NEEDED, ...AWS_FILES, ...OWN, ...terminal })).toEqual({
    HOME: OWN.HOME,
    PATH: OWN.PATH,
    ...terminal,
  });
});

describe("root's login", () => {
  const OWN_SETTINGS = {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    // Root's own keys and profiles are for nobody who may only run this program.
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    CLOUDSDK_CONFIG: "/dev/null",
    AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
  };

  test("takes what a login needs, even from somebody who may run nothing else as root", () => {
    const given = JSON.stringify({ ...NEEDED, ...AWS_FILES, ...OWN });
    expect(takeOverEnvironment({}, given)).toEqual({ ...NEEDED, ...OWN_SETTINGS });
  });

  test("takes nothing from the environment that sudo left", () => {
    const own = { ...NEEDED, ...AWS_FILES, ...OWN, UV_THREADPOOL_SIZE: "64" };
    expect(takeOverEnvironment(own, "{}")).toEqual({ ...OWN_SETTINGS, UV_THREADPOOL_SIZE: "64" });
  });

  test.each(["", "[]", '{"A":1}', "A=secret"])("rejects %j and does not repeat it", (text) => {
    expect(() => takeOverEnvironment({}, text)).toThrow(
      /^the input is not a JSON object of variables and their values$/,
    );
  });
});
