import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { credentialHelper } from "../../../src/commands/credential-helper/credential-helper.ts";
import type { RawOptions } from "../../../src/discovery/options.ts";
import { AWS_KEY, ECR_HOST } from "../../support/aws-endpoint.ts";
import { setUpAws } from "../../support/aws-setup.ts";
import { writeEnvSecrets } from "../../support/codespace.ts";
import { addHelper, diagnose, makePath, type Situation } from "../../support/doctor.ts";
import { authOf } from "../../support/encoding.ts";
import { answer } from "../../support/misbehaving-server.ts";
import { type Script, scripted, startNamed } from "../../support/scripted-registry.ts";
import { logIn, type TempHome } from "../../support/temp-home.ts";
import { makeHome, PASSWORD, set, startRegistry } from "./table.ts";

type Env = Readonly<Record<string, string>>;

/** How somebody logged in, and what every later shell has. */
interface Story {
  readonly secrets: Env;
  /** Of both shells, and without secrets. */
  readonly env?: Env;
  readonly options?: RawOptions;
  readonly programs?: readonly string[];
  readonly targets?: readonly string[];
  readonly home?: TempHome;
}

/** Logs in where the secrets are; the doctor runs in a shell without them. */
async function later({ secrets, env = {}, options = {}, ...story }: Story): Promise<Situation> {
  const { home = makeHome(), programs = ["podman"], targets = [] } = story;
  const shell = { PATH: makePath(home, ...programs), ...env };
  const { registries } = await logIn(home.context({ ...shell, ...secrets }), { timeout: "20", ...options });
  expect(registries.map(({ outcome }) => outcome)).not.toContain("failed");
  return { context: home.context(shell), options, targets };
}

/** The same with a registry under a real name. */
async function named(
  host: string,
  { script = {}, ...story }: Story & { readonly script?: Partial<Script> },
): Promise<Situation> {
  const server = scripted({ password: PASSWORD, realm: "/token", ...script });
  const { env } = await startNamed([host === "docker.io" ? "registry-1.docker.io" : host], server);
  return await later({ ...story, env: { ...env, ...story.env } });
}

const { privateKey: KEY } = generateKeyPairSync("ed25519", {
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const GOOGLE_KEY = JSON.stringify({ type: "service_account", private_key: KEY });
const CODESPACE = { CODESPACES: "true" };

const HEALTHY: readonly { readonly name: string; readonly arrange: () => Promise<Situation> }[] = [
  { name: "Basic", arrange: async () => await later({ secrets: set("A", await startRegistry()) }) },
  {
    name: "a token service, and an image to pull and push",
    arrange: async () => {
      const host = await startRegistry({ realm: "/token" });
      const situation = await later({ secrets: set("A", host), targets: [`${host}/acme/app:1`] });
      return { ...situation, push: true };
    },
  },
  {
    name: "two registries",
    arrange: async () =>
      await later({
        secrets: { ...set("A", await startRegistry()), ...set("B", await startRegistry({ realm: "/token" })) },
      }),
  },
  {
    name: "two identifiers for one host",
    arrange: async () => {
      const host = await startRegistry();
      return await later({ secrets: { ...set("A", host), ...set("B", host, { PASSWORD: "another-password-1" }) } });
    },
  },
  {
    name: "a server with https:// and a path, on this machine",
    arrange: async () => await later({ secrets: set("A", `https://${await startRegistry()}/acme`) }),
  },
  {
    name: "a server by its address",
    arrange: async () => await later({ secrets: set("A", (await startRegistry()).replace("localhost", "127.0.0.1")) }),
  },
  {
    name: "storage on disk, after a restart",
    arrange: async () => {
      const home = makeHome();
      const situation = await later({ home, secrets: set("A", await startRegistry()), options: { storage: "disk" } });
      rmSync(home.memory, { recursive: true });
      mkdirSync(home.memory);
      return situation;
    },
  },
  {
    name: "plaintext storage",
    arrange: async () => await later({ secrets: set("A", await startRegistry()), options: { storage: "plaintext" } }),
  },
  {
    name: "the options registries and identifiers",
    arrange: async () => {
      const host = await startRegistry();
      const options = { registries: `A=${host}`, identifiers: "A" };
      return await later({ secrets: set("A", host, { SERVER: undefined }), options });
    },
  },
  {
    name: "the option verify off",
    arrange: async () => await later({ secrets: set("A", await startRegistry()), options: { verify: "false" } }),
  },
  {
    name: "the option root, for root",
    arrange: async () => {
      const { context, ...rest } = await later({ secrets: set("A", await startRegistry()) });
      return { ...rest, context: { ...context, uid: 0 }, options: { root: "true" } };
    },
  },
  {
    name: "another folder for docker's configuration",
    arrange: async () => {
      const home = makeHome();
      return await later({
        home,
        secrets: set("A", await startRegistry()),
        env: { DOCKER_CONFIG: join(home.folder, "d") },
      });
    },
  },
  {
    name: "podman with a file of its own, and no docker",
    arrange: async () => {
      const home = makeHome();
      const env = { REGISTRY_AUTH_FILE: join(home.folder, "auth.json") };
      return await later({ home, secrets: set("A", await startRegistry()), env, programs: ["podman", "skopeo"] });
    },
  },
  {
    name: "an editor's credential store next to it",
    arrange: async () => {
      const home = makeHome();
      home.writeConfig('{"credsStore": "editor"}');
      addHelper(makePath(home), "editor", "somebody", "else-entirely");
      return await later({ home, secrets: set("A", await startRegistry()) });
    },
  },
  {
    name: "a login by `docker login` in docker's file, next to it",
    arrange: async () => {
      const home = makeHome();
      const other = await startRegistry();
      home.writeConfig(JSON.stringify({ auths: { [other]: { auth: authOf("bob", PASSWORD) } } }));
      const situation = await later({ home, secrets: set("A", await startRegistry()) });
      return { ...situation, targets: [other] };
    },
  },
  {
    name: "a login by `docker login` that our helper stored, and nothing else",
    arrange: async () => {
      const home = makeHome();
      home.writeConfig('{"credsStore": "registry-login"}');
      const input = JSON.stringify({ ServerURL: await startRegistry(), Username: "bob", Secret: PASSWORD });
      const context = home.context({ PATH: makePath(home) });
      expect((await credentialHelper(context, ["store"], async () => input)).exitCode).toBe(0);
      return { context };
    },
  },
  {
    name: "many starts without the secrets",
    arrange: async () => {
      const situation = await later({ secrets: set("A", await startRegistry()) });
      for (let start = 0; start < 3; start++) await logIn(situation.context);
      return situation;
    },
  },
  {
    name: "a codespace, by its secrets file",
    arrange: async () => {
      const home = makeHome();
      writeEnvSecrets(home, set("A", await startRegistry()));
      return await later({ home, secrets: {}, env: CODESPACE });
    },
  },
  {
    name: "a codespace, in a shell that lacks even CODESPACES",
    arrange: async () => {
      const home = makeHome();
      writeEnvSecrets(home, set("A", await startRegistry()));
      return await later({ home, secrets: CODESPACE });
    },
  },
  {
    name: "a codespace's own token for ghcr.io",
    arrange: async () => {
      const server = scripted({ password: PASSWORD, realm: "/token" });
      const { env } = await startNamed(["ghcr.io", "api.github.com"], server);
      // Every shell of a codespace has it.
      const token = { GITHUB_USER: "bob", GITHUB_TOKEN: PASSWORD };
      return await later({ secrets: {}, env: { ...env, ...CODESPACE, ...token } });
    },
  },
  {
    name: "Docker Hub under its old name, and an image without a host",
    arrange: async () =>
      await named("docker.io", {
        secrets: set("HUB", "https://index.docker.io/v1/"),
        targets: ["docker.io", "acme/app"],
      }),
  },
  { name: "ghcr.io", arrange: async () => await named("ghcr.io", { secrets: set("GHCR", "ghcr.io") }) },
  {
    name: "Azure",
    arrange: async () =>
      await named("acme.azurecr.io", { secrets: set("ACR", "acme.azurecr.io"), script: { realm: "/oauth2/token" } }),
  },
  {
    name: "Google with a key file",
    arrange: async () => {
      const host = "europe-west1-docker.pkg.dev";
      const login = { user: "_json_key", password: GOOGLE_KEY };
      return await named(host, {
        secrets: set("G", host, { USER: login.user, PASSWORD: login.password }),
        script: login,
      });
    },
  },
  {
    name: "AWS with an access key",
    arrange: async () => {
      const { aws } = await setUpAws();
      const { env } = await startNamed([ECR_HOST], (response, _, request) => {
        const [, encoded = ""] = (request.headers.authorization ?? "").split(" ");
        const [user, token = ""] = Buffer.from(encoded, "base64").toString().split(":");
        if (user === "AWS" && aws.isValid(token)) answer(response, 200);
        else answer(response, 401, { "www-authenticate": 'Basic realm="ECR"' });
      });
      const pair = { USER: AWS_KEY.accessKeyId, PASSWORD: AWS_KEY.secretAccessKey };
      return await later({ secrets: set("ECR", ECR_HOST, pair), env });
    },
  },
  {
    name: "GitHub's npm registry",
    arrange: async () => {
      const { env } = await startNamed(["npm.pkg.github.com"], (response) =>
        answer(response, 200, {}, '{"username":"bob"}'),
      );
      const secrets = set("N", "npm.pkg.github.com", { PASSWORD: "ghp_0123456789" });
      const home = makeHome();
      writeFileSync(join(home.folder, ".npmrc"), "@acme:registry=https://npm.pkg.github.com\n");
      return await later({ home, secrets, env, programs: ["npm"] });
    },
  },
];

test.each(HEALTHY)("in a shell without secrets the doctor finds nothing: $name", async ({ arrange }) => {
  const situation = await arrange();
  expect(Object.keys(situation.context.env).filter((name) => /CONTAINER_REGISTRY/.test(name))).toEqual([]);
  const { wrong, notes, exitCode, text, steps } = await diagnose(situation);
  expect([wrong, notes], text).toEqual([[], []]);
  expect(exitCode).toBe(0);
  expect(text).toMatch(/^registry-login doctor: no problems found/);
  expect(steps).toContainEqual(expect.stringMatching(/^(login|npm) ok$/));
});

test("there are at least twenty", () => {
  expect(HEALTHY.length).toBeGreaterThanOrEqual(20);
});
