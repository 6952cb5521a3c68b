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
  ["npm.pkg.github.com:443", "npm"],
  ["npm.octocorp.ghe.com", "npm"],
  ["containers.octocorp.ghe.com", "ghcr"],
  ["docker.octocorp.ghe.com", "ghcr"],
  ["containers.octocorp.ghe.com.evil.example", "generic"],
  ["ghe.com.example", "generic"],
  // Of an unknown GitHub Enterprise Server, or of anybody.
  ["containers.example.com", "generic"],
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

/** A port that changes nothing about where a name leads. Source: RFC 9110 section 4.2.2 */
test.each([
  ["ghcr.io:443", "ghcr", "ghcr.io"],
  ["https://GHCR.IO:443/", "ghcr", "ghcr.io"],
  ["docker.io:443", "docker-hub", "docker.io"],
  ["https://index.docker.io:443/v1/", "docker-hub", "docker.io"],
  ["mycompany.azurecr.io:443", "acr", "mycompany.azurecr.io"],
  ["europe-west1-docker.pkg.dev:443", "google", "europe-west1-docker.pkg.dev"],
  ["123456789012.dkr.ecr.eu-west-1.amazonaws.com:443", "ecr", "123456789012.dkr.ecr.eu-west-1.amazonaws.com"],
  ["public.ecr.aws:443", "ecr-public", "public.ecr.aws"],
  ["npm.pkg.github.com:443", "npm", "npm.pkg.github.com"],
  // Clients look these up under the name with the port, as GitLab's dependency proxy is named.
  ["gitlab.com:443", "generic", "gitlab.com:443"],
  // A different port is a different server.
  ["ghcr.io:8443", "generic", "ghcr.io:8443"],
  ["mycompany.azurecr.io:80", "generic", "mycompany.azurecr.io:80"],
])("%s is of the kind %s, as %s", (text, kind, host) => {
  expect(parseRegistry(text)).toMatchObject({ kind, host });
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
