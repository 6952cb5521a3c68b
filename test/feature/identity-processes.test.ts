import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { GOOGLE_HOST, type Google } from "../support/identity/google.ts";
import { GOOGLE_KEYLESS, setUpGoogle } from "../support/identity/setup.ts";
import { installLauncher } from "../support/launcher.ts";
import { logIn } from "../support/temp-home.ts";

interface Setup {
  readonly google: Google;
  /** Asks as a client does. @returns the token */
  get(): Promise<string>;
  /** Waits until the renewal behind the clients' backs has ended, with this token. */
  waitFor(token: () => string | undefined): Promise<void>;
}

/** Logged in with the machine's own identity some minutes ago, with the launcher. A token is valid for an hour. */
async function loggedIn(minutesAgo: number): Promise<Setup> {
  const { google, metadata, home, at } = await setUpGoogle();
  const env = { GCE_METADATA_HOST: metadata.host };
  await logIn(at(-minutesAgo, { ...env, METADATA_SERVER_DETECTION: "" }), { ...GOOGLE_KEYLESS, verify: "false" });
  google.now = Date.now;
  const launcher = installLauncher(home, env);
  const folder = join(home.folder, ".local/state/registry-login/answers");
  const get = async (): Promise<string> => {
    const { stdout, stderr, exitCode } = await launcher.run(["get"], GOOGLE_HOST);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    return JSON.parse(stdout).Secret;
  };
  const waitFor = async (token: () => string | undefined): Promise<void> => {
    const isThere = (): boolean =>
      readFileSync(join(folder, GOOGLE_HOST), "utf8").includes(token() ?? "no token yet") &&
      !existsSync(join(folder, `+renewing-${GOOGLE_HOST}`));
    await vi.waitUntil(isThere, { timeout: 20_000, interval: 50 });
  };
  return { google, get, waitFor };
}

test("fifty clients at once in the second half of a token's life do not wait, and lead to one exchange", async () => {
  const { google, get, waitFor } = await loggedIn(40);
  expect(new Set(await Promise.all(Array.from({ length: 50 }, get)))).toEqual(new Set([google.tokens[0]]));
  await waitFor(() => google.tokens[1]);
  expect([await get(), google.exchanges.length]).toEqual([google.tokens[1], 2]);
});

test("fifty clients at once after a token's end get the new one, with one exchange", { timeout: 120_000 }, async () => {
  const { google, get } = await loggedIn(70);
  expect(new Set(await Promise.all(Array.from({ length: 50 }, get)))).toEqual(new Set([google.tokens[1]]));
  expect(google.exchanges).toHaveLength(2);
});
