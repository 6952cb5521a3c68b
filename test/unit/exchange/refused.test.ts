import { expect, test } from "vitest";
import { expectHelperFailure, getFor } from "../../support/helper.ts";
import { DOCKER_HUB, GHCR, startNamedRegistries } from "../../support/named-registries.ts";
import { type LoginAnswer, logIn, makeHome, secrets } from "../../support/temp-home.ts";

const RIGHT = { user: "bob", password: "dckr_pat_abcdefghijklmnopqrstuvwxyz0" };

/** Logs in to a registry under its real name that accepts only {@link RIGHT}. */
async function logInTo(
  registry: typeof DOCKER_HUB,
  server: string,
  password: string,
): Promise<{ login: LoginAnswer; home: ReturnType<typeof makeHome> }> {
  const home = makeHome();
  const { env } = await startNamedRegistries([{ ...registry, accepts: RIGHT }]);
  return { home, login: await logIn(home.context({ ...env, ...secrets("HUB", server, "bob", password) })) };
}

test.each(["docker.io", "https://index.docker.io/v1/", "registry-1.docker.io"])(
  "Docker Hub as %s is checked at its real host and served under every name",
  async (server) => {
    const { login, home } = await logInTo(DOCKER_HUB, server, RIGHT.password);
    expect(login.registries).toMatchObject([{ host: "docker.io", kind: "docker-hub", outcome: "verified" }]);
    for (const name of ["https://index.docker.io/v1/", "docker.io", "index.docker.io", "registry-1.docker.io"]) {
      expect(await getFor(home.context(), name)).toMatchObject({ user: "bob", secret: RIGHT.password });
    }
  },
);

test("a rejected password of Docker Hub: the account may need a token", async () => {
  const { login, home } = await logInTo(DOCKER_HUB, "docker.io", "the-account-password");
  expect(login.registries).toMatchObject([{ outcome: "refused", detail: expect.stringContaining("auth.docker.io") }]);
  expect(login.registries[0]?.hint).toMatch(/HUB_CONTAINER_REGISTRY_PASSWORD to a personal access token/);
  await expectHelperFailure(home.context(), "https://index.docker.io/v1/", /personal access token/);
});

test.each(["dckr_pat_refused-0123456789", "7f1f4d0e-5b9a-4c3e-8a51-0c2a7e6b9d31"])(
  "a rejected token of Docker Hub, %s, does not get the advice to use a token",
  async (token) => {
    const { login } = await logInTo(DOCKER_HUB, "docker.io", token);
    expect(login.registries).toMatchObject([{ outcome: "refused" }]);
    expect(login.registries[0]?.hint).toMatch(/HUB_CONTAINER_REGISTRY_USER and HUB_CONTAINER_REGISTRY_PASSWORD/);
    expect(login.registries[0]?.hint).not.toContain("personal access token");
    expect(JSON.stringify(login)).not.toContain(token);
  },
);

test("ghcr.io accepts a token and rejects a different one", async () => {
  const { login } = await logInTo(GHCR, "ghcr.io", RIGHT.password);
  expect(login.registries).toMatchObject([{ host: "ghcr.io", kind: "ghcr", outcome: "verified" }]);
  const { login: refused } = await logInTo(GHCR, "ghcr.io", "ghp_refused-0123456789");
  expect(refused.registries).toMatchObject([
    {
      outcome: "refused",
      hint: expect.stringContaining(
        "HUB_CONTAINER_REGISTRY_PASSWORD to a classic personal access token with read:packages",
      ),
    },
  ]);
});
