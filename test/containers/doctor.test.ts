import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { doctor } from "../../src/commands/doctor/doctor.ts";
import { PLAIN } from "../../src/terminal/terminal.ts";
import { leaks } from "../support/leaks.ts";
import { PRIVATE_IMAGE, type Registry, randomPassword, secretsFor, startRegistry } from "../support/registry.ts";
import { makeHome } from "../support/temp-home.ts";

const PUBLIC_IMAGE = "public/hello:1";
const NO_TAG = "private/hello:2";
const NO_REPOSITORY = "private/other:1";

const owner = { user: "owner", password: randomPassword() };
const reader = { user: "reader", password: randomPassword() };

let basic: Registry;
let bearer: Registry;
let before: { readonly basic: string[]; readonly bearer: string[] };

beforeAll(async () => {
  basic = await startRegistry({ kind: "basic", ...owner });
  const others = { publicRepository: "public/hello", reader: { ...reader, repository: "private/hello" } };
  bearer = await startRegistry({ kind: "bearer", ...owner, others });
  before = { basic: await contents(basic), bearer: await contents(bearer) };
});

afterAll(async () => {
  for (const registry of [basic, bearer]) await registry?.stop();
});

/**
 * What the registry keeps. Without the digest's state of an upload: docker-registry writes it once more after it gave
 * the upload up, and then has a folder that is an upload neither for itself nor for a client.
 */
async function contents(registry: Registry): Promise<string[]> {
  const files = await registry.storedFiles();
  return files.filter((file) => !/\/_uploads\/[^/]+\/hashstates\//.test(file));
}

interface Found {
  readonly exitCode: number;
  readonly healthy: boolean;
  readonly steps: Readonly<Record<string, { state: string; code: string | null; message: string; hint: string }>>;
}

/** Asks the doctor about an image, with the three secrets of a user or without any. */
async function ask({ host }: Registry, who: typeof owner | null, image: string, push = false): Promise<Found> {
  const context = makeHome().context(who === null ? {} : secretsFor("TEAM", { host }, who));
  const flags = { options: {}, json: true, push, targets: [`${host}/${image}`] };
  const { stdout, exitCode } = await doctor({ ...context, terminal: PLAIN }, flags);
  for (const { user, password } of [owner, reader]) expect(leaks(stdout, user, password)).toEqual([]);
  const { healthy, registries } = JSON.parse(stdout);
  expect(registries).toMatchObject([{ host, image: `${host}/${image}`, healthy }]);
  return {
    exitCode,
    healthy,
    steps: Object.fromEntries(registries[0].steps.map((each: { step: string }) => [each.step, each])),
  };
}

describe.each(["basic", "bearer"] as const)("at a registry with %s", (kind) => {
  const registry = (): Registry => ({ basic, bearer })[kind];

  test("an image that may be pulled and pushed", async () => {
    const { exitCode, steps } = await ask(registry(), owner, PRIVATE_IMAGE, true);
    expect(steps.pull).toMatchObject({
      state: "ok",
      message: `${registry().host}/${PRIVATE_IMAGE} exists and may be pulled`,
    });
    expect(steps.push).toMatchObject({
      state: "ok",
      message: expect.stringMatching(/^may be pushed .*nothing was pushed/),
    });
    // The secrets are right, but nothing has logged in with them yet.
    expect(steps.login).toMatchObject({ state: "ok", message: "accepts the login for owner" });
    expect(steps.docker).toMatchObject({ state: "wrong", code: "not-registered", hint: "run registry-login" });
    expect(exitCode).toBe(1);
  });

  test.each([NO_TAG, NO_REPOSITORY])("an image that does not exist: %s", async (image) => {
    const { exitCode, steps } = await ask(registry(), owner, image);
    expect(steps.pull).toMatchObject({ state: "wrong", code: "image-missing", hint: "check its name and its tag" });
    expect(steps.pull?.message).toContain(`${registry().host}/${image}`);
    // Some registries make an empty repository when they are asked for a push.
    expect(steps.push).toBeUndefined();
    expect(exitCode).toBe(1);
  });

  test.each([NO_TAG, NO_REPOSITORY])(
    "an image that does not exist yet and is going to be pushed: %s",
    async (image) => {
      const { exitCode, steps } = await ask(registry(), owner, image, true);
      expect(steps.pull).toMatchObject({ state: "note", code: "image-missing" });
      expect(steps.push).toMatchObject({ state: "ok" });
      // Nothing is registered for docker: login has not run here.
      expect(exitCode).toBe(1);
    },
  );

  test("a private image without a login", async () => {
    const { exitCode, steps } = await ask(registry(), null, PRIVATE_IMAGE);
    expect(steps.secrets).toMatchObject({ state: "note", code: "no-login" });
    expect(steps.pull).toMatchObject({ state: "wrong", code: "pull-anonymous" });
    expect(steps.pull?.hint).toContain(`set the secrets of a login to ${registry().host}`);
    expect(steps.push).toBeUndefined();
    expect(exitCode).toBe(1);
  });

  test("with a wrong password no image is requested", async () => {
    const { steps } = await ask(registry(), { user: "owner", password: "not-the-password" }, PRIVATE_IMAGE);
    expect(steps.login).toMatchObject({ state: "wrong", code: "credential-refused" });
    expect(steps).toMatchObject({ pull: { state: "skipped" }, push: { state: "skipped" } });
  });
});

describe("at a registry with different permissions per user", () => {
  test.each([
    ["is told", false, "note"],
    ["is wrong where it is needed", true, "wrong"],
  ])("an image that a user may pull but not push %s", async (_, push, state) => {
    const { steps } = await ask(bearer, reader, PRIVATE_IMAGE, push);
    expect(steps.login).toMatchObject({ state: "ok", message: "accepts the login for reader" });
    expect(steps.pull).toMatchObject({ state: "ok" });
    expect(steps.push).toMatchObject({ state, code: "push-denied" });
    expect(steps.push).toMatchObject({ message: `reader may not push to ${bearer.host}/${PRIVATE_IMAGE}` });
  });

  test("a repository that the user may not pull, existing or not", async () => {
    const { exitCode, steps } = await ask(bearer, reader, NO_REPOSITORY);
    expect(steps.login).toMatchObject({ state: "ok" });
    expect(steps.pull).toMatchObject({
      state: "wrong",
      code: "pull-denied",
      message: `reader may not pull ${bearer.host}/${NO_REPOSITORY}`,
      hint: "ask the image's owner for permission to pull it",
    });
    expect(exitCode).toBe(1);
  });

  test("a missing tag in a repository that the user may pull", async () => {
    const { steps } = await ask(bearer, reader, NO_TAG);
    expect(steps.pull).toMatchObject({ state: "wrong", code: "image-missing" });
  });

  test("a public image without a login is not a problem", async () => {
    const { exitCode, healthy, steps } = await ask(bearer, null, PUBLIC_IMAGE);
    expect(steps.pull).toMatchObject({ state: "ok" });
    expect(steps.docker).toMatchObject({ state: "ok", message: "pulls without a login" });
    expect(steps.push).toBeUndefined();
    expect({ exitCode, healthy }).toEqual({ exitCode: 0, healthy: true });
  });
});

test("the checks leave no upload, no blob and no tag in the registries", async () => {
  expect(await contents(basic)).toEqual(before.basic);
  expect(await contents(bearer)).toEqual(before.bearer);
});
