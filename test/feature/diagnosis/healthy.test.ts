import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { AWS_KEY, ECR_HOST } from "../../support/aws-endpoint.ts";
import { setUpAws } from "../../support/aws-setup.ts";
import { diagnose, type Situation } from "../../support/doctor.ts";
import { authOf } from "../../support/encoding.ts";
import { accepting, startEngineSocket } from "../../support/engine-socket.ts";
import { answer, type Handler } from "../../support/misbehaving-server.ts";
import { type Script, scripted, startNamed } from "../../support/scripted-registry.ts";
import { fresh, loggedIn, makeHome, PASSWORD, set, startRegistry } from "./table.ts";

const { privateKey } = generateKeyPairSync("ed25519", {
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const GOOGLE_KEY = JSON.stringify({ type: "service_account", private_key: privateKey });

/** Logged in to a registry under a real name. */
async function named(
  host: string,
  variables: Readonly<Record<string, string>>,
  script: Partial<Script>,
): Promise<Situation> {
  const hosts = [host === "docker.io" ? "registry-1.docker.io" : host, "api.github.com"];
  const { env } = await startNamed(hosts, scripted({ password: PASSWORD, realm: "/token", ...script }));
  return (await loggedIn({ ...env, ...variables })).situation;
}

const HEALTHY: readonly { readonly name: string; readonly arrange: () => Promise<Situation> }[] = [
  {
    name: "a registry with Basic, and all of its clients",
    arrange: async () => (await loggedIn(set("A", await startRegistry()), { programs: ["podman"] })).situation,
  },
  {
    name: "a registry with a token service, and an image that may be pulled and pushed",
    arrange: async () => {
      const host = await startRegistry({ realm: "/token" });
      const { situation } = await loggedIn(set("A", host));
      return { ...situation, targets: [`${host}/acme/app:1`], push: true };
    },
  },
  {
    name: "an image that may only be pulled, without a wish to push",
    arrange: async () => {
      const host = await startRegistry({ realm: "/token", upload: { status: 403, code: "DENIED" } });
      return { ...(await loggedIn(set("A", host))).situation, targets: [`${host}/acme/app:1`] };
    },
  },
  {
    name: "names in lower case, and a path behind the server",
    arrange: async () => {
      const host = await startRegistry();
      const variables = Object.entries(set("A", `${host}/acme`)).map(([name, value]) => [name.toLowerCase(), value]);
      return (await loggedIn(Object.fromEntries(variables))).situation;
    },
  },
  {
    name: "a password that really is in quotes and ends with a space",
    arrange: async () => {
      const password = '"quoted" ';
      return (await loggedIn(set("A", await startRegistry({ password }), { PASSWORD: password }))).situation;
    },
  },
  {
    name: "a login that is on disk, in a shell without its secrets",
    arrange: async () => {
      const options = { storage: "disk" };
      const { home, bin } = await loggedIn(set("A", await startRegistry()), { options });
      return { context: home.context({ PATH: bin }), options };
    },
  },
  {
    name: "a login on disk, in a shell with a part of its secrets",
    arrange: async () => {
      const options = { storage: "disk" };
      const host = await startRegistry();
      const { home, bin } = await loggedIn(set("A", host), { options });
      return { context: home.context({ PATH: bin, ...set("A", host, { PASSWORD: undefined }) }), options };
    },
  },
  {
    name: "the options registries and identifiers, in a shell without secrets",
    arrange: async () => {
      const host = await startRegistry();
      const options = { registries: `A=${host}`, identifiers: "A" };
      const { home, bin } = await loggedIn(set("A", host, { SERVER: undefined }), { options });
      return { context: home.context({ PATH: bin }), options };
    },
  },
  {
    name: "plaintext storage",
    arrange: async () =>
      (await loggedIn(set("A", await startRegistry()), { options: { storage: "plaintext" } })).situation,
  },
  {
    name: "Docker Hub with an access token",
    arrange: async () => ({
      ...(await named("docker.io", set("HUB", "https://index.docker.io/v1/"), {
        manifest: { status: 200, headers: { "ratelimit-limit": "100;w=21600", "ratelimit-remaining": "76;w=21600" } },
      })),
      targets: ["docker.io", "acme/app"],
    }),
  },
  {
    name: "ghcr.io with a codespace's GITHUB_TOKEN",
    arrange: async () => named("ghcr.io", { CODESPACES: "true", GITHUB_USER: "bob", GITHUB_TOKEN: PASSWORD }, {}),
  },
  {
    name: "an Azure registry with a token of its own",
    arrange: async () => named("acme.azurecr.io", set("ACR", "acme.azurecr.io"), { realm: "/oauth2/token" }),
  },
  {
    name: "Google with a key file",
    arrange: async () =>
      named(
        "europe-west1-docker.pkg.dev",
        set("G", "europe-west1-docker.pkg.dev", { USER: "_json_key", PASSWORD: GOOGLE_KEY }),
        {
          user: "_json_key",
          password: GOOGLE_KEY,
        },
      ),
  },
  {
    name: "AWS with an access key",
    arrange: async () => {
      const { aws } = await setUpAws();
      const takesAnyToken: Handler = (response, _, request) => {
        const [user, password = ""] = Buffer.from(request.headers.authorization?.slice(6) ?? "", "base64")
          .toString()
          .split(":");
        if (user === "AWS" && aws.isValid(password)) answer(response, 200);
        else answer(response, 401, { "www-authenticate": 'Basic realm="ECR"' });
      };
      const { env } = await startNamed([ECR_HOST], takesAnyToken);
      const pair = { USER: AWS_KEY.accessKeyId, PASSWORD: AWS_KEY.secretAccessKey };
      return (await loggedIn({ ...env, ...set("ECR", ECR_HOST, pair) })).situation;
    },
  },
  {
    name: "GitHub's npm registry",
    arrange: async () => {
      const { env } = await startNamed(["npm.pkg.github.com"], (response) =>
        answer(response, 200, {}, '{"username":"bob"}'),
      );
      return (await loggedIn({ ...env, ...set("N", "npm.pkg.github.com", { PASSWORD: "ghp_0123456789" }) })).situation;
    },
  },
  {
    name: "a public image, where no login is known",
    arrange: async () => {
      const { env } = await startNamed(["registry.example.com"], (response, _, { method }) =>
        answer(response, method === "POST" ? 401 : 200),
      );
      return fresh(env, { targets: ["registry.example.com/acme/app:1"] });
    },
  },
  {
    name: "a server that an application has among its own settings",
    arrange: async () => {
      const settings = { AZURE_CONTAINER_REGISTRY_SERVER: "app.azurecr.io", AZURE_CONTAINER_REGISTRY_USERNAME: "app" };
      return (await loggedIn({ ...set("A", await startRegistry()), ...settings })).situation;
    },
  },
  {
    name: "docker's engine reaches the registry, in a shell without secrets",
    arrange: async () => {
      const host = await startRegistry();
      const engine = await startEngineSocket(accepting("bob", PASSWORD));
      const { home, bin } = await loggedIn(set("A", host), { programs: ["docker"] });
      return { context: home.context({ PATH: bin, ...engine.env }), targets: [host, `${host}/acme/app:1`] };
    },
  },
  {
    name: "docker's engine has an image of a type that it cannot describe",
    arrange: async () => {
      const host = await startRegistry();
      const engine = await startEngineSocket(() => ({ status: 400, message: "unsupported manifest format" }));
      return {
        ...(await loggedIn({ ...set("A", host), ...engine.env })).situation,
        targets: [`${host}/acme/app:1`],
      };
    },
  },
  {
    name: "a person's own login by `docker login`, where there are no secrets",
    arrange: async () => {
      const home = makeHome();
      const host = await startRegistry();
      home.writeConfig(JSON.stringify({ auths: { [host]: { auth: authOf("bob", PASSWORD) } } }));
      return { ...fresh({}), context: home.context(), targets: [host] };
    },
  },
];

test.each(HEALTHY)("no finding: $name", async ({ arrange }) => {
  const { wrong, exitCode, text, steps } = await diagnose(await arrange());
  expect(wrong).toEqual([]);
  expect(exitCode).toBe(0);
  expect(text).toMatch(/^registry-login doctor: no problems found/);
  expect(steps.length).toBeGreaterThan(2);
});

test("there are at least ten", () => {
  expect(HEALTHY.length).toBeGreaterThanOrEqual(10);
});
