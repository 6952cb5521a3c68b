import { expect, test } from "vitest";
import { plan } from "../../../src/commands/plan/plan.ts";
import type { RawOptions } from "../../../src/discovery/options.ts";
import { makeHome, secrets } from "../../support/temp-home.ts";

const JOB = {
  GITLAB_CI: "true",
  CI_JOB_TOKEN: "glcbt-job",
  CI_REGISTRY: "registry.gitlab.com",
  CI_REGISTRY_USER: "gitlab-ci-token",
  CI_REGISTRY_PASSWORD: "glcbt-registry",
  CI_DEPENDENCY_PROXY_SERVER: "gitlab.com:443",
  CI_DEPENDENCY_PROXY_USER: "gitlab-ci-token",
  CI_DEPENDENCY_PROXY_PASSWORD: "glcbt-proxy",
};

function planned(env: Record<string, string>, options: RawOptions = {}) {
  return JSON.parse(plan(makeHome().context(env), options, true).stdout);
}

test("a job logs in to the project's registry and to the dependency proxy, whose images have the port", () => {
  expect(planned(JOB)).toMatchObject({
    registries: [
      { identifier: "GITLAB", source: "gitlab", host: "registry.gitlab.com", user: "gitlab-ci-token" },
      { identifier: "GITLAB_DEPENDENCY_PROXY", source: "gitlab", host: "gitlab.com:443", keys: ["gitlab.com:443"] },
    ],
    skipped: [],
  });
});

test.each<[string, Record<string, string>, RawOptions, string[]]>([
  ["outside of GitLab CI", { ...JOB, GITLAB_CI: "" }, {}, []],
  ["where the registry is off", { ...JOB, CI_REGISTRY: "" }, {}, ["GITLAB_DEPENDENCY_PROXY"]],
  ["without a password", { ...JOB, CI_DEPENDENCY_PROXY_PASSWORD: "" }, {}, ["GITLAB"]],
  ["limited by the option identifiers", JOB, { identifiers: "gitlab" }, ["GITLAB"]],
  [
    "with secrets for the same host, which come first",
    { ...JOB, ...secrets("DEPLOY", "https://registry.gitlab.com/", "deployer", "gldt-secret") },
    {},
    ["DEPLOY", "GITLAB_DEPENDENCY_PROXY"],
  ],
  [
    "with secrets of the same identifier for a different host",
    { ...JOB, ...secrets("GITLAB", "quay.io", "bob", "pass-word") },
    {},
    ["GITLAB", "GITLAB", "GITLAB_DEPENDENCY_PROXY"],
  ],
])("%s", (_, env, options, identifiers) => {
  const found = planned(env, options).registries.map(({ identifier }: { identifier: string }) => identifier);
  expect(found).toEqual(identifiers);
});

test("an address that is not valid is rejected with its reason", () => {
  const { registries, skipped } = planned({ ...JOB, CI_REGISTRY: "ftp://registry.example.com" });
  expect(registries).toMatchObject([{ identifier: "GITLAB_DEPENDENCY_PROXY" }]);
  expect(skipped).toMatchObject([{ identifier: "GITLAB", reason: expect.stringContaining("starts with ftp://") }]);
});
