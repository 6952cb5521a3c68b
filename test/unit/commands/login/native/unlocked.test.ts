import { describe, expect, test } from "vitest";
import { startLocalRegistry } from "../../../../support/local-registry.ts";
import { logIn, withStore } from "../../../../support/stores/scripted-store.ts";
import { secrets } from "../../../../support/temp-home.ts";

const PASSWORD = "planted-password";

/** A login that is in docker's file because its store was locked. */
async function situation() {
  const host = withStore();
  const registry = await startLocalRegistry(PASSWORD);
  const env = { ...secrets("A", registry, "bob", PASSWORD), STORE_MODE: "locked" };
  expect(await logIn(host, env)).toMatchObject({ outcome: "verified", code: "keychain-locked" });
  const examine = async (STORE_MODE: string) => {
    const login = JSON.parse((await host.run(["status", "--json"], { STORE_MODE })).stdout).logins[0];
    const { stdout } = await host.run(["doctor", "--json", registry], { STORE_MODE });
    const steps: { step: string; state: string; code: string | null }[] = JSON.parse(stdout).registries[0].steps;
    return { login, docker: steps.find(({ step }) => step === "docker"), steps };
  };
  return { host, registry, examine };
}

describe("a login in docker's file, whose store was locked", () => {
  test("is used while the store fails, as status and the doctor without the secrets say", async () => {
    const { examine } = await situation();
    const { login, docker } = await examine("locked");
    expect(login).toMatchObject({ state: "ready", clients: { docker: true }, code: null });
    expect(docker).toMatchObject({ state: "ok" });
  });

  test("is hidden by a store that answers, as both say", async () => {
    const { examine } = await situation();
    const { login, docker } = await examine("");
    expect(login).toMatchObject({ clients: { docker: false }, code: "store-answers-again" });
    expect(docker).toMatchObject({ state: "wrong", code: "store-answers-again" });
  });

  test("is behind a login that a person has put into the store since, as both say", async () => {
    const { host, registry, examine } = await situation();
    host.put(registry, "alice", "her-own-password");
    const { login, docker } = await examine("");
    expect(login).toMatchObject({ clients: { docker: false }, code: "login-by-hand" });
    expect(docker).toMatchObject({ code: "login-by-hand" });
  });
});
