import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import type { Outcome } from "../../../../src/commands/login/outcome.ts";
import { loginText } from "../../../../src/commands/login/report.ts";
import { PLAIN } from "../../../../src/terminal/terminal.ts";

const GOOD: Outcome = {
  identifier: "ACR",
  host: "a.azurecr.io",
  kind: "acr",
  outcome: "verified",
  code: null,
  detail: "as bob, stored in memory",
  hint: "",
  expiresAt: null,
};
const BAD: Outcome = {
  ...GOOD,
  identifier: "TEAM",
  host: "ghcr.io",
  kind: "ghcr",
  outcome: "refused",
  code: "credential-refused",
  detail: "the token service ghcr.io rejected the login (403 Forbidden)",
  hint: "check TEAM_CONTAINER_REGISTRY_USER and TEAM_CONTAINER_REGISTRY_PASSWORD (mistyped, expired, revoked?), then run registry-login",
};

const say = (outcomes: readonly Outcome[], terminal = PLAIN): string =>
  loginText({ outcomes, skipped: [], notes: [] }, terminal);

test("a log gets one block of plain lines that ends with the command that explains the problem", () => {
  expect(say([GOOD, BAD])).toBe(
    `registry-login: 1 of 2 registries ready
  ACR   verified  a.azurecr.io  as bob, stored in memory
  TEAM  rejected  ghcr.io       ${BAD.detail}
      -> ${BAD.hint}
  to find out why: registry-login doctor ghcr.io
`,
  );
});

describe("the command that explains a problem", () => {
  test("is not named without a problem or without verification", () => {
    const unasked: Outcome = { ...GOOD, outcome: "unreachable", detail: "not checked" };
    expect(say([GOOD, unasked])).not.toContain("doctor");
  });

  test("names every host once, if there are few", () => {
    const hosts = (names: readonly string[]) => say(names.map((host) => ({ ...BAD, host })));
    expect(hosts(["a.io", "b.io", "a.io"])).toMatch(/: registry-login doctor a\.io b\.io\n$/);
    expect(hosts(["a.io", "b.io", "c.io", "d.io"])).toMatch(/: registry-login doctor\n$/);
  });

  test("names no host if a server is not a host", () => {
    expect(say([BAD, { ...BAD, host: null, kind: null }])).toMatch(/: registry-login doctor\n$/);
  });
});

test.each([30, 50, 60])(
  "a terminal of %i columns gets colors, and no line is wider, unless it is one word",
  (columns) => {
    const unasked: Outcome = { ...GOOD, outcome: "unreachable", host: "a-registry-with-a-long-name.example.com" };
    const text = say([GOOD, BAD, unasked], { color: true, unicode: true, columns });
    expect(text).not.toBe(stripVTControlCharacters(text));
    const lines = stripVTControlCharacters(text).split("\n");
    expect(lines.filter((line) => line.length > columns && line.trim().includes(" "))).toEqual([]);
    const unwrapped = lines.map((line) => line.trim()).join(" ");
    for (const whole of [BAD.hint, "1 of 3 registries ready, 1 not checked"]) expect(unwrapped).toContain(whole);
  },
);
