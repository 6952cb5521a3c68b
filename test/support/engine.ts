import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hasProgram, run, tryRun } from "./shell.ts";

const START_LIMIT_MS = 60_000;

/**
 * Makes sure that a docker engine runs.
 *
 * A running one is used. Otherwise root on Debian or Ubuntu installs and starts one; other users get an error that says
 * what to start.
 * @returns what stops the engine, if it was started here
 */
export async function ensureEngine(): Promise<() => Promise<void>> {
  if (await engineRuns()) return async () => undefined;
  if (process.getuid?.() !== 0 || !(await hasProgram("apt-get"))) {
    throw new Error(
      "the container tests need a docker engine and none answers: start Docker, then run the tests again " +
        "(as root on Debian or Ubuntu they install and start one themselves)",
    );
  }
  await installPackages(["docker.io", "iptables", "ca-certificates"]);
  return startEngine();
}

/** Installs those Debian packages that are missing. */
export async function installPackages(names: readonly string[]): Promise<void> {
  const missing: string[] = [];
  for (const name of names) {
    const { stdout } = await tryRun("dpkg", ["-s", name]);
    if (!stdout.includes("install ok installed")) missing.push(name);
  }
  if (missing.length === 0) return;
  console.log(`installing ${missing.join(", ")} ...`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-qq"], { env });
  await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...missing], { env });
}

async function engineRuns(): Promise<boolean> {
  return (await hasProgram("docker")) && (await tryRun("docker", ["info"])).exitCode === 0;
}

async function startEngine(): Promise<() => Promise<void>> {
  console.log("starting a docker engine ...");
  removeStalePidFile("/var/run/docker.pid");
  const folder = mkdtempSync(join(tmpdir(), "registry-login-engine-"));
  const log = openSync(join(folder, "log"), "w");
  const engine = spawn("dockerd", [], { detached: true, stdio: ["ignore", log, log] });
  engine.unref();
  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await engineRuns())) {
    if (engine.exitCode !== null || Date.now() > deadline) {
      throw new Error(`dockerd does not start:\n${readFileSync(join(folder, "log"), "utf8").slice(-4000)}`);
    }
    await sleep(500);
  }
  return async () => {
    // An unreferenced child would let this process end before it.
    engine.ref();
    const ended = new Promise((resolve) => engine.once("exit", resolve));
    engine.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
}

/** dockerd does not start if its pid file names a running process, even if that is a different program by now. */
function removeStalePidFile(file: string): void {
  if (!existsSync(file)) return;
  const pid = readFileSync(file, "utf8").trim();
  const name = existsSync(`/proc/${pid}/comm`) ? readFileSync(`/proc/${pid}/comm`, "utf8").trim() : "";
  if (name !== "dockerd") rmSync(file);
}
