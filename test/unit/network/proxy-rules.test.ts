import { expect, test } from "vitest";
import { isProxyIgnored, proxyFor } from "../../../src/network/proxy.ts";
import { PROXY_RULES, withPort } from "../../support/proxy-rows.ts";

const PORT = 3128;

test.each([...PROXY_RULES.noProxy, ...PROXY_RULES.internationalNames])(
  "NO_PROXY=$noProxy covers $url: $isCovered",
  ({ noProxy, url, isCovered }) => {
    const env = { HTTPS_PROXY: `http://127.0.0.1:${PORT}`, NO_PROXY: noProxy };
    expect(proxyFor(new URL(url), env)?.port ?? null).toBe(isCovered ? null : String(PORT));
  },
);

test.each(PROXY_RULES.variables)("$env for $url: $expected", ({ env, url, expected }) => {
  const ask = (): URL | null => proxyFor(new URL(url), withPort(env, PORT));
  if (expected === "unknown") expect(ask).toThrow(expect.objectContaining({ code: "ERR_PROXY_SCHEME" }));
  else expect(ask()?.port ?? null).toBe(expected === "proxy" ? String(PORT) : null);
});

test.each([
  ["http://user:50%off@proxy.example", true],
  ["http://", true],
  ["http://[::1", true],
  ["http://proxy.example", false],
  ["socks5h://proxy.example", false],
  ["", false],
])("the address %j is ignored, which is reported: %s", (HTTPS_PROXY, isIgnored) => {
  expect(isProxyIgnored(new URL("https://registry.corp.example"), { HTTPS_PROXY })).toBe(isIgnored);
  expect(isProxyIgnored(new URL("https://localhost"), { HTTPS_PROXY })).toBe(false);
});
