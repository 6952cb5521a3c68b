import { expect, test } from "vitest";
import { UserError } from "../../../src/findings/user-error.ts";
import { kindOf, tryRegistry } from "../../support/parsing.ts";
import { type Ours, readVectors } from "../../support/vectors.ts";

interface Alias {
  readonly input: string;
  readonly isDockerHub: boolean;
  readonly canonicalAuthKey?: string;
  readonly ours?: Ours & { readonly error?: true; readonly isDockerHub?: true };
}

interface Client {
  readonly client: string;
  readonly credHelpersKey?: string;
  readonly aliasesFolded?: readonly string[];
  readonly server?: string;
}

const table = readVectors<{
  readonly aliases: readonly Alias[];
  readonly derivedAliases: readonly Alias[];
  readonly notHub: readonly Alias[];
  readonly clientKeys: readonly Client[];
}>("dockerhub-aliases");

/** Clients look up images that are named so under these keys. */
const NAMES = ["docker.io", "registry-1.docker.io", "registry.hub.docker.com"];

test.each([...table.aliases, ...table.derivedAliases])("$input is Docker Hub", ({ input, canonicalAuthKey, ours }) => {
  const registry = tryRegistry(input);
  if (ours?.error === true) expect(registry).toBeInstanceOf(UserError);
  else {
    expect(registry).toMatchObject({ kind: "docker-hub", host: "docker.io", endpoint: "registry-1.docker.io" });
    expect(registry).toMatchObject({ keys: [canonicalAuthKey, ...NAMES] });
  }
});

test.each(table.notHub)("$input is Docker Hub: $ours.isDockerHub", ({ input, ours }) => {
  expect(kindOf(input) === "docker-hub").toBe(ours?.isDockerHub === true);
});

test.each(table.clientKeys)("$client finds Docker Hub", ({ credHelpersKey, aliasesFolded = [], server }) => {
  const registry = tryRegistry("docker.io");
  if (credHelpersKey !== undefined) expect(registry).toMatchObject({ keys: expect.arrayContaining([credHelpersKey]) });
  for (const alias of [...aliasesFolded, server ?? "docker.io"]) expect(kindOf(alias)).toBe("docker-hub");
});

test.each(["hub.docker.com", "www.docker.com", "docker.com"])("an error for %s says what to write instead", (text) => {
  expect(tryRegistry(text)).toMatchObject({ hint: expect.stringContaining("docker.io") });
});

test.each(["https://index.docker.io/v1/access-token", "https://index.docker.io/v1/refresh-token/"])(
  "%s, a key that only docker uses, is rejected",
  (text) => {
    expect(tryRegistry(text)).toBeInstanceOf(UserError);
  },
);
