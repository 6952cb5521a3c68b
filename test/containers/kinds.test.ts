import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DevContainer, LOCAL_FEATURE, PODMAN_RUN_ARGS, up } from "../support/dev-container.ts";
import { makeJwt } from "../support/encoding.ts";
import { TOOLS_IMAGE } from "../support/images.ts";
import { AZURE, AZURE_TOKEN_USER, createTokenServices, DOCKER_HUB, GHCR, GOOGLE } from "../support/named-registries.ts";
import { PRIVATE_IMAGE, secretsFor } from "../support/registry.ts";
import { startTlsRegistry, type TlsRegistry } from "../support/tls-registry.ts";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const googleKey = JSON.stringify({ type: "service_account", project_id: "acme", private_key: privateKey }, null, 2);

/** A refresh token of Azure that lives as long as Azure's. */
const refreshToken = makeJwt({ aud: AZURE.host, exp: Math.floor(Date.now() / 1000) + 3 * 3600 });

const OTHER_AZURE = { host: "team.azurecr.io", realm: "https://team.azurecr.io/oauth2/token" };

const LOGINS = {
  HUB: { user: "bob", password: "dckr_pat_0123456789abcdefghijklmnop" },
  GHCR: { user: "mona", password: "ghp_0123456789abcdefghijklmnopqrstuvwxyz" },
  ACR: { user: AZURE_TOKEN_USER, password: refreshToken },
  TEAM: { user: "11111111-2222-3333-4444-555555555555", password: "the-client-secret" },
  GOOGLE: { user: "_json_key", password: googleKey },
};
const CODESPACE = { GITHUB_USER: "mona", GITHUB_TOKEN: LOGINS.GHCR.password };

const tokenServices = createTokenServices(
  [
    { ...DOCKER_HUB, accepts: LOGINS.HUB },
    { ...GHCR, accepts: LOGINS.GHCR },
    { ...AZURE, accepts: { refreshToken } },
    { ...OTHER_AZURE, accepts: LOGINS.TEAM },
    { ...GOOGLE, accepts: LOGINS.GOOGLE },
  ],
  { [LOGINS.GHCR.password]: null },
);

let realNames: TlsRegistry;

beforeAll(async () => {
  realNames = await startTlsRegistry("127.0.0.44", tokenServices.hosts, tokenServices.authorize);
});

afterAll(async () => {
  await realNames?.close();
});

/** Starts a dev container in which the registries' names lead to our server. */
function start(
  config: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, string>>,
): Promise<DevContainer> {
  return up({
    config: {
      image: TOOLS_IMAGE,
      features: { [LOCAL_FEATURE]: {} },
      runArgs: [...realNames.runArgs, ...PODMAN_RUN_ARGS],
      onCreateCommand: "cat /ca.pem >>/etc/ssl/certs/ca-certificates.crt",
      ...config,
    },
    secrets,
  });
}

const CLIENTS = {
  skopeo: (image: string) => `skopeo inspect docker://${image}`,
  podman: (image: string) => `podman --storage-driver=vfs pull -q ${image}`,
};

describe("three secrets each", () => {
  let container: DevContainer;

  beforeAll(async () => {
    container = await start(
      {},
      {
        ...secretsFor("HUB", { host: "https://index.docker.io/v1/" }, LOGINS.HUB),
        ...secretsFor("GHCR", GHCR, LOGINS.GHCR),
        ...secretsFor("ACR", AZURE, LOGINS.ACR),
        ...secretsFor("TEAM", OTHER_AZURE, LOGINS.TEAM),
        ...secretsFor("GOOGLE", GOOGLE, LOGINS.GOOGLE),
      },
    );
  });

  afterAll(async () => {
    await container?.remove();
  });

  test.each(Object.keys(LOGINS))("%s is logged in", (identifier) => {
    expect(container.log).toMatch(new RegExp(`${identifier} +verified .* stored in memory`));
  });

  const table = ["docker.io", GHCR.host, AZURE.host, OTHER_AZURE.host, GOOGLE.host].flatMap((host) =>
    Object.entries(CLIENTS).map(([client, pull]) => ({ client, host, pull })),
  );

  test.each(table)("$client pulls from $host", async ({ host, pull }) => {
    const pulled = await container.sh(pull(`${host}/${PRIVATE_IMAGE}`));
    expect(pulled.output).not.toMatch(/unauthorized|denied/i);
    expect(pulled.exitCode).toBe(0);
  });

  test("without the credential the pull is rejected", async () => {
    const { exitCode, output } = await container.sh(`skopeo inspect --no-creds docker://${GHCR.host}/${PRIVATE_IMAGE}`);
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/unauthorized|authentication required|401/i);
  });

  test("Azure received the refresh token only in forms, as an identity token", () => {
    const atAzure = tokenServices.requests.filter(({ url }) => url.startsWith(AZURE.realm));
    expect(new Set(atAzure.map(({ form }) => form.client_id))).toContain("registry-login");
    for (const each of atAzure) expect(each).toMatchObject({ method: "POST", form: { refresh_token: refreshToken } });
  });
});

describe("GITHUB_TOKEN of a codespace, without a set of three", () => {
  let container: DevContainer;

  beforeAll(async () => {
    container = await start({ containerEnv: { CODESPACES: "true" } }, CODESPACE);
  });

  afterAll(async () => {
    await container?.remove();
  });

  test("is logged in to ghcr.io, to pull", () => {
    expect(container.log).toMatch(/GITHUB +verified .* read at each pull \(pull only\)/);
  });

  const variables = Object.entries(CODESPACE).map(([name, value]) => `${name}=${value}`);

  test.each(Object.entries(CLIENTS))("%s pulls with the token of its shell", async (_, pull) => {
    const pulled = await container.sh(`${variables.join(" ")} ${pull(`${GHCR.host}/${PRIVATE_IMAGE}`)}`);
    expect(pulled.output).not.toMatch(/unauthorized|denied/i);
    expect(pulled.exitCode).toBe(0);
  });

  test("a shell without it gets the reason", async () => {
    const { exitCode, output } = await container.sh(CLIENTS.skopeo(`${GHCR.host}/${PRIVATE_IMAGE}`));
    expect(exitCode).not.toBe(0);
    expect(output).toContain("GITHUB_TOKEN");
  });
});
