import { expect, test } from "vitest";
import { checkRealm, mayAnswerAt } from "../../../src/handshake/realm.ts";
import { type Ours, readVectors } from "../../support/vectors.ts";

interface Row {
  readonly realm: string;
  readonly registryHost: string;
  readonly insecure: boolean;
  readonly rejected: boolean;
  readonly ours?: Ours & { readonly rejected: boolean };
}

const { realmUrlCases } = readVectors<{ realmUrlCases: readonly Row[] }>("www-authenticate");

test.each(realmUrlCases)("$realm for the registry $registryHost", (row) => {
  const registry = new URL(`${row.insecure ? "http" : "https"}://${row.registryHost || "registry.example.com"}/v2/`);
  expect(typeof checkRealm(row.realm, registry) === "string").toBe((row.ours ?? row).rejected);
});

test.each([
  "https://auth.example.com/token",
  "https://8.8.8.8/token",
  "https://auth.example.com:8443/token?account=x",
  "HTTPS://AUTH.EXAMPLE.COM/",
])("a public registry may name %s", (realm) => {
  expect(checkRealm(realm, new URL("https://registry.example.com/v2/"))).toBeInstanceOf(URL);
});

test.each([
  [undefined],
  [""],
  ["token"],
  ["/token"],
  ["ftp://auth.example.com/"],
  ["file:///etc/passwd"],
  ["http://auth.example.com/token"],
  ["https://bob:pass@auth.example.com/token"],
  ["https://localhost/token"],
  ["https://localhost./token"],
  ["https://a.localhost/token"],
  ["https://127.1.2.3/token"],
  ["https://2130706433/token"],
  ["https://0x7f.1/token"],
  ["https://0177.0.0.1/token"],
  ["https://[::1]/token"],
  ["https://[::ffff:127.0.0.1]/token"],
  ["https://[::ffff:169.254.169.254]/token"],
  ["https://[fe80::1]/token"],
  ["https://[fd00:ec2::254]/token"],
  ["https://192.168.1.1/token"],
  ["https://172.16.0.1/token"],
  ["https://172.31.255.255/token"],
  ["https://100.100.100.200/token"],
])("a public registry may not name %s", (realm) => {
  expect(checkRealm(realm, new URL("https://registry.example.com/v2/"))).toBeTypeOf("string");
});

test.each([
  ["http://localhost:5000", "http://localhost:5001/token"],
  ["http://127.0.0.1:5000", "http://localhost:5001/token"],
  ["https://localhost:5000", "https://127.0.0.1:5001/token"],
  ["https://10.0.0.1:5000", "https://10.0.0.2/token"],
  ["https://10.0.0.1:5000", "https://10.0.0.1:5000/token"],
  ["http://localhost:5000", "https://auth.example.com/token"],
])("the registry at %s may name %s", (registry, realm) => {
  expect(checkRealm(realm, new URL(registry))).toBeInstanceOf(URL);
});

test.each([
  ["https://localhost:5000", "http://localhost:5000/token"],
  ["http://localhost:5000", "http://169.254.169.254/token"],
  ["https://10.0.0.1", "https://localhost/token"],
  ["http://localhost:5000", "http://10.0.0.1/token"],
  // A password never crosses the network unencrypted; SERVER has the same rule.
  ["http://localhost:5000", "http://auth.example.com/token"],
])("the registry at %s may not name %s", (registry, realm) => {
  expect(checkRealm(realm, new URL(registry))).toBeTypeOf("string");
});

test.each([
  ["8.8.8.8", null, true],
  ["8.8.8.8", "10.0.0.1", true],
  ["10.0.0.1", "8.8.8.8", false],
  ["10.0.0.1", null, false],
  ["169.254.169.254", "8.8.8.8", false],
  ["fd00:ec2::254", "2001:4860:4860::8888", false],
  ["::ffff:10.0.0.1", "8.8.8.8", false],
  ["127.0.0.1", "10.0.0.1", false],
  ["::1", "8.8.8.8", false],
  ["127.0.0.1", "::1", true],
  ["10.0.0.2", "10.0.0.1", true],
  ["10.0.0.2", "127.0.0.1", true],
])("a name that resolves to %s, named by a registry at %s: %s", (address, registry, may) => {
  expect(mayAnswerAt(address, registry)).toBe(may);
});
