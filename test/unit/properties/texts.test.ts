import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readSecretsFile } from "../../../src/discovery/codespaces.ts";
import { discover } from "../../../src/discovery/discover.ts";
import { parseOptions } from "../../../src/discovery/options.ts";
import { UserError } from "../../../src/findings/user-error.ts";
import { parseChallenges } from "../../../src/network/challenge.ts";
import { parseImage } from "../../../src/registries/image.ts";
import { parseRegistry } from "../../../src/registries/registry.ts";
import { leaks } from "../../support/leaks.ts";
import { holds, hostLike, secret, text, trap } from "../../support/properties.ts";
import { secrets, tempFolder } from "../../support/temp-home.ts";

/** What comes out, or null where a person is told what is wrong. Anything else that is thrown is a bug. */
function orRefusal<T>(work: () => T, mustNotHold = ""): T | null {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (mustNotHold !== "") expect(leaks(`${error.message}${error.hint}`, "bob", mustNotHold)).toEqual([]);
    return null;
  }
}

test("a server is the host that a URL parser finds too, or rejected", async () => {
  const accepted = new Set<string>();
  await holds(
    fc.property(hostLike, (server) => {
      const registry = orRefusal(() => parseRegistry(server));
      if (registry === null) return;
      accepted.add(registry.host);
      const url = new URL(`https://${registry.endpoint}/v2/`);
      expect([url.pathname, url.username, url.search]).toEqual(["/v2/", "", ""]);
      if (!registry.endpoint.startsWith("[")) expect(url.hostname).toBe(registry.endpoint.replace(/:\d+$/, ""));
      expect(parseRegistry(registry.host).host).toBe(registry.host);
    }),
    1000,
  );
  expect(accepted.size).toBeGreaterThan(50);
});

test("an error about a server does not repeat a password before an @", async () => {
  await holds(
    fc.property(hostLike, secret, fc.constantFrom("", "http://", "https://"), (host, password, scheme) => {
      orRefusal(() => parseRegistry(`${scheme}bob:${password}@${host}`), /[/?#]/.test(password) ? "" : password);
    }),
  );
});

test("an image's full name means the same image", async () => {
  const name = fc.oneof(
    text,
    fc.tuple(hostLike, fc.constantFrom("/", "@", ":", ""), text).map((parts) => parts.join("")),
  );
  await holds(
    fc.property(
      fc.oneof(name, fc.stringMatching(/^([a-z]{1,5}\.io\/)?[a-z]{1,5}(\/[a-z]{1,3}){0,2}(:[a-z]{1,4})?$/)),
      (written) => {
        const image = orRefusal(() => parseImage(written));
        if (image !== null) expect(parseImage(image.name)).toEqual(image);
      },
    ),
    600,
  );
});

const variable = fc
  .tuple(
    fc.oneof(fc.constantFrom("A", "a", "B", "A_CONTAINER_REGISTRY_USER"), trap),
    fc.constantFrom("SERVER", "USER", "PASSWORD", "password", "TOKEN", "SESSION_TOKEN", "__proto__", "constructor"),
  )
  .map((parts) => parts.join("_CONTAINER_REGISTRY_"));

test("in any environment a password goes only to the server of its own identifier", async () => {
  let requested = 0;
  await holds(
    fc.property(
      fc
        .tuple(
          fc.dictionary(fc.oneof(variable, trap), fc.oneof(secret, text, fc.domain(), fc.constant("ghcr.io"))),
          fc.constantFrom(
            {},
            secrets("A", "ghcr.io", "bob", "innocent-1"),
            secrets("b", "quay.io", "eve", "innocent-2"),
          ),
        )
        .map(([env, set]) => ({ ...set, ...env })),
      fc.dictionary(fc.constantFrom("A", "B", "C"), fc.oneof(hostLike, fc.constant("quay.io"))),
      (env, mapping) => {
        const { requests } = discover(env, { registries: new Map(Object.entries(mapping)) });
        requested += requests.length;
        for (const { identifier, registry, password } of requests) {
          const own = Object.entries(env).filter(([name]) => name.toUpperCase().startsWith(`${identifier}_CONTAINER`));
          const servers = own.flatMap(([name, value]) => (/_SERVER$/i.test(name) ? value : []));
          const hosts = [...servers, mapping[identifier] ?? ""].map(
            (each) => orRefusal(() => parseRegistry(each))?.host,
          );
          expect(hosts).toContain(registry.host);
          const passwords = own.map(([, value]) => value.replace(/\r?\n$/, ""));
          if (password !== null) expect(passwords).toContain(password);
        }
      },
    ),
    600,
  );
  expect(requested).toBeGreaterThan(20);
});

test("invalid options are rejected and not repeated", async () => {
  const names = fc.constantFrom(
    "registries",
    "storage",
    "verify",
    "strict",
    "timeout",
    "identifiers",
    "githubToken",
    "npm",
    "__proto__",
  );
  await holds(
    fc.property(
      fc.dictionary(names, fc.oneof(text, secret, fc.constantFrom("true", "600", "A=ghcr.io"))),
      secret,
      (raw, planted) => {
        orRefusal(() => parseOptions(raw, {}));
        orRefusal(() => parseOptions({ ...raw, storage: planted, registries: planted }, {}), planted);
      },
    ),
  );
});

const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);

test("any WWW-Authenticate header can be parsed", async () => {
  const header = fc.oneof(
    text,
    fc
      .array(fc.oneof(token, fc.constantFrom('"', "=", ",", " ", "\\", "Bearer ", 'realm="', "__proto__=")), {
        maxLength: 40,
      })
      .map((parts) => parts.join("")),
  );
  await holds(
    fc.property(fc.array(header, { maxLength: 4 }), (headers) => {
      for (const { scheme, params } of parseChallenges(headers)) {
        expect(scheme).toMatch(/^[^\sA-Z]+$/);
        expect(Object.getPrototypeOf(params)).toBe(Object.prototype);
        expect(Object.values(params).every((value) => typeof value === "string")).toBe(true);
      }
    }),
    600,
  );
});

test("a challenge in the form of RFC 9110 is parsed as intended", async () => {
  const params = fc.dictionary(
    fc.oneof(
      token.map((name) => name.toLowerCase()),
      trap.filter((name) => name !== ""),
    ),
    fc.string(),
    { minKeys: 1 },
  );
  await holds(
    fc.property(fc.array(fc.tuple(token, params), { minLength: 1, maxLength: 3 }), (challenges) => {
      const quote = (value: string): string => `"${value.replace(/["\\]/g, "\\$&")}"`;
      const written = challenges.map(
        ([scheme, each]) =>
          `${scheme} ${Object.entries(each)
            .map(([name, value]) => `${name}=${quote(value)}`)
            .join(", ")}`,
      );
      const expected = challenges.map(([scheme, each]) => ({
        scheme: scheme.toLowerCase(),
        params: Object.fromEntries(Object.entries(each).map(([name, value]) => [name.toLowerCase(), value])),
      }));
      expect(parseChallenges([written.join(", ")])).toEqual(expected);
    }),
  );
});

test("any secrets file of a codespace can be parsed", async () => {
  const file = join(tempFolder(), "secrets");
  const line = fc.oneof(
    text,
    fc.tuple(fc.oneof(trap, fc.constant("A")), fc.base64String()).map((parts) => parts.join("=")),
  );
  await holds(
    fc.property(fc.array(line), (lines) => {
      writeFileSync(file, lines.join("\n"));
      expect(Object.values(readSecretsFile(file)).every((value) => typeof value === "string")).toBe(true);
    }),
  );
});
