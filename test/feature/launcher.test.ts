import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ECR_HOST } from "../support/aws-endpoint.ts";
import { awsSecrets, setUpAws } from "../support/aws-setup.ts";
import { writeEnvSecrets } from "../support/codespace.ts";
import { installLauncher } from "../support/launcher.ts";
import { checkRow, PROTOCOL } from "../support/protocol.ts";
import { logIn, logOut, makeHome, secrets, type TempHome } from "../support/temp-home.ts";

const SECRET = 'a "secret" with \\ and ünicode $HOME `id`\nof two lines %s';
const OFFLINE = { verify: "false" };

const answers = (home: TempHome): string => join(home.folder, ".local/state/registry-login/answers");

/** A home folder with a login to a host, and the launcher. */
async function loggedIn(host = "registry.example.com:5000", env: Readonly<Record<string, string>> = {}) {
  const home = makeHome();
  await logIn(home.context({ ...secrets("A", host, "bob", SECRET), ...env }), OFFLINE);
  return { home, launcher: installLauncher(home) };
}

describe.each(["sh", "bash"])("run by %s", (shell) => {
  test.each(PROTOCOL)("$id", async (row) => {
    const { run } = installLauncher(makeHome());
    await checkRow(row, (args, stdin) => run(args, stdin, shell));
  });

  test.each(["registry.example.com:5000", "registry.example.com:5000\n", "registry.example.com:5000\n\n"])(
    "a warm get of %j starts no Node",
    async (input) => {
      const { launcher } = await loggedIn();
      const { stdout, stderr, exitCode } = await launcher.run(["get"], input, shell);
      expect(JSON.parse(stdout)).toEqual({ ServerURL: "registry.example.com:5000", Username: "bob", Secret: SECRET });
      expect([exitCode, stderr, launcher.starts()]).toEqual([0, "", 0]);
    },
  );

  test.each([
    "https+index.docker.io+v1",
    "../answers/docker.io",
    "./docker.io",
    "DOCKER.IO",
    "docker.io\n/x",
    "docker.io\nevil.example",
    "\ndocker.io",
    " docker.io",
    "docker.io ",
    "docker.io.",
    "docker.io:443",
    "bob@docker.io",
    "https://docker.io",
    "*",
    "docker.i?",
    "-n",
    "$(id)",
    "\u212Auay.io",
    "a".repeat(300_000),
    "docker\0.io",
    "docker.io\0",
    "\0docker.io\n",
    `${"\n".repeat(200_000)}docker.io`,
    `docker${"\n".repeat(200_000)}.io`,
    "evil.example",
    "",
  ])("%j gets the same answer as from the agent", async (input) => {
    const { home, launcher } = await loggedIn("docker.io");
    const { stdout, exitCode } = await launcher.run(["get"], input, shell);
    const { credentialHelper } = await import("../../src/commands/credential-helper/credential-helper.ts");
    const agent = await credentialHelper(home.context(), ["get"], async () => input);
    expect([stdout, exitCode]).toEqual([agent.stdout, agent.exitCode]);
    expect(launcher.starts()).toBe(1);
  });
});

test("Docker Hub is cached under all names that clients use", async () => {
  const { launcher } = await loggedIn("docker.io");
  for (const name of ["docker.io", "https://index.docker.io/v1/", "registry-1.docker.io", "registry.hub.docker.com"]) {
    expect(JSON.parse((await launcher.run(["get"], name)).stdout)).toMatchObject({ ServerURL: name, Secret: SECRET });
  }
  expect(launcher.starts()).toBe(0);
});

test("other commands go to the agent and update the cached answer", async () => {
  const { launcher } = await loggedIn("ghcr.io");
  const secretOf = async (): Promise<string> => JSON.parse((await launcher.run(["get"], "ghcr.io")).stdout).Secret;
  await launcher.run(["store"], JSON.stringify({ ServerURL: "ghcr.io", Username: "eve", Secret: "stored" }));
  expect([await secretOf(), launcher.starts()]).toEqual(["stored", 1]);
  await launcher.run(["erase"], "ghcr.io");
  expect([await secretOf(), launcher.starts()]).toEqual([SECRET, 2]);
});

test("a login that changes or is removed updates its cached answer", async () => {
  const { home, launcher } = await loggedIn("ghcr.io");
  await logIn(home.context(secrets("A", "ghcr.io", "bob", "a-new-one")), OFFLINE);
  expect(JSON.parse((await launcher.run(["get"], "ghcr.io")).stdout)).toMatchObject({ Secret: "a-new-one" });
  await logIn(home.context(secrets("A", "quay.io", "bob", SECRET)), OFFLINE);
  await logOut(home.context(), "ghcr.io");
  expect((await launcher.run(["get"], "ghcr.io")).stdout).toBe("credentials not found in native keychain\n");
  expect(readdirSync(answers(home))).toEqual(["quay.io"]);
});

test("a folder of this user's that others led the path to, like a repository's, holds no answer", async () => {
  const { home, launcher } = await loggedIn("ghcr.io");
  const repository = join(home.folder, "repository", "answers");
  mkdirSync(repository, { recursive: true });
  const trap = join(repository, "ghcr.io");
  writeFileSync(trap, '{"ServerURL":"ghcr.io","Username":"eve","Secret":"a-trap"}\n2114380800\n');
  utimesSync(trap, new Date("2037-01-01"), new Date("2037-01-01"));
  const link = join(home.folder, ".local/state/registry-login/answers");
  rmSync(link);
  symlinkSync(repository, link);
  expect(JSON.parse((await launcher.run(["get"], "ghcr.io")).stdout)).toMatchObject({ Secret: SECRET });
  expect(readdirSync(repository)).toEqual(["ghcr.io"]);
});

test("an answer without its last newline is incomplete and not used", async () => {
  const { home, launcher } = await loggedIn("ghcr.io");
  const file = join(answers(home), "ghcr.io");
  const { atime, mtime } = statSync(file);
  writeFileSync(file, readFileSync(file, "utf8").slice(0, 20));
  utimesSync(file, atime, mtime);
  expect(JSON.parse((await launcher.run(["get"], "ghcr.io")).stdout)).toMatchObject({ Secret: SECRET });
  expect(launcher.starts()).toBe(1);
});

test("a token of AWS is fresh until half of its life, and valid until its end", async () => {
  const { home, at, aws } = await setUpAws();
  await logIn(at(0, awsSecrets()), OFFLINE);
  const file = join(answers(home), ECR_HOST);
  const hours = (statSync(file).mtimeMs - Date.now()) / 3600_000;
  expect(Math.round(hours)).toBe(6);
  const [answer = "", validUntil] = readFileSync(file, "utf8").split("\n");
  expect(JSON.parse(answer)).toEqual({ ServerURL: ECR_HOST, Username: "AWS", Secret: aws.tokens[0] });
  expect(Math.round((Number(validUntil) * 1000 - Date.now()) / 3600_000)).toBe(12);
});

test("no answer is cached for a GITHUB_TOKEN", async () => {
  const home = makeHome();
  await logIn(home.context({ CODESPACES: "true", GITHUB_USER: "mona", GITHUB_TOKEN: "ghu_0123456789" }), OFFLINE);
  expect(lstatSync(answers(home), { throwIfNoEntry: false })).toBeUndefined();
});

test("in a codespace whose secrets file is newer than the login, the agent answers", async () => {
  const home = makeHome();
  writeEnvSecrets(home, secrets("A", "ghcr.io", "bob", SECRET));
  await logIn(home.context({ CODESPACES: "true" }), OFFLINE);
  const codespace = installLauncher(home, { CODESPACES: "true" });
  const get = async (shell: string): Promise<number> => {
    const before = codespace.starts();
    expect(JSON.parse((await codespace.run(["get"], "ghcr.io", shell)).stdout)).toMatchObject({ Secret: SECRET });
    return codespace.starts() - before;
  };
  for (const shell of ["sh", "bash"]) expect(await get(shell)).toBe(0);
  const later = Date.now() / 1000 + 10;
  utimesSync(home.context().codespacesFile, later, later);
  for (const shell of ["sh", "bash"]) expect(await get(shell)).toBe(1);
});

test("cached answers are next to the credentials, readable for their owner only", async () => {
  const { home } = await loggedIn("ghcr.io");
  expect(statSync(join(answers(home), "ghcr.io")).mode & 0o777).toBe(0o600);
  expect(statSync(answers(home)).mode & 0o777).toBe(0o700);
  await logIn(home.context(secrets("A", "ghcr.io", "bob", SECRET)), { ...OFFLINE, storage: "disk" });
  expect(readFileSync(join(home.folder, ".local/state/registry-login/vault/answers/ghcr.io"), "utf8")).toContain("bob");
});

test("without a working Node the message says what to do", async () => {
  const { home, launcher } = await loggedIn("ghcr.io");
  chmodSync(join(home.folder, "lib/node"), 0o644);
  const { stdout, stderr, exitCode } = await launcher.run(["get"], "quay.io");
  expect([stdout, exitCode]).toEqual(["credentials not found in native keychain\n", 1]);
  expect(stderr).toMatch(/^registry-login: .*rebuild the container\n$/);
});

test.each(["docker-credential-registry-login", "registry-login"] as const)(
  "what a shell says to Node and OpenSSL does not keep %s from starting",
  async (name) => {
    const home = makeHome();
    writeFileSync(
      join(home.folder, "openssl.cnf"),
      "nodejs_conf = a\n[a]\nengines = b\n[b]\nc = d\n[d]\ndynamic_path = /x.so\n",
    );
    const env = {
      NODE_CHANNEL_FD: "abc",
      NODE_OPTIONS: "--require=/x",
      OPENSSL_CONF: join(home.folder, "openssl.cnf"),
    };
    const launcher = installLauncher(home, env, name);
    const { stdout, exitCode } = await launcher.run([name === "registry-login" ? "plan" : "list"], "");
    expect([exitCode, launcher.starts()]).toEqual([0, 1]);
    expect(stdout).toMatch(name === "registry-login" ? /^registry-login/ : /^\{\}/);
  },
);

test.each(["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"])(
  "a FIFO as %s, which Node opens itself, holds nobody up",
  async (name) => {
    const home = makeHome();
    const fifo = join(home.folder, "fifo");
    execFileSync("mkfifo", [fifo]);
    await logIn(home.context(secrets("A", "registry.example.com", "bob", SECRET)), OFFLINE);
    const helper = installLauncher(home, { [name]: fifo });
    // Only the agent knows this spelling.
    expect(JSON.parse((await helper.run(["get"], "REGISTRY.example.com")).stdout).Secret).toBe(SECRET);
    rmSync(join(home.folder, "lib"), { recursive: true });
    const { stderr } = await installLauncher(home, { [name]: fifo }, "registry-login").run(["status"], "");
    expect(stderr).toBe(`registry-login: ${name} is not used, because it is not a regular file: ${fifo}\n`);
  },
);
