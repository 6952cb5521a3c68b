import { expect, test } from "vitest";
import { doctor } from "../../../../src/commands/doctor/doctor.ts";
import { login } from "../../../../src/commands/login/login.ts";
import { startLocalRegistry } from "../../../support/local-registry.ts";
import { type LoginAnswer, makeHome, secrets } from "../../../support/temp-home.ts";

const PASSWORD = "right-password";

/** Two registries, and a network that has a bug for the first of them. */
async function setUp() {
  const [broken, host] = [await startLocalRegistry(PASSWORD), await startLocalRegistry(PASSWORD)];
  const context = makeHome().context({
    ...secrets("A", broken, "bob", "planted-password"),
    ...secrets("B", host, "bob", PASSWORD),
  });
  const send: typeof context.send = async (url, ask) => {
    if (url.host === broken) throw new TypeError("planted-password is not a function");
    return await context.send(url, ask);
  };
  return { broken, host, context: { ...context, send } };
}

test("a bug at one registry is its own outcome, and the others are logged in", async () => {
  const { broken, host, context } = await setUp();
  const { stdout, stderr, exitCode } = await login(context, { options: {}, json: true, onlyChanged: false });
  const { registries } = JSON.parse(stdout) as LoginAnswer;
  expect(registries).toMatchObject([
    { host: broken, outcome: "failed", code: "bug", expiresAt: null },
    { host, outcome: "verified" },
  ]);
  expect(stderr).toMatch(/^registry-login: unexpected error \(TypeError\); please report it with these lines:\n +at /);
  expect(stdout + stderr).not.toContain("planted-password");
  expect(exitCode).toBe(0);
});

test("the doctor examines the others, too", async () => {
  const { broken, host, context } = await setUp();
  const { stdout, stderr } = await doctor(context, { options: {}, json: true, push: false, targets: [] });
  const { registries } = JSON.parse(stdout) as { registries: { host: string; steps: { code: string | null }[] }[] };
  const isBug = registries.map((each) => [each.host, each.steps.some(({ code }) => code === "bug")]);
  expect(Object.fromEntries(isBug)).toEqual({ [broken]: true, [host]: false });
  expect(stderr).toMatch(/^registry-login: unexpected error \(TypeError\)/);
  expect(stdout + stderr).not.toContain("planted-password");
});
