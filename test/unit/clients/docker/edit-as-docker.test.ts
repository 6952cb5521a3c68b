import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { HELPER } from "../../../../src/clients/credential-helper.ts";
import { logIn, logOut, makeHome, secrets } from "../../../support/temp-home.ts";

const OFFLINE = { verify: "false", storage: "disk" };
const HOST = "ghcr.io";
const HUB_KEY = "https://index.docker.io/v1/";
const EVE = { auth: "ZXZlOnB3" };

/** The text of the file after a login, and after the logout. */
async function logInAndOut(before: string, host = HOST): Promise<{ during: string; after: string; codes: unknown }> {
  const home = makeHome();
  home.writeConfig(before);
  const read = (): string => JSON.stringify(home.readConfig());
  const report = await logIn(home.context(secrets("A", host, "bob", "p4ss")), OFFLINE);
  const during = read();
  await logOut(home.context(), host);
  return { during, after: read(), codes: report.registries.map(({ code }) => code) };
}

describe("a login finds the settings that docker finds", () => {
  test.each([
    `{"CREDHELPERS":{"quay.io":"other"}}`,
    `{"credhelpers":{"quay.io":"other"},"Auths":{}}`,
    `{"credHelper\u017f":{"quay.io":"other"}}`,
  ])("in any case: %s", async (before) => {
    const { during, after } = await logInAndOut(before);
    expect(during).toContain(`{"quay.io":"other","${HOST}":"${HELPER}"}`);
    expect(after).toBe(before);
  });

  test("a helper of somebody else stays, whatever its host is called", async () => {
    const before = '{"credHelpers":{"__proto__":"other"}}';
    const { during, after } = await logInAndOut(before);
    expect(during).toBe(`{"credHelpers":{"__proto__":"other","${HOST}":"${HELPER}"}}`);
    expect(after).toBe(before);
  });

  test.each([
    '{"credsStore":null,"credHelpers":{"quay.io":null}}',
    '{"credsStore":"","auths":{"quay.io":null}}',
    '{"auths":{"quay.io":{"auth":null,"email":5}},"detachKeys":5}',
  ])("null, nothing, and what does not matter here: %s", async (before) => {
    const { during, after } = await logInAndOut(before);
    expect(JSON.parse(during).credHelpers).toMatchObject({ [HOST]: HELPER });
    expect(JSON.parse(after)).toMatchObject(JSON.parse(before));
  });
});

describe("what counts as a login that a person made", () => {
  test.each<{ name: string; auths: Record<string, unknown>; host?: string; ours: string[] }>([
    { name: "one of theirs", auths: { [HOST]: EVE }, ours: [] },
    { name: "by an address", auths: { [`https://${HOST}/v1/`]: EVE }, ours: [] },
    { name: "an identity token", auths: { [HOST]: { identitytoken: "x" } }, ours: [] },
    { name: "a registry token", auths: { [HOST]: { registrytoken: "x" } }, ours: [] },
    { name: "base64 without padding, which some clients read", auths: { [HOST]: { auth: "ZXZlOnB3eA" } }, ours: [] },
    { name: "an empty auth", auths: { [HOST]: { auth: "" } }, ours: [HOST] },
    { name: "no base64", auths: { [HOST]: { auth: "!!!" } }, ours: [HOST] },
    { name: "a password that is not encoded", auths: { [HOST]: { auth: "eve:pw" } }, ours: [HOST] },
    { name: "no password", auths: { [HOST]: { auth: "ZXZlOg==" } }, ours: [HOST] },
    { name: "a user alone", auths: { [HOST]: { username: "eve" } }, ours: [HOST] },
    { name: "null", auths: { [HOST]: null }, ours: [HOST] },
    { name: "an address of a part", auths: { [`${HOST}:443`]: EVE }, ours: [HOST] },
    { name: "docker's own key of Docker Hub", host: "docker.io", auths: { [HUB_KEY]: EVE }, ours: [] },
    { name: "a key that podman alone reads", host: "docker.io", auths: { "docker.io": EVE }, ours: [HUB_KEY] },
    { name: "another one", host: "docker.io", auths: { "index.docker.io": EVE }, ours: [HUB_KEY] },
    { name: "one more", host: "docker.io", auths: { "registry-1.docker.io": EVE }, ours: [HUB_KEY] },
    {
      name: "the site of Docker Hub",
      host: "docker.io",
      auths: { "hub.docker.com": EVE },
      ours: [HUB_KEY, "docker.io", "registry-1.docker.io", "registry.hub.docker.com"],
    },
  ])("$name", async ({ auths, host = HOST, ours }) => {
    const { during, after } = await logInAndOut(JSON.stringify({ auths }), host);
    const { credHelpers = {}, ...others } = JSON.parse(during);
    expect([Object.keys(credHelpers), others]).toEqual([ours, { auths }]);
    expect(JSON.parse(after)).toEqual({ auths });
  });
});

test("text after the object is named, and the file stays", async () => {
  const home = makeHome();
  const before = '{"auths":{}}\nmore';
  home.writeConfig(before);
  const context = home.context(secrets("A", HOST, "bob", "p4ss"));
  const { registries } = await logIn(context, OFFLINE);
  expect(registries).toMatchObject([{ outcome: "failed", code: "config-more-text" }]);
  expect(readFileSync(home.config, "utf8")).toBe(before);
});
