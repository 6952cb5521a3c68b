import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { login } from "../../../src/commands/login/login.ts";
import { plan } from "../../../src/commands/plan/plan.ts";
import type { Environment } from "../../../src/platform/environment.ts";
import { authOf } from "../../support/encoding.ts";
import { refusedExport, runExport } from "../../support/export.ts";
import { leakedPieces, leaks } from "../../support/leaks.ts";
import { answer, startServer } from "../../support/misbehaving-server.ts";
import { printed } from "../../support/printed.ts";
import { scriptKubectl } from "../../support/scripted-kubectl.ts";
import { filesBelow, logIn, makeHome, secrets, type TempHome } from "../../support/temp-home.ts";

/** All that plan and login say of these variables, as text and as JSON. */
async function everythingSaid(env: Environment, home: TempHome, options = {}): Promise<string> {
  const said: string[] = [];
  for (const json of [true, false]) {
    const context = home.context(env);
    const flags = { options: { timeout: "1", verify: "false", ...options }, json, onlyChanged: false };
    for (const result of [plan(context, options, json), login(context, flags)]) {
      const { stdout, stderr } = await printed(context, result);
      said.push(stdout, stderr);
    }
  }
  return said.join("");
}

const SECRETS: readonly (readonly [string, string])[] = [
  ["a word", "Hunter2-Hunter2"],
  ["a word that could be a host", "Hunter2.Secret.Example"],
  ["a word that could be a short host", "Hunter2Secret"],
  ["a GitHub token", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"],
  ["an AWS key", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
  ["a long token", `eyJ0eXAi_${"QnJvYWRjYXN0".repeat(20)}.c2lnbmF0dXJl`],
  ["an address", "https://hooks.example.com/planted-path-planted"],
  ["quotes and slashes", 'pa"ss\\word/with $igns & %41+='],
  ["UTF-8", "pässwörd-日本語-🔑"],
  ["of 48 KB", "0123456789abcdef".repeat(3 * 1024)],
  ["many lines", '{\n  "type": "service_account",\n  "private_key": "-----BEGIN KEY-----\\nMIIEvQ\\n"\n}'],
];

describe.each(SECRETS)("the secret is %s", (_, password) => {
  const swap = (server: string, user: string): Record<string, string> => ({
    ...secrets("A", server, user, password),
    ...secrets("B", "quay.io", "alice", "an-innocent-password"),
  });

  test.each([
    ["everything is as it should be", swap("a.azurecr.io", "bob")],
    ["the server holds it", swap(password, "bob")],
    ["the server holds user and password", swap(`https://bob:${password}@a.azurecr.io`, "bob")],
    ["the server holds it behind a scheme", swap(`http://${password}`, "bob")],
    ["the server holds it behind a colon", swap(`a.azurecr.io:${password}`, "bob")],
    ["the server holds it as a path", swap(`a.azurecr.io/${password}`, "bob")],
    ["the server holds its base64", swap(authOf("bob", password), "bob")],
    ["the user holds it", swap("a.azurecr.io", password)],
    ["user and password are in one", swap("a.azurecr.io", `bob:${password}`)],
    ["no server at all", swap("", "bob")],
    ["no user", swap("a.azurecr.io", "")],
    ["a web site as the server", swap("hub.docker.com", "bob")],
  ])("%s", async (_, env) => {
    const user = env.A_CONTAINER_REGISTRY_USER ?? "";
    const said = await everythingSaid(env, makeHome());
    expect(leaks(said, user, password)).toEqual([]);
    expect(said).toContain("quay.io");
  });
});

// A host name ends at the first slash, and long texts are shortened: what is left must not be readable either.
test.each(SECRETS.filter(([name]) => /token|key/.test(name)))(
  "no piece of %s instead of a server",
  async (_, token) => {
    const said = await everythingSaid(secrets("A", token, "bob", token), makeHome());
    expect(leakedPieces(said, token)).toEqual([]);
  },
);

const PASSWORD = "Hunter2-Hunter2";
const env = (host: string): Record<string, string> => secrets("A", host, "bob", PASSWORD);

test("a broken config.json that contains it", async () => {
  const home = makeHome();
  for (const text of [
    `{"auths": ${PASSWORD}`,
    `{"auths":"${PASSWORD}"}`,
    `{"credHelpers":{"x":{"a":"${PASSWORD}"}}}`,
  ]) {
    home.writeConfig(text);
    const said = await everythingSaid(env("a.azurecr.io"), home);
    expect([leaks(said, "bob", PASSWORD), said]).toEqual([[], expect.stringContaining("was not changed")]);
  }
});

test("every storage, for a first and a second run", async () => {
  const home = makeHome();
  for (const storage of ["memory", "disk", "plaintext"]) {
    const said = await everythingSaid(env("a.azurecr.io"), home, { storage });
    expect(leaks(said, "bob", PASSWORD)).toEqual([]);
  }
});

test("a registry that repeats it in every part of an answer", async () => {
  const echo = `${PASSWORD} ${authOf("bob", PASSWORD)}`;
  const headers = {
    "retry-after": `${"9".repeat(30)} ${echo}`,
    "www-authenticate": [`Digest realm="${echo}"`, `Hunter2-Hunter2 realm="x"`],
    location: `https://${PASSWORD}.example/${PASSWORD}`,
    "x-error": echo,
  };
  for (const status of [301, 400, 401, 403, 429]) {
    const server = await startServer((response) => answer(response, status, headers, echo));
    const said = await everythingSaid(env(`http://${server.host}`), makeHome(), { verify: "true" });
    expect([status, leaks(said, "bob", PASSWORD)]).toEqual([status, []]);
  }
});

test("options that do not fit the secret", async () => {
  const said = await everythingSaid(env("a.azurecr.io"), makeHome(), { registries: `A=${PASSWORD}.azurecr.io` });
  expect(said).toContain("A_CONTAINER_REGISTRY_SERVER");
  expect(leaks(said, "bob", PASSWORD)).toEqual([]);
});

describe("an export", () => {
  /** A home folder with a login to this host, and the texts that commands print there. */
  async function loggedIn(password: string) {
    const home = makeHome();
    const kubectl = scriptKubectl(home, { before: `echo "error: ${password} ${authOf("bob", password)}" >&2; exit 1` });
    const world = { PATH: `${kubectl.bin}:${home.context().env.PATH}` };
    await logIn(home.context({ ...world, ...env("a.azurecr.io"), A_CONTAINER_REGISTRY_PASSWORD: password }), {
      verify: "false",
    });
    // A shell without the secrets: only the store knows them.
    return { home, kubectl, context: home.context(world) };
  }

  const FORMATS = ["docker", "docker-auth-config", "kubernetes", "k3s", "podman"] as const;

  test.each(FORMATS)("as %s shows its secrets on stdout alone, and in a file to its owner alone", async (format) => {
    const { home, context } = await loggedIn(PASSWORD);
    const printed = await runExport(context, [format, "a.azurecr.io"]);
    expect(leaks(printed.stderr, "bob", PASSWORD)).toEqual([]);
    const output = join(home.folder, "exported");
    const written = await runExport(context, [format, "a.azurecr.io"], { output });
    expect(leaks(written.stdout + written.stderr, "bob", PASSWORD)).toEqual([]);
    expect([readFileSync(output, "utf8"), statSync(output).mode & 0o777]).toEqual([printed.stdout, 0o600]);
    // For everybody who looks for a secret in it, it is there.
    const config = format === "kubernetes" ? JSON.parse(printed.stdout).data[".dockerconfigjson"] : "";
    const text = printed.stdout + Buffer.from(config, "base64").toString("utf8");
    expect(leaks(text, "bob", PASSWORD)).not.toEqual([]);
  });

  test.each(SECRETS.filter(([name]) => name !== "many lines"))(
    "that is refused, or that a cluster refuses, repeats nothing: %s",
    async (_, password) => {
      const { context, kubectl, home } = await loggedIn(password);
      const lines: string[] = [];
      const watching = { print: (text: string) => void lines.push(text), pause: async () => false };
      const refusals = [
        await refusedExport(context, ["docker"], { stdout: "terminal" }),
        await refusedExport(context, ["docker", password]),
        await refusedExport(context, [password]),
        await refusedExport(context, ["kubernetes"], { watching }),
      ];
      expect(refusals.at(-1)?.code).toBe("kubectl-failed");
      const { stdout } = await printed(context, { stdout: JSON.stringify({ refusals, lines }), exitCode: 2 });
      expect(leaks(stdout, "bob", password)).toEqual([]);
      expect(leaks(kubectl.log(), "bob", password)).toEqual([]);
      expect(filesBelow(home.folder).filter((file) => file.includes("export"))).toEqual([]);
    },
  );

  test("hands a cluster its secrets at kubectl's input, and neither as an argument nor in its environment", async () => {
    const home = makeHome();
    const kubectl = scriptKubectl(home, { namespace: "dev" });
    const world = { PATH: `${kubectl.bin}:${home.context().env.PATH}`, ...env("a.azurecr.io") };
    await logIn(home.context(world), { verify: "false" });
    const lines: string[] = [];
    const watching = { print: (text: string) => void lines.push(text), pause: async () => false };
    await runExport(home.context(world), ["kubernetes"], { watching, serviceAccount: "default" });
    const { items } = JSON.parse(kubectl.applied());
    const config = Buffer.from(items[0].data[".dockerconfigjson"], "base64").toString("utf8");
    expect(config).toContain(PASSWORD);
    expect(leaks(kubectl.log() + lines.join(""), "bob", PASSWORD)).toEqual([]);
    expect(kubectl.log()).toContain("--server-side\n");
    expect(lines.join("")).toContain("to the Secret registry-login in the namespace dev of the cluster kind-dev");
  });
});
