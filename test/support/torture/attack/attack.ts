import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { placeLauncher } from "../launcher.ts";
import { type Ended, LIMIT_MS, startAgent, startProgram } from "../process.ts";
import type { Random } from "../random.ts";
import { startTally, type Tally } from "../tally.ts";
import { type Attacked, type Eve, removeAllOf, startEve } from "./eve.ts";
import { expectOnly, judgeGet, judgeLogin, leaksTo } from "./judge.ts";
import { OPENINGS, type Opening } from "./openings.ts";
import { makeVictim, mountMemory, passwordOf, type Storage, startRegistry } from "./victim.ts";

/**
 * Users of this machine, without accounts: a victim and another user for each of the attacks that run at the same time. Their
 * ids, and so their folders, are not those of another run.
 */
const FIRST_ID = 1_000_000 + process.pid * 4;
const LANES = [
  { victim: FIRST_ID, eve: FIRST_ID + 1 },
  { victim: FIRST_ID + 2, eve: FIRST_ID + 3 },
];
/** Milliseconds in which a client that queries the helper is answered, on a busy machine too. */
const GET_LIMIT_MS = 15_000;
/** How long a client waits at most before it asks again. */
const MAX_REST_MS = 100;
/** Every how many rounds the victim logs in again after the attack. */
const RECOVER_EVERY = 4;

interface Lane {
  readonly victim: number;
  readonly eve: number;
}

interface Setup extends Attacked {
  readonly tally: Tally;
  readonly random: Random;
}

/**
 * Lets another user exchange paths of ours (for links, FIFOs, hard links, folders and files of that user, with contents that
 * the agent would believe) while logins and `get`s run. No secret gets to the other user or a different host, nothing is
 * written elsewhere, nothing hangs, and after the attack a login works again.
 *
 * It needs root, which becomes both users.
 * @param rounds one login and its `get`s each
 */
export async function attack(rounds: number, random: Random): Promise<Tally> {
  const tally = startTally("another user exchanges every path of ours", random);
  const [registry, theirs] = [await startRegistry(passwordOf("right")), await startRegistry(passwordOf("theirs"))];
  const folder = mkdtempSync(join(tmpdir(), "registry-login-torture-eve-"));
  const attacker = join(folder, "attacker.ts");
  copyFileSync(join(import.meta.dirname, "attacker.ts"), attacker);
  execFileSync("chmod", ["-R", "a+rX", folder]);
  const memory = LANES.map(({ victim }) => mountMemory(victim));
  try {
    const setup = { registry, theirs, attacker, tally, random };
    let started = 0;
    const run = async (lane: Lane): Promise<void> => {
      while (started < rounds && tally.losses.length + tally.leaks.length < 10) {
        const round = started++;
        const opening = OPENINGS[round % OPENINGS.length] as Opening;
        // An error of one lane must not end the other in the middle of an attack.
        await attackOnce(setup, lane, opening, round % RECOVER_EVERY === 0).catch((error: unknown) => {
          tally.losses.push(`${opening.name}: ${error}`);
        });
        tally.attempts++;
      }
    };
    await Promise.all(LANES.map(run));
    expectOnly(registry, "the registry", tally);
    expectOnly(theirs, "the registry of the other user", tally);
  } finally {
    for (const each of memory) each.remove();
    rmSync(folder, { recursive: true });
    await Promise.all([registry.close(), theirs.close()]);
  }
  return tally;
}

async function attackOnce(
  setup: Setup,
  { victim: uid, eve: other }: Lane,
  opening: Opening,
  recovers: boolean,
): Promise<void> {
  const { tally, random, registry, theirs } = setup;
  const victim = makeVictim(uid, registry, theirs);
  const env = { ...victim.home.env, ...(opening.usesAuthFile ? { REGISTRY_AUTH_FILE: victim.authFile } : {}) };
  const lose = (line: string): void => void tally.losses.push(`${opening.name}: ${line}`);
  const logIn = (storage: Storage): Promise<Ended> => {
    const login = victim.login(storage);
    return startAgent({ env: { ...env, ...login.env }, args: login.args, uid, limit: LIMIT_MS }).ended;
  };
  let eve: Eve | undefined;
  try {
    const launcher = placeLauncher(victim.base, "docker-credential-registry-login").file;
    const get = (host: string) =>
      startProgram("timeout", [`${GET_LIMIT_MS / 1000}`, launcher, "get"], env, host, uid).ended;
    const [before, during] = [random.pick(opening.storages), random.pick(opening.storages)];
    const first = await logIn(before);
    if (first.exitCode !== 0 || (await get(registry.host)).exitCode !== (before === "plaintext" ? 1 : 0)) {
      lose(`before it: ${first.stdout}${first.stderr}`);
      return;
    }
    const decoys = victim.decoyContent();
    const { folder, targets } = opening.place(victim);
    opening.forget?.(victim);
    const close = opening.open(folder, other);
    eve = await startEve(setup, other, victim, folder, targets);
    const running = { now: true };
    const gets = [registry, theirs].map(async ({ host, password }) => {
      while (running.now) {
        const ended = await get(host);
        judgeGet(ended, password, lose, (line) => tally.leaks.push(`${opening.name}: ${line}`));
        await sleep(MAX_REST_MS * random.next());
      }
    });
    judgeLogin(await logIn(during), lose);
    running.now = false;
    await Promise.all(gets);
    const { exchanges, secrets } = await eve.stop();
    if (exchanges > 0) tally.faults++;
    tally.leaks.push(
      ...secrets.map((path) => `${opening.name}: read from ${path}`),
      ...leaksTo(other, victim, opening),
    );
    close();
    if (victim.decoyContent() !== decoys) lose(`written elsewhere: ${victim.decoyContent()}`);
    if (!recovers) return;
    removeAllOf(other, victim);
    const again = await logIn(during);
    if (
      again.exitCode !== 0 ||
      (during !== "plaintext" && !(await get(registry.host)).stdout.includes(registry.password))
    ) {
      lose(`after it: ${again.stdout}${again.stderr}`);
    }
  } finally {
    eve?.kill();
    victim.remove();
  }
}
