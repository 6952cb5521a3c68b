import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { AWS_KEY } from "../../../support/aws-endpoint.ts";
import { awsSecrets, setUpAws } from "../../../support/aws-setup.ts";
import { runLine } from "../../../support/command-line.ts";
import { authOf, makeJwt } from "../../../support/encoding.ts";
import { dockerLogin, refusedExport, runExport } from "../../../support/export.ts";
import { startDownRegistry } from "../../../support/misbehaving-server.ts";
import { logIn, makeHome, onHost, secrets, type TempHome } from "../../../support/temp-home.ts";

const PASSWORD = "a-secret-password";
const ENV = { ...secrets("A", "ghcr.io", "bob", PASSWORD), ...secrets("B", "quay.io", "alice", "another-password") };
const UNCHECKED = { verify: "false", storage: "disk" };

async function loggedIn(env: Record<string, string> = ENV, options = UNCHECKED): Promise<TempHome> {
  const home = makeHome();
  await logIn(home.context(env), options);
  return home;
}

/** The `auth` of each key in what was printed. */
function authsIn(text: string): Record<string, string> {
  const { auths } = JSON.parse(text) as { auths: Record<string, { auth: string }> };
  return Object.fromEntries(Object.entries(auths).map(([key, { auth }]) => [key, auth]));
}

describe("which registries", () => {
  test("the one that a person names, in a shell without the secrets", async () => {
    const { stdout, stderr } = await runExport((await loggedIn()).context(), ["docker", "quay.io"]);
    expect(authsIn(stdout)).toEqual({ "quay.io": authOf("alice", "another-password") });
    expect(stderr).toBe("registry-login: exported 1 registry in the format docker\n  +  quay.io  as alice\n");
  });

  test("the only one, if none is named", async () => {
    const home = await loggedIn(secrets("A", "ghcr.io", "bob", PASSWORD));
    const { stdout } = await runExport(home.context(), ["docker"]);
    expect(authsIn(stdout)).toEqual({ "ghcr.io": authOf("bob", PASSWORD) });
  });

  test.each([
    { what: "several, and none is named", operands: ["docker"], code: "export-what", says: "ghcr.io, quay.io" },
    { what: "no login to one of them", operands: ["docker", "ghcr.io", "x.io"], code: "export-no-login", says: "x.io" },
    { what: "no host", operands: ["docker", "ghcr.io", "a b"], code: "export-form", says: "argument 3" },
    { what: "npm's registry", operands: ["docker", "npm.pkg.github.com"], code: "export-npm", says: "npm" },
    { what: "no format", operands: [], code: "export-format", says: "docker, docker-auth-config, kubernetes" },
    { what: "a format that there is not", operands: ["yaml"], code: "export-format", says: "k3s or podman" },
  ])("$what: nothing is exported", async ({ operands, code, says }) => {
    const refused = await refusedExport((await loggedIn()).context(), operands);
    expect(refused.code).toBe(code);
    expect(`${refused.message} ${refused.hint}`).toContain(says);
  });

  test("nothing is logged in", async () => {
    expect((await refusedExport(makeHome().context(), ["docker"])).code).toBe("export-nothing");
    expect((await refusedExport(makeHome().context(), ["docker"], { all: true })).code).toBe("export-nothing");
  });

  test("--all leaves out what failed, and npm's", async () => {
    const jwt = makeJwt({ exp: 1_000_000_000 });
    const failing = secrets("C", "acme.azurecr.io", "00000000-0000-0000-0000-000000000000", jwt);
    const home = await loggedIn({ ...ENV, ...failing, ...secrets("N", "npm.pkg.github.com", "bob", "ghp_0123456789") });
    const { stdout } = await runExport(home.context(), ["podman"], { all: true });
    expect(Object.keys(authsIn(stdout)).sort()).toEqual(["ghcr.io", "quay.io"]);
    const { code } = await refusedExport(home.context(), ["podman", "acme.azurecr.io"]);
    expect(code).toBe("acr-token-expired");
  });

  test("a login that was lost with the container says so", async () => {
    const home = await loggedIn(ENV, { ...UNCHECKED, storage: "memory" });
    for (const name of readdirSync(home.memory)) rmSync(join(home.memory, name), { recursive: true });
    const { code } = await refusedExport(home.context(), ["docker", "ghcr.io"]);
    expect(code).toBe("vault-gone");
  });
});

describe("where the login is from", () => {
  test("a login by hand comes before the one of the secrets, as for a pull", async () => {
    const home = await loggedIn();
    await dockerLogin(home.context(), "ghcr.io", "carol", "her-password");
    const { stdout } = await runExport(home.context(), ["docker", "ghcr.io"]);
    expect(authsIn(stdout)).toEqual({ "ghcr.io": authOf("carol", "her-password") });
  });

  test("docker's own file, where it is plain text or nothing else has a login", async () => {
    const home = await loggedIn(secrets("A", "ghcr.io", "bob", PASSWORD), { ...UNCHECKED, storage: "plaintext" });
    const { stdout } = await runExport(home.context(), ["docker"]);
    expect(authsIn(stdout)).toEqual({ "ghcr.io": authOf("bob", PASSWORD) });
    const other = makeHome();
    other.writeConfig(JSON.stringify({ auths: { "quay.io": { auth: authOf("alice", PASSWORD) } } }));
    expect(authsIn((await runExport(other.context(), ["podman", "quay.io"])).stdout)).toEqual({
      "quay.io": authOf("alice", PASSWORD),
    });
  });

  test("a credential store of the machine", async () => {
    const home = onHost(makeHome());
    const bin = join(home.folder, "bin");
    mkdirSync(bin);
    const answer = JSON.stringify({ ServerURL: "ghcr.io", Username: "bob", Secret: PASSWORD });
    writeFileSync(join(bin, "docker-credential-safe"), `#!/bin/sh\necho '${answer}'\n`, { mode: 0o755 });
    home.writeConfig('{"credsStore":"safe"}');
    const { stdout } = await runExport(home.context({ PATH: `${bin}:/usr/bin:/bin` }), ["docker", "ghcr.io"]);
    expect(authsIn(stdout)).toEqual({ "ghcr.io": authOf("bob", PASSWORD) });
  });

  test("GITHUB_TOKEN, which ends with the codespace", async () => {
    const codespace = { CODESPACES: "true", GITHUB_USER: "bob", GITHUB_TOKEN: "ghu_0123456789abcdef" };
    const home = await loggedIn(codespace);
    const { stdout, stderr } = await runExport(home.context(codespace), ["docker", "ghcr.io"]);
    expect(authsIn(stdout)).toEqual({ "ghcr.io": authOf("bob", codespace.GITHUB_TOKEN) });
    expect(stderr).toContain("!  ghcr.io  as bob, valid until this codespace ends\n");
  });

  test("an Azure token that expired: nothing is exported", async () => {
    const home = makeHome();
    const at = Math.floor(Date.now() / 1000) + 60;
    await dockerLogin(home.context(), "acme.azurecr.io", "<token>", makeJwt({ exp: at }));
    const context = { ...home.context(), now: () => (at + 1) * 1000 };
    const refused = await refusedExport(context, ["kubernetes", "acme.azurecr.io"]);
    expect(refused.code).toBe("export-expired");
    expect(refused.message).toContain(new Date(at * 1000).toISOString());
  });
});

describe("an AWS token", () => {
  test.each(["memory", "plaintext"])("is renewed first, and says how long it is valid (%s)", async (storage) => {
    const { aws, at } = await setUpAws();
    const env = awsSecrets();
    await logIn(at(0, env), { verify: "false", storage });
    const { stdout, stderr } = await runExport(at(7, env), ["docker"]);
    const [auth = ""] = Object.values(authsIn(stdout));
    expect(aws.tokens).toHaveLength(2);
    expect(auth).toBe(authOf("AWS", aws.tokens[1] ?? ""));
    expect(stderr).toMatch(
      /! +\S+\.amazonaws\.com +as AWS, valid until \S+ \S+ UTC \(in 1[12] hours\)\n +-> run this again/,
    );
  });

  test("in the first half of its life is exported as it is", async () => {
    const { aws, at } = await setUpAws();
    await logIn(at(0, awsSecrets()), { verify: "false" });
    await runExport(at(5), ["kubernetes"]);
    expect(aws.tokens).toHaveLength(1);
  });

  test("tells when it expires, where nobody wrote that down", async () => {
    const { home } = await setUpAws();
    const token = Buffer.from(JSON.stringify({ payload: "x", expiration: 4_000_000_000 })).toString("base64");
    await dockerLogin(home.context(), "123456789012.dkr.ecr.eu-west-1.amazonaws.com", "AWS", token);
    const { stdout } = await runExport(home.context(), ["kubernetes"]);
    const validUntil = new Date(4_000_000_000_000).toISOString();
    expect(JSON.parse(stdout).metadata.annotations).toEqual({ "registry-login.github.io/valid-until": validUntil });
  });

  test("that cannot be made anew is exported as docker's file has it", async () => {
    const { aws, at } = await setUpAws();
    await logIn(at(0, awsSecrets()), { verify: "false", storage: "plaintext" });
    aws.fault = "error";
    const { stdout } = await runExport(at(7, awsSecrets()), ["docker"]);
    expect(Object.values(authsIn(stdout))).toEqual([authOf("AWS", aws.tokens[0] ?? "")]);
  });

  test("that cannot be renewed is exported while it is valid, and nothing afterwards", async () => {
    const { aws, at } = await setUpAws();
    await logIn(at(0, awsSecrets()), { verify: "false" });
    aws.fault = "error";
    expect((await runExport(at(7), ["docker"])).stderr).toContain("(in 4 hours)");
    expect((await refusedExport(at(13), ["docker"])).message).not.toContain(AWS_KEY.secretAccessKey);
  });
});

describe("a file", () => {
  const mode = (file: string): number => statSync(file).mode & 0o7777;

  test("that only its owner can read, in a folder that did not exist", async () => {
    const home = await loggedIn();
    const output = join(home.folder, "new", "auth.json");
    const { stdout, stderr } = await runExport(home.context(), ["podman", "ghcr.io"], { output });
    expect(stdout).toBe(
      `registry-login: exported 1 registry to ${output} in the format podman\n  +  ghcr.io  as bob\n`,
    );
    expect([stderr, mode(output)]).toEqual(["", 0o600]);
    expect(authsIn(readFileSync(output, "utf8"))).toEqual({ "ghcr.io": authOf("bob", PASSWORD) });
    expect(readdirSync(join(home.folder, "new"))).toEqual(["auth.json"]);
  });

  test("that exists stays, unless --force replaces it and closes it to others", async () => {
    const home = await loggedIn();
    const output = join(home.folder, "config.json");
    writeFileSync(output, "mine");
    chmodSync(output, 0o644);
    expect((await refusedExport(home.context(), ["docker", "ghcr.io"], { output })).code).toBe("export-exists");
    expect([readFileSync(output, "utf8"), mode(output)]).toEqual(["mine", 0o644]);
    await runExport(home.context(), ["docker", "ghcr.io"], { output, force: true });
    expect([authsIn(readFileSync(output, "utf8")), mode(output)]).toEqual([
      { "ghcr.io": authOf("bob", PASSWORD) },
      0o600,
    ]);
  });

  test("behind a symlink is replaced, and the symlink stays", async () => {
    const home = await loggedIn();
    const [output, target] = [join(home.folder, "link"), join(home.folder, "target")];
    writeFileSync(target, "");
    symlinkSync(target, output);
    await runExport(home.context(), ["docker", "ghcr.io"], { output, force: true });
    expect(Object.keys(authsIn(readFileSync(target, "utf8")))).toEqual(["ghcr.io"]);
  });

  test("is not written if a login is missing", async () => {
    const home = await loggedIn();
    const output = join(home.folder, "auth.json");
    await refusedExport(home.context(), ["podman", "ghcr.io", "x.io"], { output });
    expect(existsSync(output)).toBe(false);
  });
});

test.each([
  { stdout: "terminal", code: "export-terminal" },
  { stdout: "log", code: "export-log" },
  { stdout: "open-file", code: "export-open-file" },
] as const)("nothing is printed to a $stdout, unless a person insists", async ({ stdout, code }) => {
  const home = await loggedIn();
  const refused = await refusedExport(home.context(), ["podman", "ghcr.io"], { stdout });
  expect([refused.code, refused.hint]).toEqual([code, expect.stringContaining("--output auth.json")]);
  const printed = await runExport(home.context(), ["podman", "ghcr.io"], { stdout, output: "-" });
  expect(authsIn(printed.stdout)).toEqual({ "ghcr.io": authOf("bob", PASSWORD) });
});

describe("a command line that does not fit together", () => {
  test.each([
    { line: "docker --base64", says: "--base64 is for the format docker-auth-config" },
    { line: "k3s --namespace dev", says: "--namespace is for the format kubernetes" },
    { line: "podman --name x", says: "--name is for the format kubernetes" },
    { line: "docker --service-account default", says: "--service-account is for the format kubernetes" },
    { line: "docker ghcr.io --all", says: "--all and hosts exclude each other" },
    { line: "docker --force", says: "--force needs --output" },
    { line: "docker --watch", says: "--watch needs --output" },
    { line: "kubernetes --watch --output -", says: "--watch needs --output" },
    { line: "kubernetes --namespace Dev", says: "--namespace needs lower-case letters" },
    { line: "kubernetes --name a..b", says: "--name needs lower-case letters" },
    { line: "kubernetes --service-account -x", says: "--service-account needs a value" },
    { line: "docker --output", says: "--output needs a value" },
  ])("$line", async ({ line, says }) => {
    const { refusal, exitCode } = await runLine(makeHome(), ["export", ...line.split(" ")]);
    expect([exitCode, refusal?.message]).toEqual([2, expect.stringContaining(says)]);
  });
});

test("--output - prints", async () => {
  const home = await loggedIn();
  const { stdout } = await runLine(home, ["export", "docker", "quay.io", "--output", "-"]);
  expect(authsIn(stdout)).toEqual({ "quay.io": authOf("alice", "another-password") });
});

test("a login that could not be checked is exported, without a request to its registry", async () => {
  const host = await startDownRegistry();
  const home = await loggedIn(secrets("A", host, "bob", PASSWORD));
  expect(authsIn((await runExport(home.context(), ["docker"])).stdout)).toEqual({ [host]: authOf("bob", PASSWORD) });
});
