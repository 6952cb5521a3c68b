import fc from "fast-check";
import { expect, test } from "vitest";
import { credentialHelper } from "../../../src/commands/credential-helper/credential-helper.ts";
import { leaks } from "../../support/leaks.ts";
import { holds, hostLike, json, secret, text } from "../../support/properties.ts";
import { logIn, makeHome, secrets } from "../../support/temp-home.ts";

/** Host -> its secret. */
const LOGINS = {
  "ghcr.io": "secret-of-ghcr",
  "registry.example.com": "secret-without-port",
  "registry.example.com:5000": "secret-of-port-5000",
  "docker.io": "secret-of-the-hub",
};
const HUB = ["docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"];

/** A logged-in home, and what its helper answers. */
async function loggedIn() {
  const home = makeHome();
  const env = Object.entries(LOGINS).map(([host, password], at) => secrets(`R${at}`, host, "bob", password));
  await logIn(home.context(Object.assign({}, ...env)), { verify: "false" });
  const context = home.context();
  return async (args: readonly string[], input: string) => {
    const { stdout, stderr = "", exitCode } = await credentialHelper(context, args, async () => input);
    return { output: stdout + stderr, stdout, exitCode };
  };
}

/** Names that could be taken for those of the logins: another case, port, label, user, letter, scheme, line. */
const similarName = fc
  .tuple(
    fc.constantFrom("", "", "evil.", "evil", "bob@", "ghcr.io@", "https://", "http://", "HTTPS://", "//", "a\n", " "),
    fc.oneof(
      fc.constantFrom(...Object.keys(LOGINS), ...HUB),
      fc.constantFrom("GHCR.IO", "ghcr.ıo", "ɢhcr.io", "ghcr%2eio"),
    ),
    fc.constantFrom(
      "",
      "",
      ".",
      ":443",
      ":5000",
      ":05000",
      ".evil.example",
      "@evil.example",
      "/v1/",
      "/../x",
      "?a",
      "#b",
      "\\x",
      "\n",
      "\nb",
      "\0",
    ),
  )
  .map((parts) => parts.join(""));

/** The one host that a text names, by rules of its own: an optional https scheme, the host in any case, then a path. */
function hostIn(input: string): string | undefined {
  const asked = /^(?:(?:https:)?\/\/)?([a-z0-9.:-]+)(?:[/?#].*)?$/i.exec(input.split("\n").join("").trim())?.[1];
  const named = asked?.toLowerCase() ?? "";
  const bare = named.replace(/:443$/, "");
  // The port of https changes nothing about a registry that is known.
  const host = [...HUB, "ghcr.io"].includes(bare) ? bare : named;
  return HUB.includes(host) ? "docker.io" : host;
}

test("get returns the secret of the requested host and never that of a different one", async () => {
  const ask = await loggedIn();
  const answered = new Set<string>();
  await holds(
    fc.asyncProperty(fc.oneof({ arbitrary: similarName, weight: 4 }, hostLike, text), async (input) => {
      const { output, exitCode } = await ask(["get"], input);
      const told = Object.entries(LOGINS).filter(([, each]) => output.includes(each));
      expect(exitCode).toBe(told.length === 1 ? 0 : 1);
      for (const [host] of told) {
        answered.add(host);
        expect(hostIn(input)).toBe(host);
      }
    }),
    600,
  );
  expect([...answered].sort()).toEqual(Object.keys(LOGINS).sort());
});

test("for any input it exits with 0 or 1, and only get prints a secret", async () => {
  const ask = await loggedIn();
  const verb = fc.constantFrom("store", "erase", "list", "version", "--help", "", "frobnicate");
  const args = fc.oneof(
    verb.map((each) => [each]),
    fc.array(text),
    fc.tuple(fc.constant("get"), text),
  );
  await holds(
    fc.asyncProperty(args, fc.oneof(json, text, hostLike), async (words, input) => {
      if (words.length === 1 && words[0] === "get") return;
      const { output, exitCode } = await ask(words, input);
      expect([0, 1]).toContain(exitCode);
      expect(Object.values(LOGINS).filter((each) => output.includes(each))).toEqual([]);
    }),
  );
});

test("get returns exactly what was stored, and store prints nothing of it", async () => {
  const ask = await loggedIn();
  await holds(
    fc.asyncProperty(fc.domain(), fc.string({ minLength: 1 }), secret, async (host, Username, Secret) => {
      const stored = await ask(["store"], JSON.stringify({ ServerURL: host, Username, Secret }));
      expect(stored).toEqual({ output: "", stdout: "", exitCode: 0 });
      expect(JSON.parse((await ask(["get"], host)).stdout)).toEqual({ ServerURL: host, Username, Secret });
      const erased = await ask(["erase"], host);
      expect(leaks(erased.output, Username, Secret)).toEqual([]);
      expect((await ask(["get"], host)).exitCode).toBe(1);
    }),
    100,
  );
});
