import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { base64 } from "../../support/encoding.ts";
import { getFor } from "../../support/helper.ts";
import { logIn, makeHome, secrets } from "../../support/temp-home.ts";

const OFF = { verify: "false" };
const ENV = secrets("A", "ghcr.io", "bob", "of-the-secrets");
const HERS = { auth: base64("alice:hers") };

describe.each(["memory", "disk"])("a login that a person has in config.json, with storage %s", (storage) => {
  test.each([
    ["ghcr.io", HERS],
    ["https://ghcr.io", HERS],
    ["ghcr.io/acme", HERS],
    ["ghcr.io", { username: "alice", password: "hers" }],
    ["ghcr.io", { auth: base64("alice:"), identitytoken: "hers" }],
  ])("is used until docker logout: %s %j", async (key, value) => {
    const home = makeHome();
    const own = JSON.stringify({ auths: { [key]: value } });
    home.writeConfig(own);
    const { registries } = await logIn(home.context(ENV), { ...OFF, storage });
    expect(registries).toMatchObject([{ code: "docker-other-login" }]);
    expect(registries[0]?.hint).toContain("docker logout ghcr.io, then registry-login");
    expect(readFileSync(home.config, "utf8")).toBe(own);
    home.writeConfig('{"auths":{}}');
    await logIn(home.context(ENV), { ...OFF, storage });
    expect(home.readConfig()).toEqual({ auths: {}, credHelpers: { "ghcr.io": "registry-login" } });
  });
});

test.each([
  ["the same login", "ghcr.io", { auth: base64("bob:of-the-secrets") }],
  ["the mark that docker leaves of a login by a helper", "ghcr.io", {}],
  ["a login to another registry", "ghcr.io.example", HERS],
  ["a login to another port", "ghcr.io:444", HERS],
])("%s is not a different login", async (_, key, value) => {
  const home = makeHome();
  home.writeConfig(JSON.stringify({ auths: { [key]: value } }));
  const { registries } = await logIn(home.context(ENV), OFF);
  expect(registries).toMatchObject([{ code: null, hint: "" }]);
  expect(home.readConfig()).toEqual({ auths: { [key]: value }, credHelpers: { "ghcr.io": "registry-login" } });
});

test("a login for Docker Hub is still used by docker and podman, which read different keys", async () => {
  const home = makeHome();
  const own = JSON.stringify({ auths: { "https://index.docker.io/v1/": HERS } });
  home.writeConfig(own);
  await logIn(home.context(secrets("HUB", "docker.io", "bob", "of-the-secrets")), OFF);
  expect(readFileSync(home.config, "utf8")).toBe(own);
});

test("docker ignores a login in config.json if there is a credential store, and uses ours", async () => {
  const home = makeHome();
  const own = { auths: { "ghcr.io": HERS }, credsStore: "desktop" };
  home.writeConfig(JSON.stringify(own));
  await logIn(home.context(ENV), OFF);
  expect(home.readConfig()).toEqual({ ...own, credHelpers: { "ghcr.io": "registry-login" } });
});

test("in a codespace, which writes a login with the same secrets itself, ours is used", async () => {
  const home = makeHome();
  home.writeConfig(JSON.stringify({ auths: { "ghcr.io": HERS } }));
  const context = home.context({ ...ENV, CODESPACES: "true" });
  const { registries } = await logIn(context, OFF);
  expect(registries).toMatchObject([{ code: null, hint: "" }]);
  expect(home.readConfig()).toEqual({ auths: { "ghcr.io": HERS }, credHelpers: { "ghcr.io": "registry-login" } });
  expect(await getFor(context, "ghcr.io")).toMatchObject({ user: "bob", secret: "of-the-secrets" });
});
