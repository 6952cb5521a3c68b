import { describe, expect, test } from "vitest";
import { credentialHelper } from "../../../src/commands/credential-helper/credential-helper.ts";
import { diagnose, type Situation } from "../../support/doctor.ts";
import { authOf } from "../../support/encoding.ts";
import { getFor } from "../../support/helper.ts";
import { logIn, type TempHome } from "../../support/temp-home.ts";
import { fresh, loggedIn, makeHome, PASSWORD, set, startRegistry } from "./table.ts";

const OLD = { PASSWORD: "the-old-password-1" };

/** What `docker login` does where our helper is registered. */
async function dockerLogin(home: TempHome, host: string, secret: string): Promise<void> {
  const input = JSON.stringify({ ServerURL: host, Username: "bob", Secret: secret });
  expect((await credentialHelper(home.context(), ["store"], async () => input)).exitCode).toBe(0);
}

describe("a shell has the old password, and the registry accepts the saved login", () => {
  /** Checks that the doctor says so, and advises nothing that loses the saved login. */
  async function expectSavedAccepted(situation: Situation, host: string, saved: string): Promise<void> {
    for (const targets of [[], [host], [`${host}/acme/app:1`]]) {
      const { wrong, notes, steps, text, exitCode } = await diagnose({ ...situation, targets });
      expect([wrong, notes, exitCode]).toEqual([[], ["saved-login-accepted"], 0]);
      expect(steps).toEqual(expect.arrayContaining(["login ok", "docker ok"]));
      expect(text).toContain(`${host} rejects the secrets of A in this shell, and accepts the saved login (${saved})`);
      expect(text).toContain("accepts the saved login for bob");
      expect(text).not.toMatch(/run registry-login|docker logout|docker login \S+:/);
    }
  }

  test("which a person made with docker login", async () => {
    const host = await startRegistry();
    const { home, bin } = await loggedIn(set("A", host, OLD), { options: { verify: "false" } });
    await dockerLogin(home, host, PASSWORD);
    const context = home.context({ PATH: bin, ...set("A", host, OLD) });
    await expectSavedAccepted({ context }, host, "docker login");
  });

  test("which docker login left in config.json, where nothing else has logged in", async () => {
    const host = await startRegistry();
    const { context } = fresh({});
    const home = makeHome();
    home.writeConfig(JSON.stringify({ auths: { [host]: { auth: authOf("bob", PASSWORD) } } }));
    const PATH = context.env.PATH ?? "";
    await expectSavedAccepted({ context: home.context({ PATH, ...set("A", host, OLD) }) }, host, "docker login");
  });

  test("which registry-login made in a newer shell, and which a run in the old one keeps", async () => {
    const host = await startRegistry();
    const { home, bin } = await loggedIn(set("A", host));
    const context = home.context({ PATH: bin, ...set("A", host, OLD) });
    await expectSavedAccepted({ context }, host, "A");
    expect((await logIn(context)).registries).toMatchObject([{ outcome: "unchanged" }]);
    expect((await getFor(home.context(), host)).secret).toBe(PASSWORD);
  });
});

test("where the registry rejects both, the secrets of the shell are wrong", async () => {
  const host = await startRegistry();
  const { home, bin } = await loggedIn(set("A", host, OLD), { options: { verify: "false" } });
  await dockerLogin(home, host, "a-third-password-1");
  const context = home.context({ PATH: bin, ...set("A", host, OLD) });
  const { wrong, notes } = await diagnose({ context, targets: [host] });
  expect(wrong).toContain("credential-refused");
  expect(notes).not.toContain("saved-login-accepted");
});

describe("two secret sets are for one host, and the first is wrong", () => {
  const env = (host: string) => ({ ...set("A", host, OLD), ...set("B", host) });

  test.each(["", "/acme/app:1"])("the doctor names the second, which the registry accepts: HOST%s", async (image) => {
    const host = await startRegistry();
    const { wrong, text, exitCode } = await diagnose(fresh(env(host), { targets: [`${host}${image}`] }));
    expect([wrong, exitCode]).toEqual([["other-secrets-accepted"], 1]);
    expect(text).toContain(`${host} rejects the secrets of A, and accepts those of B`);
    expect(text).toContain("remove the secrets of A, then run registry-login");
  });

  test("its advice leads to a login", async () => {
    const host = await startRegistry();
    const { home, bin } = await loggedIn(env(host));
    const context = home.context({ PATH: bin, ...set("B", host) });
    await logIn(context);
    expect((await diagnose({ context, targets: [host] })).wrong).toEqual([]);
  });

  test("a second one that is wrong too is not named", async () => {
    const host = await startRegistry({ password: "a-third-password-1" });
    const { wrong } = await diagnose(fresh(env(host), { targets: [host] }));
    expect(wrong).toEqual(["credential-refused"]);
  });
});
