import { describe, expect, test } from "vitest";
import { proxyFor } from "../../../src/network/proxy.ts";

const PROXY = { HTTPS_PROXY: "http://proxy.example:3128" };
const REGISTRY = "https://registry.corp.example/v2/";

function hostOfProxy(url: string, env: Readonly<Record<string, string>>): string | null {
  return proxyFor(new URL(url), env)?.host ?? null;
}

// Source of all rows: golang.org/x/net/http/httpproxy, config.go and its tests (proxy_test.go).
describe("NO_PROXY", () => {
  test.each([
    ["corp.example", REGISTRY, true],
    ["registry.corp.example", REGISTRY, true],
    [".corp.example", REGISTRY, true],
    ["*.corp.example", REGISTRY, true],
    [".corp.example", "https://corp.example", false],
    ["*.corp.example", "https://corp.example", false],
    ["corp.example", "https://notcorp.example", false],
    ["*", REGISTRY, true],
    ["other.example, * ", REGISTRY, true],
    [" other.example ,corp.example ", REGISTRY, true],
    ["CORP.EXAMPLE", REGISTRY, true],
    ["corp.example:443", REGISTRY, true],
    ["corp.example:5000", REGISTRY, false],
    ["corp.example:5000", "https://registry.corp.example:5000", true],
    ["10.0.0.0/8", "https://10.1.2.3", true],
    ["10.0.0.0/8", "https://11.1.2.3", false],
    ["10.0.0.0/8", REGISTRY, false],
    ["10.1.2.3", "https://10.1.2.3:5000", true],
    ["10.1.2.3:5000", "https://10.1.2.3:5000", true],
    ["10.1.2.3:5000", "https://10.1.2.3", false],
    ["2001:db8::/32", "https://[2001:db8::1]", true],
    ["2001:db8::1", "https://[2001:db8::1]:5000", true],
    ["[2001:db8::1]:5000", "https://[2001:db8::1]:5000", true],
    ["", REGISTRY, false],
    [",,", REGISTRY, false],
    [":443", REGISTRY, false],
    ["10.0.0.0/33", "https://10.1.2.3", false],
  ])("%j covers %s: %s", (NO_PROXY, url, isCovered) => {
    expect(hostOfProxy(url, { ...PROXY, NO_PROXY })).toBe(isCovered ? null : "proxy.example:3128");
  });

  test("is read in lower case where it is not set in upper case", () => {
    expect(hostOfProxy(REGISTRY, { ...PROXY, no_proxy: "corp.example" })).toBeNull();
    expect(hostOfProxy(REGISTRY, { ...PROXY, NO_PROXY: "other.example", no_proxy: "corp.example" })).not.toBeNull();
  });
});

describe("the proxy", () => {
  test.each([
    [{ HTTPS_PROXY: "proxy.example:3128" }, REGISTRY, "proxy.example:3128"],
    [{ https_proxy: "proxy.example:3128" }, REGISTRY, "proxy.example:3128"],
    [{ HTTPS_PROXY: "a.example:1", https_proxy: "b.example:2" }, REGISTRY, "a.example:1"],
    [{ HTTP_PROXY: "proxy.example:3128" }, REGISTRY, null],
    [{ ALL_PROXY: "proxy.example:3128", all_proxy: "proxy.example:3128" }, REGISTRY, null],
    [{ HTTPS_PROXY: "" }, REGISTRY, null],
    [{ HTTPS_PROXY: "proxy.example:3128" }, "https://localhost:5000", null],
    [{ HTTPS_PROXY: "proxy.example:3128" }, "https://127.0.0.5", null],
    [{ HTTPS_PROXY: "proxy.example:3128" }, "https://[::1]:5000", null],
    [{ HTTPS_PROXY: "https://proxy.example" }, REGISTRY, "proxy.example"],
  ] as [Record<string, string>, string, string | null][])("of %j for %s is %s", (env, url, proxy) => {
    expect(hostOfProxy(url, env)).toBe(proxy);
  });

  test.each([
    ["socks5://proxy.example", "ERR_PROXY_SCHEME"],
    ["http://user:50%off@proxy.example", "ERR_PROXY_ADDRESS"],
    ["http://", "ERR_PROXY_ADDRESS"],
  ])("%s fails with %s", (HTTPS_PROXY, code) => {
    expect(() => proxyFor(new URL(REGISTRY), { HTTPS_PROXY })).toThrow(expect.objectContaining({ code }));
  });
});
