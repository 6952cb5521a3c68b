import { expect, test } from "vitest";
import { UserError } from "../../../src/findings/user-error.ts";
import { kindOf, tryRegistry } from "../../support/parsing.ts";
import { type EcrRow, type Ours, readVectors } from "../../support/vectors.ts";

interface AccountRow {
  readonly registry: string;
  readonly AWS_ACCOUNT_IDS: string | null;
  readonly expectedAccountIds: readonly string[];
  readonly ours?: Ours & { readonly expectedAccountIds: readonly string[] };
}

const table = readVectors<{
  readonly cases: readonly EcrRow[];
  readonly derivedCases: readonly { input: string; valid: boolean; why: string }[];
  readonly accountIdCases: readonly AccountRow[];
}>("ecr-hosts");

const isAws = (text: string): boolean => /^ecr/.test(kindOf(text) ?? "");

test.each(table.cases.filter(({ expected }) => expected.valid))("$input", ({ input, host, expected }) => {
  const { service: kind, registryId: account, region, fips, dualStack } = expected;
  expect(tryRegistry(input)).toMatchObject({ host, kind, account, region, fips, dualStack, keys: [host] });
});

test.each(table.cases.filter(({ expected }) => !expected.valid))("$input is not AWS's", ({ input }) => {
  expect(isAws(input)).toBe(false);
});

test.each(table.derivedCases)("$input is AWS's: $valid ($why)", ({ input, valid }) => {
  expect(isAws(input)).toBe(valid);
});

test.each(table.accountIdCases)("the account of $registry, with $AWS_ACCOUNT_IDS", (row) => {
  const registry = tryRegistry(row.registry);
  if (registry instanceof UserError) throw registry;
  expect(registry.account === null ? [] : [registry.account]).toEqual((row.ours ?? row).expectedAccountIds);
});

test("the second name of the public registry is its dual-stack one", () => {
  const facts = { kind: "ecr-public", region: null, account: null };
  expect(tryRegistry("ecr-public.aws.com")).toMatchObject({ ...facts, dualStack: true });
  expect(tryRegistry("public.ecr.aws")).toMatchObject({ ...facts, dualStack: false });
});
