import { expect, test } from "vitest";
import { parseRegistry } from "../../../src/registries/registry.ts";
import { kindOf } from "../../support/parsing.ts";
import { type Ours, readVectors } from "../../support/vectors.ts";

test.each([
  ["ghcr.io", "ghcr"],
  ["https://GHCR.io/", "ghcr"],
  ["ghcr.io.evil.example", "generic"],
  ["my.ghcr.io", "generic"],
  ["npm.pkg.github.com", "npm"],
  ["docker.pkg.github.com", "generic"],
  ["quay.io", "generic"],
  ["registry.example.com:5000", "generic"],
])("%s is of the kind %s", (text, kind) => {
  expect(kindOf(text)).toBe(kind);
});

test("clients look up an ordinary registry by host and port, without scheme and path", () => {
  expect(parseRegistry("https://registry.example.com:5000/team/")).toMatchObject({
    host: "registry.example.com:5000",
    endpoint: "registry.example.com:5000",
    keys: ["registry.example.com:5000"],
    scheme: "https",
  });
});

test("no container client looks up npm's registry", () => {
  expect(parseRegistry("npm.pkg.github.com").keys).toEqual([]);
});

interface SchemeRow {
  readonly registry: string;
  readonly expectedScheme: string;
  readonly ours?: Ours & { readonly expectedScheme: string };
}

const { defaultSchemeCases } = readVectors<{ defaultSchemeCases: readonly SchemeRow[] }>("www-authenticate");

test.each(defaultSchemeCases)("the scheme of $registry", (row) => {
  expect(parseRegistry(row.registry).scheme).toBe((row.ours ?? row).expectedScheme);
});

test.each([
  ["http://localhost:5000", "http"],
  ["http://registry.example.com", "unencrypted"],
  ["HTTP://10.0.0.1:5000/v2/", "unencrypted"],
  ["http://localhost.example.com", "unencrypted"],
  ["http://127.0.0.1.example.com", "unencrypted"],
  // The registries of a cloud have TLS.
  ["http://ghcr.io", "https"],
  ["http://index.docker.io/v1/", "https"],
  ["http://mycompany.azurecr.io", "https"],
  // As for clients, which know only the host.
  ["https://localhost:5000", "loopback"],
  ["https://localhost:5701/x", "loopback"],
  ["https://quay.io", "https"],
])("%s is reached by %s", (text, scheme) => {
  expect(parseRegistry(text).scheme).toBe(scheme);
});
