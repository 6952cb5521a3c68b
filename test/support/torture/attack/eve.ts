import { execFileSync } from "node:child_process";
import { startProgram } from "../process.ts";
import { MARK } from "../states.ts";
import type { Booty, Orders } from "./attacker.ts";
import { memoryOf, type Registry, type Victim } from "./victim.ts";

/** The other user at work. */
export interface Eve {
  stop(): Promise<Booty>;
  kill(): void;
}

/** What the other user attacks. */
export interface Attacked {
  readonly registry: Registry;
  /** The registry of the other user. */
  readonly theirs: Registry;
  /** The program that the other user runs. */
  readonly attacker: string;
}

/**
 * Lets the other user exchange these names of a folder, until it is stopped.
 * @param uid the other user
 * @param folder where that user works
 * @param targets the names there
 */
export async function startEve(
  { attacker, registry, theirs }: Attacked,
  uid: number,
  { decoys, home }: Victim,
  folder: string,
  targets: readonly string[],
): Promise<Eve> {
  const orders: Orders = { targets, decoys, mark: MARK, forged: forgedFor(registry.host, theirs.host, home.state) };
  const run = startProgram(process.execPath, [attacker, JSON.stringify(orders)], { TMPDIR: "/" }, "", uid, folder);
  await new Promise((resolve, reject) => {
    run.child.stdout?.once("data", resolve);
    run.ended.then(({ stderr }) => reject(new Error(`the other user ended: ${stderr}`)), reject);
  });
  return {
    stop: async () => {
      run.child.kill("SIGTERM");
      const { stdout, stderr } = await run.ended;
      const last = stdout.trim().split("\n").at(-1) ?? "";
      if (!last.startsWith("{")) throw new Error(`the other user ended without a report: ${stderr}`);
      return JSON.parse(last);
    },
    kill: () => void run.child.kill("SIGKILL"),
  };
}

/** Files that would bring the victim to use the other user's login, or to send a secret elsewhere. */
function forgedFor(host: string, theirHost: string, state: string): Record<string, string> {
  const entry = (name: string) =>
    JSON.stringify({ version: 1, host: name, username: "eve", secret: "trap", expiresAt: null, identifier: "A" });
  const answerFor = (name: string) => `{"ServerURL":"${name}","Username":"eve","Secret":"trap"}\n2000000000\n`;
  const registered = [host, theirHost].map((name) => ({
    identifier: "A",
    host: name,
    storage: "disk",
    verified: true,
    verifiedAt: 1_700_000_000,
  }));
  const config = JSON.stringify({ auths: {}, credHelpers: { [host]: "registry-login" } });
  return {
    "state.json": JSON.stringify({ version: 1, memory: `${state}/vault`, configs: [], registered, journal: [] }),
    "config.json": config,
    "auth.json": config,
    ".npmrc": "",
    [`${host}.json`]: entry(host),
    [`${theirHost}.json`]: entry(theirHost),
    [host]: answerFor(host),
    [theirHost]: answerFor(theirHost),
  };
}

/** Removes what another user left. */
export function removeAllOf(uid: number, { base, uid: victim }: Victim): void {
  for (const folder of [base, memoryOf(victim)]) {
    execFileSync("find", [folder, "-mindepth", "1", "-uid", String(uid), "-prune", "-exec", "rm", "-rf", "{}", "+"]);
  }
}
