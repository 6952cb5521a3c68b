import { expect, test } from "vitest";
import { checkRealm } from "../../../src/handshake/realm.ts";
import { type Challenge, parseChallenges } from "../../../src/network/challenge.ts";
import { type Ours, readVectors } from "../../support/vectors.ts";

interface Row {
  readonly source: string;
  readonly name: string;
  readonly header: string;
  readonly expected: readonly Challenge[];
  readonly ours?: Ours & { readonly expected: readonly Challenge[] };
}

interface AssignmentRow {
  readonly input: string;
  readonly expected: Readonly<Record<string, string>>;
  readonly ours?: Ours & { readonly expected: Readonly<Record<string, string>> };
}

const table = readVectors<{ cases: readonly Row[]; assignmentCases: readonly AssignmentRow[] }>("www-authenticate");

test.each(table.cases)("$source: $name: $header", (row) => {
  expect(parseChallenges([row.header])).toEqual((row.ours ?? row).expected);
});

test.each(table.assignmentCases)("parameters: $input", (row) => {
  expect(parseChallenges([`Bearer ${row.input}`])).toEqual([{ scheme: "bearer", params: (row.ours ?? row).expected }]);
});

interface AzureRow {
  readonly name: string;
  readonly wwwAuthenticate: readonly string[];
  readonly expected: { readonly realm: string; readonly service: string } | null;
}

const { challengeCases } = readVectors<{ challengeCases: readonly AzureRow[] }>("acr-hosts");

test.each(challengeCases)("Azure: $name", ({ wwwAuthenticate, expected }) => {
  const bearer = parseChallenges(wwwAuthenticate).find(({ scheme }) => scheme === "bearer");
  const realm = checkRealm(bearer?.params.realm, new URL("https://test.azurecr.io/v2/"));
  if (expected === null) expect(realm).toBeTypeOf("string");
  else expect({ realm: String(realm), service: bearer?.params.service }).toEqual(expected);
});

test.each<[string, string[], Challenge[]]>([
  [
    "two challenges in one header",
    ['Basic realm="a", Bearer realm="https://auth.example/token",service="b"'],
    [
      { scheme: "basic", params: { realm: "a" } },
      { scheme: "bearer", params: { realm: "https://auth.example/token", service: "b" } },
    ],
  ],
  [
    "two headers",
    ["Negotiate", 'BASIC REALM="a"'],
    [
      { scheme: "negotiate", params: {} },
      { scheme: "basic", params: { realm: "a" } },
    ],
  ],
  [
    "schemes without parameters beside one with",
    ['Negotiate, NTLM, Basic realm="a"'],
    [
      { scheme: "negotiate", params: {} },
      { scheme: "ntlm", params: {} },
      { scheme: "basic", params: { realm: "a" } },
    ],
  ],
  ["token68", ["Negotiate YII+/a=="], [{ scheme: "negotiate", params: {} }]],
  ["escapes", ['Basic realm="a \\"b\\" \\\\c"'], [{ scheme: "basic", params: { realm: 'a "b" \\c' } }]],
  ["a comma in quotes", ['Bearer scope="a:pull,push"'], [{ scheme: "bearer", params: { scope: "a:pull,push" } }]],
  ["spaces around =", ['Basic realm = "a"'], [{ scheme: "basic", params: { realm: "a" } }]],
  ["a name that stands twice", ['Basic realm="a",realm="b"'], [{ scheme: "basic", params: { realm: "a" } }]],
  ["names of objects", ['Basic __proto__="a"'], [{ scheme: "basic", params: JSON.parse('{"__proto__":"a"}') }]],
  ["nothing but commas", [", ,"], []],
])("%s", (_, headers, expected) => {
  expect(parseChallenges(headers)).toEqual(expected);
});

test("a long hostile header is parsed quickly", () => {
  expect(parseChallenges([`Bearer ${'a="'.repeat(20_000)}`])).toHaveLength(1);
  expect(parseChallenges([`${" ,".repeat(30_000)}x=`])).toEqual([]);
});
