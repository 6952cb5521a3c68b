import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { base64 } from "../../support/encoding.ts";
import { getFor } from "../../support/helper.ts";
import { filesBelow, logIn, logOut, makeHome, secrets, type TempHome, writtenFiles } from "../../support/temp-home.ts";

const OFF = { verify: "false" };
const A = secrets("A", "ghcr.io", "bob", "a-password");
const B = secrets("B", "quay.io", "bob", "b-password");

/** A home folder with a second folder for DOCKER_CONFIG. */
function makeTwoConfigs() {
  const home = makeHome();
  const folder = join(home.folder, "other");
  const file = join(folder, "config.json");
  return { home, file, env: { DOCKER_CONFIG: folder }, read: () => JSON.parse(readFileSync(file, "utf8")) };
}

describe("a run with a different DOCKER_CONFIG", () => {
  test("keeps the logins in the first folder", async () => {
    const { home, env, read } = makeTwoConfigs();
    await logIn(home.context(A), OFF);
    await logIn(home.context({ ...A, ...env }), OFF);
    expect([home.readConfig(), read()]).toEqual(Array(2).fill({ credHelpers: { "ghcr.io": "registry-login" } }));
    expect(await getFor(home.context(), "ghcr.io")).toMatchObject({ secret: "a-password" });
  });

  test.each(["memory", "plaintext"])("its entries are removed with their login, with storage %s", async (storage) => {
    const { home, file, env, read } = makeTwoConfigs();
    mkdirSync(env.DOCKER_CONFIG);
    const own = { auths: { "own.example": { auth: "eDp5" } }, credHelpers: { "own.example": "own" }, psFormat: "x" };
    writeFileSync(file, JSON.stringify(own));
    await logIn(home.context({ ...A, ...env }), { ...OFF, storage });
    expect(read()).not.toEqual(own);
    await logIn(home.context(B), { ...OFF, storage });
    expect(read()).not.toEqual(own);
    await logOut(home.context(), "ghcr.io");
    await logIn(home.context(B), { ...OFF, storage });
    expect(read()).toEqual(own);
    expect(JSON.stringify(home.readConfig())).toMatch(/quay\.io/);
    const files = [writtenFiles(home.folder), writtenFiles(home.memory)];
    await logIn(home.context(B), { ...OFF, storage });
    expect([writtenFiles(home.folder), writtenFiles(home.memory)]).toEqual(files);
  });

  test("a new password replaces the one that plaintext storage wrote there", async () => {
    const { home, env, read } = makeTwoConfigs();
    const options = { ...OFF, storage: "plaintext" };
    await logIn(home.context({ ...A, ...env }), options);
    await logIn(home.context(secrets("A", "ghcr.io", "bob", "new-password")), options);
    const auths = { auths: { "ghcr.io": { auth: base64("bob:new-password") } } };
    expect([home.readConfig(), read()]).toEqual([auths, auths]);
  });

  test("a broken config.json there stops nothing, and is cleaned up after it is fixed", async () => {
    const { home, file, env } = makeTwoConfigs();
    await logIn(home.context({ ...A, ...env }), { ...OFF, storage: "plaintext" });
    const text = readFileSync(file, "utf8");
    writeFileSync(file, "{ broken");
    const { registries } = await logIn(home.context(B), OFF);
    expect(registries.find(({ identifier }) => identifier === "B")).toMatchObject({ outcome: "unreachable" });
    writeFileSync(file, text);
    await logOut(home.context(), "ghcr.io");
    expect(existsSync(file)).toBe(false);
  });

  test("a removed config.json there is not created again", async () => {
    const { home, env, file } = makeTwoConfigs();
    await logIn(home.context(A), OFF);
    home.writeConfig("{}");
    await logIn(home.context({ ...B, ...env }), OFF);
    expect([existsSync(file), home.readConfig()]).toEqual([true, {}]);
  });
});

/** What a newer agent adds to each row of the bookkeeping, and to the whole. */
const NEWER = { "x-of-version-2": { deep: [1] } };

function stateOf(home: TempHome): string {
  return filesBelow(home.folder).find((file) => file.endsWith("state.json")) ?? "";
}

test("what a newer version of the Feature saved in addition is kept", async () => {
  const home = makeHome();
  await logIn(home.context(B), OFF);
  const state = JSON.parse(readFileSync(stateOf(home), "utf8"));
  const registered = state.registered.map((row: object) => ({ ...row, ...NEWER }));
  writeFileSync(stateOf(home), JSON.stringify({ ...state, ...NEWER, registered }));
  // A shell without the secrets, whose login changes where credentials of others lie.
  await logIn(home.context({ GITHUB_USER: "mona", GITHUB_TOKEN: "ghs_token" }), { ...OFF, githubToken: "always" });
  expect(readFileSync(stateOf(home), "utf8")).toContain("GITHUB");
  expect(JSON.parse(readFileSync(stateOf(home), "utf8"))).toMatchObject({
    ...NEWER,
    registered: expect.arrayContaining([expect.objectContaining(NEWER)]),
  });
  expect(await getFor(home.context(), "quay.io")).toMatchObject({ secret: "b-password" });
});
