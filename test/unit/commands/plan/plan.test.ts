import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { plan } from "../../../../src/commands/plan/plan.ts";
import { filesBelow, makeHome, secrets } from "../../../support/temp-home.ts";

const ENV = {
  ...secrets("ACR", "https://MyCompany.azurecr.io/", " acr-user ", "acr-password"),
  ...secrets("ECR", "123456789012.dkr-ecr-fips.us-gov-east-1.on.aws", "AKIAIOSFODNN7EXAMPLE", "ecr-password"),
  ...secrets("HUB", "index.docker.io", "bob", "hub-password"),
  AZURE_CONTAINER_REGISTRY_SERVER: "mycompany.azurecr.io",
};

test("--json has exactly the documented shape", () => {
  const { context } = makeHome();
  const { stdout, stderr, exitCode } = plan(context(ENV), { registries: "PUB=public.ecr.aws" }, true);
  expect([exitCode, stderr]).toEqual([0, undefined]);
  const noAws = { region: null, account: null, fips: false, dualStack: false, exchange: null };
  expect(JSON.parse(stdout)).toEqual({
    registries: [
      {
        identifier: "ACR",
        source: "environment",
        host: "mycompany.azurecr.io",
        kind: "acr",
        user: "acr-user",
        keys: ["mycompany.azurecr.io"],
        ...noAws,
      },
      {
        identifier: "ECR",
        source: "environment",
        host: "123456789012.dkr-ecr-fips.us-gov-east-1.on.aws",
        kind: "ecr",
        user: "AKIAIOSFODNN7EXAMPLE",
        keys: ["123456789012.dkr-ecr-fips.us-gov-east-1.on.aws"],
        region: "us-gov-east-1",
        account: "123456789012",
        fips: true,
        dualStack: true,
        exchange: "aws-keys",
      },
      {
        identifier: "HUB",
        source: "environment",
        host: "docker.io",
        kind: "docker-hub",
        user: "bob",
        keys: ["https://index.docker.io/v1/", "docker.io", "registry-1.docker.io", "registry.hub.docker.com"],
        ...noAws,
      },
      {
        identifier: "PUB",
        source: "option",
        host: "public.ecr.aws",
        kind: "ecr-public",
        user: null,
        keys: ["public.ecr.aws"],
        ...noAws,
        exchange: "aws-chain",
      },
    ],
    skipped: [
      {
        identifier: "AZURE",
        missing: ["USER", "PASSWORD"],
        reason:
          "AZURE_CONTAINER_REGISTRY_USER is not set; AZURE_CONTAINER_REGISTRY_PASSWORD is not set; also set AZURE_CONTAINER_REGISTRY_USER and AZURE_CONTAINER_REGISTRY_PASSWORD, then run registry-login where all three are set",
      },
    ],
  });
  expect(stdout).toMatch(/^\{.*\}\n$/);
});

test("the keys are in the documented order", () => {
  const { context } = makeHome();
  const { stdout } = plan(context(secrets("ACR", "mycompany.azurecr.io", "acr-user", "acr-password")), {}, true);
  expect(stdout).toBe(
    `{"registries":[{"identifier":"ACR","source":"environment","host":"mycompany.azurecr.io","kind":"acr","user":"acr-user","keys":["mycompany.azurecr.io"],"region":null,"account":null,"fips":false,"dualStack":false,"exchange":null}],"skipped":[]}\n`,
  );
});

test("a login that cannot be used is skipped, with the reason and a hint", () => {
  const { context } = makeHome();
  const { stdout } = plan(context(secrets("A", "ftp://registry.example.com", "bob", "pass-word")), {}, true);
  expect(JSON.parse(stdout)).toEqual({
    registries: [],
    skipped: [
      { identifier: "A", missing: [], reason: expect.stringMatching(/starts with ftp.*write only the registry/) },
    ],
  });
});

test("the text report has a line for each registry", () => {
  const { context } = makeHome();
  const { stdout } = plan(context(ENV), {}, false);
  const lines = stdout.trimEnd().split("\n");
  expect(lines[0]).toContain("3 registries");
  expect(lines).toHaveLength(5);
  for (const word of ["ACR", "mycompany.azurecr.io", "acr-user", "ECR", "HUB", "docker.io", "AZURE", "skipped"]) {
    expect(stdout).toContain(word);
  }
});

test("an empty environment is not an error", () => {
  const { context } = makeHome();
  expect(plan(context(), {}, false)).toMatchObject({ stdout: expect.stringMatching(/nothing to do/), exitCode: 0 });
  expect(plan(context(), {}, true).stdout).toBe('{"registries":[],"skipped":[]}\n');
});

test("the Feature's options are read from their file", () => {
  const home = makeHome();
  writeFileSync(home.optionsFile, "registries=ACR=a.azurecr.io\n");
  const { ACR_CONTAINER_REGISTRY_SERVER: _, ...env } = secrets("ACR", "", "bob", "pass-word");
  expect(JSON.parse(plan(home.context(env), {}, true).stdout).registries).toMatchObject([
    { identifier: "ACR", source: "option", host: "a.azurecr.io" },
  ]);
});

test("nothing is written", () => {
  const home = makeHome();
  plan(home.context(ENV), {}, true);
  expect([...filesBelow(home.folder), ...filesBelow(home.memory)]).toEqual([]);
});
