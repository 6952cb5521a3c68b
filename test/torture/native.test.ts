import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { buildPackage } from "../../scripts/package.ts";
import { filesBelow } from "../support/temp-home.ts";
import { compare, findRemains, type Snapshot, takeSnapshot } from "../support/torture/native/check.ts";
import { fetchPass, makeNativeHome, type NativeHome, type NativeKind } from "../support/torture/native/homes.ts";
import { killNative } from "../support/torture/native/kill.ts";
import { startLogin, startLogout } from "../support/torture/native/run.ts";
import { waitForAllOf } from "../support/torture/process.ts";
import { createRandom } from "../support/torture/random.ts";
import { type LoginState, STATES, USER } from "../support/torture/states.ts";

/** Milliseconds, for a machine that does other things at once. */
const LIMIT = 240_000;

const EARLIER: LoginState = STATES[0];
const LATER: LoginState = STATES.at(-1) ?? EARLIER;

let folder: string;
let program: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "registry-login-package-"));
  program = join(folder, "bin", "registry-login.js");
  await buildPackage(folder);
  await fetchPass();
}, LIMIT);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

// A part of `npm run torture`; the seed is in what a failure shows.
test.each<{ kind: NativeKind; kills: number }>([
  { kind: "pass", kills: 3 },
  { kind: "default pass", kills: 3 },
  { kind: "file", kills: 4 },
])(
  "killed with SIGKILL $kills times on a host, it loses nothing ($kind)",
  async ({ kind, kills }) => {
    const tally = await killNative(kind, kills, createRandom(20261126), program);
    expect(tally).toMatchObject({ losses: [], leaks: [], faults: kills });
  },
  LIMIT,
);

const STORES = 'docker-credential-pass store; kill -9 "$PPID"';

/** Logs in with a helper of pass that kills the run when it is to store, and waits for what the run has started. */
async function logInKilled(home: NativeHome, state: LoginState, onStore: string): Promise<void> {
  const helper = join(home.folder, "bin", "docker-credential-pass");
  const text = `#!/bin/sh\nPATH=\${PATH#*:}\n[ "$1" != store ] || { ${onStore}; exit 1; }\nexec docker-credential-pass "$@"\n`;
  writeFileSync(helper, text, { mode: 0o755 });
  expect(await startLogin(home, program, state).ended).toMatchObject({ signal: "SIGKILL" });
  await waitForAllOf(home.folder, "gpg-agent");
  rmSync(helper);
}

async function expectLogin(home: NativeHome, before: Snapshot, state: LoginState): Promise<void> {
  expect(await startLogin(home, program, state).ended).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await findRemains(home, before, state)).toEqual({ wrong: [], leaks: [] });
}

async function expectLogout(home: NativeHome, before: Snapshot): Promise<void> {
  expect(await startLogout(home, program).ended).toMatchObject({ exitCode: 0 });
  expect(compare(before, takeSnapshot(home))).toEqual([]);
}

// The run after it sees neither in its own files nor in docker's which secret the store has.
test.each([
  ["before the store has the new secret", 'kill -9 "$PPID"'],
  ["when the store has the new secret", STORES],
])("killed %s, the next run stores the earlier one again", async (_, onStore) => {
  const home = await makeNativeHome("pass");
  onTestFinished(home.remove);
  const before = takeSnapshot(home);
  await expectLogin(home, before, EARLIER);
  await logInKilled(home, LATER, onStore);
  await expectLogin(home, before, EARLIER);
  await expectLogout(home, before);
});

test.each([
  ["an earlier one", EARLIER],
  ["none", null],
])(
  "what pass has half written of a login after %s is replaced by the next run, and removed by a logout",
  async (_, earlier) => {
    const home = await makeNativeHome("pass");
    onTestFinished(home.remove);
    const before = takeSnapshot(home);
    const killHalfWay = async (): Promise<void> => {
      if (earlier !== null) await expectLogin(home, before, earlier);
      await logInKilled(home, LATER, STORES);
      // As gpg leaves it, if it is killed between opening the file and writing.
      for (const file of entriesOf(home).slice(0, 1)) writeFileSync(file, "");
    };
    await killHalfWay();
    await expectLogin(home, before, LATER);
    await expectLogout(home, before);
    await killHalfWay();
    await expectLogout(home, before);
  },
);

/** The files of our logins in pass. */
function entriesOf({ storeFolder }: NativeHome): string[] {
  return filesBelow(storeFolder).filter((file) => file.endsWith(`/${USER}.gpg`));
}
