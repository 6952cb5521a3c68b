import { expect } from "vitest";
import { type Credential, HOSTS, type HostName, type Model } from "./model.ts";
import { canPull, isOverridden, presentedTo, servedFor } from "./questions.ts";
import { passwordOf, userOf, type World } from "./world.ts";

/** After each step: status and the credential helper say what the model says. */
export async function expectAgreement(model: Model, world: World): Promise<void> {
  const rows = await world.status();
  for (const name of HOSTS) {
    const host = world.hostOf(name);
    const found = rows.filter((row) => row.host === host).map(({ source, state }) => ({ source, state }));
    expect(found, `status of ${name}`).toEqual(statusRows(model, name));
    const saved = model.saved.get(name);
    if (saved !== undefined) {
      const row = rows.find((each) => each.host === host && each.source !== "docker-login");
      expect(row, `status of ${name}`).toMatchObject({
        identifier: saved.credential.account,
        verified: saved.verified,
      });
      expect(row?.absentSince !== null, `status of ${name}: secrets absent`).toBe(saved.absent);
    }
    const ready = rows.find((row) => row.host === host && row.state === "ready");
    if (ready !== undefined) {
      expect(ready.clients, `status of ${name}: its clients`).toMatchObject({ docker: model.helperLines.has(name) });
    }
    const { user, secret, stderr } = await world.get(name);
    expect({ user, secret }, `the helper's answer for ${name}`).toEqual(shown(servedFor(model, name)));
    // A login that was lost or rejected: the same cause each time.
    const cause = rows.find((row) => row.host === host && (row.state === "gone" || row.state === "failed"))?.detail;
    if (user === null && saved !== undefined) {
      expect(cause).toBeTruthy();
      expect(stderr, `what a pull from ${name} prints`).toContain(cause);
    }
  }
}

/** At the end: the launcher, a real client and the doctor, in a shell without secrets, say the same too. */
export async function expectFinalAgreement(model: Model, world: World): Promise<void> {
  const { exitCode: found, registries } = await world.doctor();
  // A login in docker's own file instead of ours is a problem; one that our helper stored is on purpose.
  const isHealthy = (name: HostName): boolean =>
    canPull(model, name) && (!isOverridden(model, name) || model.helperLines.has(name));
  for (const name of HOSTS) {
    const { exitCode, stdout } = await world.launch(name);
    const { Username: user = null, Secret: secret = null } = exitCode === 0 ? JSON.parse(stdout) : {};
    expect({ user, secret }, `the launcher's answer for ${name}`).toEqual(shown(servedFor(model, name)));

    const pull = await world.pull(name);
    const presented = presentedTo(model, name);
    const right = canPull(model, name);
    const expected = { isDone: right, user: right && presented !== null ? userOf(presented.account) : null };
    expect(pull, `a pull from ${name}`).toMatchObject(expected);

    const examined = registries.find(({ host }) => host === world.hostOf(name));
    const text = JSON.stringify(examined?.steps, null, 2);
    expect(examined?.healthy, `the doctor about ${name}: ${text}`).toBe(isHealthy(name));
  }
  expect(found, "the doctor's exit code").toBe(HOSTS.every(isHealthy) ? 0 : 1);
}

function statusRows(model: Model, name: HostName): { source: string; state: string }[] {
  const isStored = model.stored.has(name);
  const saved = model.saved.get(name);
  const states = { "in use": isStored ? "shadowed" : "ready", lost: "gone", rejected: "failed" };
  return [
    ...(isStored ? [{ source: "docker-login", state: "ready" }] : []),
    ...(saved === undefined ? [] : [{ source: saved.source, state: states[saved.state] }]),
  ];
}

function shown(credential: Credential | null): { user: string | null; secret: string | null } {
  return credential === null
    ? { user: null, secret: null }
    : { user: userOf(credential.account), secret: passwordOf(credential) };
}
