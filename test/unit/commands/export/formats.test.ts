import { describe, expect, test } from "vitest";
import type { Format } from "../../../../src/commands/export/formats.ts";
import type { Context } from "../../../../src/context.ts";
import {
  type ReadLogin,
  readAsDockerVariable,
  readAsEnvbuilder,
  readAsK3s,
  readAsKubelet,
} from "../../../support/config-readers.ts";
import { authOf, base64, makeJwt } from "../../../support/encoding.ts";
import { dockerLogin, refusedExport, runExport } from "../../../support/export.ts";
import { makeHome } from "../../../support/temp-home.ts";

const HUB = "https://index.docker.io/v1/";
const ACR_USER = "00000000-0000-0000-0000-000000000000";
const ACR_TOKEN = makeJwt({ exp: 4_000_000_000 });

/** A login as `docker login` stores it, and as every other program has to present it. */
interface Row {
  readonly name: string;
  readonly host: string;
  readonly stored: readonly [user: string, secret: string];
  readonly user: string;
  /** The key in docker's config.json, in podman's, and the host that containerd sends requests to. */
  readonly dockerKey: string;
  readonly endpoint: string;
}

const plain = (host: string) =>
  ({ host, dockerKey: host, endpoint: host, stored: ["bob", "a-password"], user: "bob" }) as const;

const ROWS: readonly Row[] = [
  { name: "a user and a password", ...plain("ghcr.io") },
  { name: "a registry with a port", ...plain("registry.example.com:5000") },
  { name: "Docker Hub", ...plain("docker.io"), dockerKey: HUB, endpoint: "registry-1.docker.io" },
  { name: "a password with every sign", ...plain("quay.io"), stored: ["bob", "p:a\"s\\s 'w,o|r$d é€😀 \t="] },
  { name: "an Azure refresh token", ...plain("acme.azurecr.io"), stored: ["<token>", ACR_TOKEN], user: ACR_USER },
];

async function loggedIn(...rows: readonly Pick<Row, "host" | "stored">[]): Promise<Context> {
  const context = makeHome().context();
  for (const { host, stored } of rows) await dockerLogin(context, host === "docker.io" ? HUB : host, ...stored);
  return context;
}

async function exported(format: Format, context: Context, hosts: readonly string[], flags = {}): Promise<string> {
  const { stdout, exitCode } = await runExport(context, [format, ...hosts], flags);
  expect(exitCode).toBe(0);
  return stdout;
}

/** The config.json in a Secret. */
function configIn(secret: string): string {
  return Buffer.from(JSON.parse(secret).data[".dockerconfigjson"], "base64").toString("utf8");
}

describe.each(ROWS)("$name", ({ host, stored, user, dockerKey, endpoint }) => {
  const login: ReadLogin = { username: user, password: stored[1] };

  test("docker", async () => {
    const text = await exported("docker", await loggedIn({ host, stored }), [host]);
    expect(JSON.parse(text)).toEqual({ auths: { [dockerKey]: { auth: authOf(user, stored[1]) } } });
  });

  test("podman", async () => {
    const text = await exported("podman", await loggedIn({ host, stored }), [host]);
    expect(JSON.parse(text)).toEqual({ auths: { [host]: { auth: authOf(user, stored[1]) } } });
  });

  test("docker-auth-config, on one line, for docker and for envbuilder", async () => {
    const context = await loggedIn({ host, stored });
    const line = await exported("docker-auth-config", context, [host]);
    expect(line).toMatch(/^[^\n]+\n$/);
    expect(readAsDockerVariable(line, dockerKey)).toEqual(login);
    const encoded = await exported("docker-auth-config", context, [host], { base64: true });
    expect(encoded).toBe(`${base64(line.trimEnd())}\n`);
    expect(readAsEnvbuilder(encoded, host)).toEqual(login);
  });

  test("kubernetes, as kubelet reads it", async () => {
    const config = configIn(await exported("kubernetes", await loggedIn({ host, stored }), [host]));
    expect(readAsKubelet(config, `${host}/acme/app`)).toEqual([login]);
    // As kubectl itself writes it.
    expect(JSON.parse(config)).toEqual({
      auths: { [dockerKey]: { username: user, password: stored[1], auth: authOf(user, stored[1]) } },
    });
  });

  test("k3s, as containerd reads it", async () => {
    expect(readAsK3s(await exported("k3s", await loggedIn({ host, stored }), [host]), endpoint)).toEqual(login);
  });
});

describe("an identity token of a registry that accepts it only as such", () => {
  const row = { host: "registry.example.com", stored: ["<token>", "opaque-refresh-token"] } as const;

  test.each([
    ["docker", { auths: { [row.host]: { auth: authOf("<token>", ""), identitytoken: row.stored[1] } } }],
    ["podman", { auths: { [row.host]: { auth: authOf("<token>", ""), identitytoken: row.stored[1] } } }],
    ["k3s", { configs: { [row.host]: { auth: { identity_token: row.stored[1] } } } }],
  ] as const)("%s has a field for it", async (format, expected) => {
    expect(JSON.parse(await exported(format, await loggedIn(row), [row.host]))).toEqual(expected);
  });

  test.each(["kubernetes", "docker-auth-config"] as const)("%s has none, and nothing is written", async (format) => {
    const { code, message } = await refusedExport(await loggedIn(row), [format, row.host]);
    expect([code, message]).toEqual(["export-identity-token", expect.stringContaining(row.host)]);
  });

  test("from docker's own file", async () => {
    const home = makeHome();
    const entry = { auth: authOf("bob", ""), identitytoken: "opaque-refresh-token" };
    home.writeConfig(JSON.stringify({ auths: { [row.host]: entry, "acme.azurecr.io": entry } }));
    const { code } = await refusedExport(home.context(), ["kubernetes", row.host]);
    expect(code).toBe("export-identity-token");
    const config = configIn(await exported("kubernetes", home.context(), ["acme.azurecr.io"]));
    expect(readAsKubelet(config, "acme.azurecr.io/app")).toEqual([
      { username: ACR_USER, password: entry.identitytoken },
    ]);
  });
});

describe("no format holds more registries than asked for", () => {
  const others = ["ghcr.io", "quay.io", "registry.example.com"].map((host) => ({
    host,
    stored: ["bob", `password-of-${host}`] as const,
  }));
  const formats = ["docker", "docker-auth-config", "kubernetes", "k3s", "podman"] as const;

  /** All that could be decoded from a text. */
  const decoded = (text: string): string => {
    const words = text.match(/[A-Za-z0-9+/]{16,}={0,2}/g) ?? [];
    const inner = words.map((word) => Buffer.from(word, "base64").toString("utf8"));
    return inner.length === 0 ? text : [text, ...inner.map(decoded)].join("\n");
  };

  test.each(formats)("%s", async (format) => {
    const text = decoded(await exported(format, await loggedIn(...others), ["quay.io"]));
    expect(text).toContain("password-of-quay.io");
    expect(text).not.toMatch(/ghcr\.io|registry\.example\.com/);
  });

  test.each(formats)("%s with several, or with all", async (format) => {
    const context = await loggedIn(...others);
    const text = decoded(await exported(format, context, ["quay.io", "https://GHCR.io/", "quay.io"]));
    expect(text).not.toContain("registry.example.com");
    const all = decoded(await exported(format, context, [], { all: true }));
    for (const { host } of others) expect(all).toContain(`password-of-${host}`);
  });
});

describe("a Secret", () => {
  test("has a label, and an annotation with the time at which the first login expires", async () => {
    const row = { host: "acme.azurecr.io", stored: ["<token>", ACR_TOKEN] } as const;
    const context = await loggedIn(row, { host: "ghcr.io", stored: ["bob", "a-password"] });
    const secret = JSON.parse(await exported("kubernetes", context, [], { all: true }));
    expect(secret).toMatchObject({
      apiVersion: "v1",
      kind: "Secret",
      type: "kubernetes.io/dockerconfigjson",
      metadata: {
        name: "registry-login",
        labels: { "app.kubernetes.io/managed-by": "registry-login" },
        annotations: { "registry-login.github.io/valid-until": new Date(4_000_000_000_000).toISOString() },
      },
    });
    expect(secret.metadata).not.toHaveProperty("namespace");
    const lasting = JSON.parse(await exported("kubernetes", context, ["ghcr.io"]));
    expect(lasting.metadata).not.toHaveProperty("annotations");
  });

  test("has the name and the namespace of the command, and a service account that uses it", async () => {
    const context = await loggedIn({ host: "ghcr.io", stored: ["bob", "a-password"] });
    const flags = { name: "pull.team-1", namespace: "dev", serviceAccount: "default" };
    const list = JSON.parse(await exported("kubernetes", context, ["ghcr.io"], flags));
    expect(list).toMatchObject({
      kind: "List",
      items: [
        { kind: "Secret", metadata: { name: "pull.team-1", namespace: "dev" } },
        {
          kind: "ServiceAccount",
          metadata: { name: "default", namespace: "dev" },
          imagePullSecrets: [{ name: "pull.team-1" }],
        },
      ],
    });
  });
});
