import { expect, test } from "vitest";
import { plan } from "../../../src/commands/plan/plan.ts";
import { makeHome, secrets } from "../../support/temp-home.ts";
import { type EcrRow, type Ours, readVectors } from "../../support/vectors.ts";

/** What `plan --json` says of a server: its registry, or null where it is skipped. */
function planned(server: string, user = "bob"): Record<string, unknown> | null {
  const { context } = makeHome();
  const { stdout } = plan(context(secrets("A", server, user, "the-pass-word")), {}, true);
  return JSON.parse(stdout).registries[0] ?? null;
}

/** The same for an entry of the option without secrets. */
function plannedKeyless(server: string): Record<string, unknown> | null {
  const { context } = makeHome();
  return JSON.parse(plan(context(), { registries: `A=${server}` }, true).stdout).registries[0] ?? null;
}

const NO_AWS = { region: null, account: null, fips: false, dualStack: false, exchange: null };

const ecr = readVectors<{
  readonly cases: readonly EcrRow[];
  readonly derivedCases: readonly { readonly input: string; readonly valid: boolean }[];
  readonly accountIdCases: readonly {
    readonly registry: string;
    readonly expectedAccountIds: readonly string[];
    readonly ours?: Ours & { readonly expectedAccountIds: readonly string[] };
  }[];
}>("ecr-hosts");

test.each(ecr.cases.filter(({ expected }) => expected.valid))("$input", ({ input, host, expected }) => {
  const isPublic = expected.service === "ecr-public";
  const facts = {
    host,
    kind: expected.service,
    keys: [host],
    region: isPublic ? null : expected.region,
    account: expected.registryId ?? null,
    fips: expected.fips,
    dualStack: expected.dualStack,
  };
  expect(planned(input, "AKIAIOSFODNN7EXAMPLE")).toMatchObject({ ...facts, exchange: "aws-keys" });
  expect(planned(input, "AWS")).toMatchObject({ ...facts, exchange: null });
  expect(plannedKeyless(input)).toMatchObject({ ...facts, source: "option", user: null, exchange: "aws-chain" });
});

const notAws = [
  ...ecr.cases.filter(({ expected }) => !expected.valid).map(({ input }) => input),
  ...ecr.derivedCases.filter(({ valid }) => !valid).map(({ input }) => input),
];

test.each(notAws)("%s needs no exchange by AWS", (input) => {
  expect([null, expect.objectContaining(NO_AWS)]).toContainEqual(planned(input, "AKIAIOSFODNN7EXAMPLE"));
  expect(plannedKeyless(input)?.exchange).not.toBe("aws-chain");
});

test.each(ecr.derivedCases.filter(({ valid }) => valid))("$input is exchanged", ({ input }) => {
  expect(planned(input, "AKIAIOSFODNN7EXAMPLE")).toMatchObject({ exchange: "aws-keys" });
});

test.each(ecr.accountIdCases)("the account of $registry", (row) => {
  const { account } = planned(row.registry) ?? {};
  expect(account === null ? [] : [account]).toEqual((row.ours ?? row).expectedAccountIds);
});

const acr = readVectors<{
  readonly cases: readonly { readonly input: string; readonly host: string; readonly isAcr: boolean }[];
}>("acr-hosts");

test.each(acr.cases)("$input is Azure's: $isAcr", ({ input, host, isAcr }) => {
  const registry = planned(input);
  if (isAcr) {
    expect(registry).toMatchObject({ host, kind: "acr", keys: [host], ...NO_AWS });
    expect(plannedKeyless(input)).toMatchObject({ source: "option", user: null, exchange: "azure-identity" });
  } else {
    expect(registry?.kind).not.toBe("acr");
    expect(plannedKeyless(input)).toBeNull();
  }
});

const gcp = readVectors<{
  readonly cases: readonly { readonly input: string; readonly host: string; readonly isGoogle: boolean }[];
  readonly gcrHosts: readonly string[];
  readonly artifactRegistryHosts: readonly string[];
}>("gcp-hosts");

const google = [
  ...gcp.cases,
  ...[...gcp.gcrHosts, ...gcp.artifactRegistryHosts].map((host) => ({ input: host, host, isGoogle: true })),
];

test.each(google)("$input is Google's: $isGoogle", ({ input, host, isGoogle }) => {
  const registry = planned(input);
  if (isGoogle) {
    expect(registry).toMatchObject({ host, kind: "google", keys: [host], ...NO_AWS });
    expect(plannedKeyless(input)).toMatchObject({ source: "option", user: null, exchange: "google-adc" });
  } else {
    expect(registry?.kind).not.toBe("google");
    expect(plannedKeyless(input)).toBeNull();
  }
});

interface Alias {
  readonly input: string;
  readonly canonicalAuthKey?: string;
  readonly ours?: Ours & { readonly error?: true };
}

const hub = readVectors<{
  readonly aliases: readonly Alias[];
  readonly derivedAliases: readonly Alias[];
  readonly notHub: readonly Alias[];
}>("dockerhub-aliases");

const HUB_NAMES = ["docker.io", "registry-1.docker.io", "registry.hub.docker.com"];

test.each([...hub.aliases, ...hub.derivedAliases])("$input is Docker Hub", ({ input, canonicalAuthKey, ours }) => {
  const registry = planned(input);
  if (ours?.error === true) expect(registry).toBeNull();
  else
    expect(registry).toMatchObject({ host: "docker.io", kind: "docker-hub", keys: [canonicalAuthKey, ...HUB_NAMES] });
});

test.each(hub.notHub.filter(({ ours }) => ours === undefined))("$input is not Docker Hub", ({ input }) => {
  expect(planned(input)?.kind).not.toBe("docker-hub");
});

test("a key of a Google service account is exchanged where the option says so, and nothing else of Google's", () => {
  const { context } = makeHome();
  const exchangeOf = (user: string): unknown => {
    const env = context(secrets("A", "gcr.io", user, "the-pass-word"));
    return JSON.parse(plan(env, { googleTokens: "true" }, true).stdout).registries[0]?.exchange;
  };
  expect(["_json_key", "_json_key_base64", "oauth2accesstoken"].map(exchangeOf)).toEqual([
    "google-key",
    "google-key",
    null,
  ]);
});

test("Docker Hub needs no secret where a job has the id of a connection", () => {
  const { context } = makeHome();
  const env = { DOCKERHUB_OIDC_CONNECTIONID: "33333333-3333-4333-8333-333333333333", GITHUB_REPOSITORY_OWNER: "Acme" };
  const { stdout } = plan(context(env), { registries: "HUB=docker.io, DHI=dhi.io" }, true);
  expect(JSON.parse(stdout).registries).toMatchObject([
    { host: "dhi.io", user: "acme", exchange: "docker-oidc" },
    { host: "docker.io", user: "acme", exchange: "docker-oidc" },
  ]);
});
