import { describe, expect, test } from "vitest";
import { discover } from "../../../src/discovery/discover.ts";
import { parseOptions } from "../../../src/discovery/options.ts";
import type { Discovery, ExchangeKind } from "../../../src/discovery/request.ts";
import { parseRegistry } from "../../../src/registries/registry.ts";
import { ECR_HOST } from "../../support/aws-endpoint.ts";
import { secrets } from "../../support/temp-home.ts";
import { type Ours, readVectors } from "../../support/vectors.ts";

type Env = Readonly<Record<string, string>>;

const find = (env: Env, registries = ""): Discovery => discover(env, parseOptions({ registries }, {}));

interface Login {
  readonly server: string;
  readonly user?: string;
  readonly password?: string;
  readonly exchange?: "ecr" | null;
}

interface Row {
  readonly id: string;
  readonly env: Env;
  readonly expected: readonly Login[];
  readonly hint?: string;
  readonly ours?: Ours & { readonly expected: readonly Login[]; readonly skipped?: string };
}

const table = readVectors<{ cases: readonly Row[]; derivedCases: readonly Row[] }>("env-convention");

test.each([...table.cases, ...table.derivedCases])("$id", (row) => {
  const { requests, skipped } = find(row.env);
  const expected = (row.ours ?? row).expected;
  expect(requests).toHaveLength(expected.length);
  for (const [index, { server, exchange, ...rest }] of expected.entries()) {
    const ours: ExchangeKind = exchange === "ecr" ? "aws-keys" : null;
    expect(requests[index]).toMatchObject({ ...rest, registry: parseRegistry(server), exchange: ours });
  }
  if (row.ours?.skipped !== undefined) expect(skipped).toMatchObject([{ identifier: row.ours.skipped }]);
  if (row.hint !== undefined) expect(skipped[0]?.reason).toContain("the name must be AZURE_CONTAINER_REGISTRY_USER");
});

describe("the option registries", () => {
  const { A_CONTAINER_REGISTRY_SERVER: _, ...withoutServer } = secrets("A", "x", "bob", "pass-word");

  test("supplies the server if its secret is missing", () => {
    expect(find(withoutServer, "a = a.azurecr.io").requests).toMatchObject([
      { identifier: "A", source: "option", user: "bob", password: "pass-word", registry: { host: "a.azurecr.io" } },
    ]);
  });

  test("may name the same registry as the secret in a different form", () => {
    const found = find(secrets("A", "https://A.azurecr.io/", "bob", "pass-word"), "A=a.azurecr.io");
    expect(found.requests).toMatchObject([{ source: "environment", registry: { host: "a.azurecr.io" } }]);
  });

  test("is rejected if it names a different server than the secret", () => {
    const found = find(secrets("A", "a.azurecr.io", "bob", "pass-word"), "A=evil.example");
    expect(found.requests).toEqual([]);
    expect(found.rejected).toMatchObject([{ identifier: "A", reason: expect.stringContaining("evil.example") }]);
    expect(found.rejected[0]?.reason).toContain("A_CONTAINER_REGISTRY_SERVER");
    expect(found.rejected[0]?.hint).toMatch(/same|remove/);
  });

  test("without any secret uses the machine's own AWS identity", () => {
    const found = find({}, `AWS=${ECR_HOST}, PUB=public.ecr.aws`);
    expect(found.requests).toMatchObject([
      { identifier: "AWS", exchange: "aws-chain", user: null, password: null, registry: { region: "eu-west-1" } },
      { identifier: "PUB", exchange: "aws-chain" },
    ]);
  });

  test("without any secret is incomplete for every other registry", () => {
    const { requests, skipped } = find({}, "GHCR=ghcr.io");
    expect(requests).toEqual([]);
    expect(skipped).toMatchObject([{ identifier: "GHCR", missing: ["USER", "PASSWORD"] }]);
  });
});

describe("a set that is not complete is skipped", () => {
  test.each([
    [
      { USERNAME: "bob", PASSWORD: "p" },
      ["USER"],
      /AZURE_CONTAINER_REGISTRY_USERNAME is set, but the name must be AZURE_CONTAINER_REGISTRY_USER$/,
    ],
    [{ USER: "bob", TOKEN: "t" }, ["PASSWORD"], /AZURE_CONTAINER_REGISTRY_TOKEN/],
    [
      { USERNAME: "bob", PASS: "p" },
      ["USER", "PASSWORD"],
      /_USERNAME is set, .*; AZURE_CONTAINER_REGISTRY_PASS is set, /,
    ],
    [
      {},
      ["USER", "PASSWORD"],
      /^AZURE_CONTAINER_REGISTRY_USER is not set; AZURE_CONTAINER_REGISTRY_PASSWORD is not set$/,
    ],
  ])("%j", (parts, missing, reason) => {
    const named = Object.entries(parts).map(([part, value]) => [`AZURE_CONTAINER_REGISTRY_${part}`, value]);
    const env = { AZURE_CONTAINER_REGISTRY_SERVER: "a.azurecr.io", ...Object.fromEntries(named) };
    expect(find(env).skipped).toMatchObject([{ identifier: "AZURE", missing, reason: expect.stringMatching(reason) }]);
  });
});

test("of two identifiers for one registry the alphabetically first is used, and the other one is reported", () => {
  const env = {
    ...secrets("HUB", "docker.io", "h", "p1"),
    ...secrets("DOCKER", "https://index.docker.io/v1/", "d", "p2"),
  };
  const { requests, skipped } = find(env);
  expect(requests).toMatchObject([{ identifier: "DOCKER", user: "d" }]);
  expect(skipped).toMatchObject([{ identifier: "HUB", missing: [], reason: expect.stringContaining("DOCKER") }]);
});

test.each([
  ["mycompany", /^the server has neither a dot nor a port/],
  ["ftp://registry.example.com", /starts with ftp/],
  ["bob@ghcr.io", /user name/],
  ["hub.docker.com", /hub\.docker\.com/],
])("the server %s is rejected with a hint, and another registry is still found", (server, reason) => {
  const { requests, rejected } = find({ ...secrets("A", server, "bob", "p"), ...secrets("B", "ghcr.io", "bob", "p") });
  expect(rejected).toMatchObject([{ identifier: "A", reason: expect.stringMatching(reason) }]);
  expect(rejected[0]?.hint).toMatch(/\w{4}/);
  expect(requests).toMatchObject([{ identifier: "B" }]);
});

test.each(["localhost", "localhost:5000", "registry:5000", "[::1]:5000", "10.0.0.1"])("%s is a full name", (server) => {
  expect(find(secrets("A", server, "bob", "p")).requests).toHaveLength(1);
});

test.each(["bob:secret-word", "bob\nsmith", "bob\u0000"])("the user %j is rejected without repeating it", (user) => {
  const { rejected } = find(secrets("A", "ghcr.io", user, "p"));
  expect(rejected).toMatchObject([{ identifier: "A", host: "ghcr.io", kind: "ghcr" }]);
  expect(JSON.stringify(rejected)).not.toMatch(/bob|secret-word|smith/);
});
