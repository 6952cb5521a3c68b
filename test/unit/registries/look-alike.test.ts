import { expect, test } from "vitest";
import { explainLookAlike, suspectSuffix } from "../../../src/registries/look-alike.ts";
import { parseRegistry } from "../../../src/registries/registry.ts";

test.each([
  ["ghrc.io", "ghcr.io"],
  ["ghrc.io:443", "ghcr.io"],
  ["ghrc.io:8443", "ghcr.io"],
  ["https://GHRC.io:443/", "ghcr.io"],
  ["ghcr.co:443", "ghcr.io"],
  ["dokcer.io:443", "docker.io"],
  ["quay.oi:443", "quay.io"],
  ["ecr-publik.aws.com", "ecr-public.aws.com"],
])("%s looks like %s", (text, known) => {
  expect(explainLookAlike(parseRegistry(text))).toMatchObject({ code: "server-misspelt", hint: `write ${known}` });
});

test.each([
  "ghcr.io",
  "ghcr.io:443",
  "quay.io:443",
  "quay.io:8443",
  "docker.io:443",
  "registry.gitlab.com:443",
  "ecr-public.aws.com:443",
  "registry.example.com:443",
])("%s looks like no other", (text) => {
  expect(explainLookAlike(parseRegistry(text))).toBeNull();
});

test.each([
  ["mycompany.azurecr.io:443", null],
  ["mycompany.azurecr.io", null],
  ["123456789012.dkr.ecr.eu-west-1.amazonaws.com:443", null],
  ["europe-west1-docker.pkg.dev:443", null],
  ["containers.octocorp.ghe.com:443", null],
  ["mycompany.azurecr.com:443", "server-suffix"],
  ["mycompany.azurecr.com", "server-suffix"],
  ["my.ghcr.io:443", "server-suffix"],
])("the ending of %s is suspicious: %s", (text, code) => {
  expect(suspectSuffix(parseRegistry(text))?.code ?? null).toBe(code);
});
