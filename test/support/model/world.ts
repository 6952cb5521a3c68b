import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { AGENT_FOLDER } from "../../../scripts/project.ts";
import { doctor } from "../../../src/commands/doctor/doctor.ts";
import { login } from "../../../src/commands/login/login.ts";
import type { Outcome } from "../../../src/commands/login/outcome.ts";
import { logout } from "../../../src/commands/logout/logout.ts";
import type { LoginStatus } from "../../../src/commands/status/report.ts";
import { status } from "../../../src/commands/status/status.ts";
import type { Context } from "../../../src/context.ts";
import { OPTIONS_FILE } from "../../../src/discovery/options.ts";
import { PLAIN } from "../../../src/terminal/terminal.ts";
import { writeEnvSecrets } from "../codespace.ts";
import { EMBEDDED_IMAGE, type EmbeddedRegistry, startEmbeddedRegistry } from "../embedded-registry.ts";
import { getFor, type HelperAnswer } from "../helper.ts";
import { type Ran, tryRun } from "../shell.ts";
import { makeHome, secrets, type TempHome } from "../temp-home.ts";
import { readMemoryFolder } from "../torture/home.ts";
import { placeLauncher } from "../torture/launcher.ts";
import { type Credential, HOST_OF, HOSTS, type HostName, IDENTIFIERS, type Identifier, type SetUp } from "./model.ts";

/** The real thing that the model is compared with: registries, a home folder, the agent, its launcher, and docker. */
export interface World {
  readonly hostOf: (name: HostName) => string;
  /** @param sets identifier -> the number of the password; null: that part is not set */
  logIn(sets: ReadonlyMap<Identifier, number | null>, hook: boolean): Promise<LoginReport>;
  status(): Promise<LoginStatus[]>;
  /** Queries the helper in this process. */
  get(name: HostName): Promise<HelperAnswer>;
  /** Queries the launcher, as clients do. */
  launch(name: HostName): Promise<Ran>;
  /** In a shell without secrets, for the private image of each registry. */
  doctor(): Promise<DoctorReport>;
  logOut(names: readonly HostName[] | "all"): Promise<number>;
  restart(): void;
  rotate(identifier: Identifier, password: number): void;
  setOutage(name: HostName, outage: "gone" | "busy" | null): void;
  writeSecretsFile(sets: ReadonlyMap<Identifier, number>): void;
  dockerLogin(credential: Credential): Promise<Ran>;
  dockerLogout(name: HostName): Promise<Ran>;
  /** Reads the manifest of the private image with docker. `user`: whose login the registry accepted. */
  pull(name: HostName): Promise<{ readonly isDone: boolean; readonly user: string | null; readonly output: string }>;
}

export interface LoginReport {
  readonly registries: readonly Outcome[];
  readonly notes: readonly string[];
}

export interface DoctorReport {
  readonly exitCode: number;
  readonly registries: readonly {
    readonly host: string;
    readonly healthy: boolean;
    readonly steps: readonly object[];
  }[];
}

export const userOf = (account: Identifier): string => `puller-${account.toLowerCase()}`;
export const passwordOf = ({ account, password }: Credential): string => `password-${password}-of-${account}`;

/** Starts one; all of it ends with the test. */
export async function startWorld({ storage, codespace }: SetUp): Promise<World> {
  const outages = new Map<HostName, "gone" | "busy">();
  const accounts = { basic: new Map<string, string>(), bearer: new Map<string, string>() };
  const rotate = (account: Identifier, password: number): void => {
    accounts[HOST_OF[account]].set(userOf(account), passwordOf({ account, password }));
  };
  for (const identifier of IDENTIFIERS) rotate(identifier, 1);
  const start = async (name: HostName): Promise<EmbeddedRegistry> => {
    const outage = (): "gone" | "busy" | null => outages.get(name) ?? null;
    const registry = await startEmbeddedRegistry({ auth: name, accounts: accounts[name], outage });
    onTestFinished(registry.close);
    return registry;
  };
  const registries = { basic: await start("basic"), bearer: await start("bearer") };
  const hostOf = (name: HostName): string => registries[name].host;

  const home = makeHome();
  placeLauncher(home.folder, "docker-credential-registry-login");
  placeAgent(home);
  // The doctor asks an engine where docker is on the PATH. podman only has to be there.
  const doctorPath = `${home.folder}:${join(home.folder, "clients")}`;
  mkdirSync(join(home.folder, "clients"));
  writeFileSync(join(home.folder, "clients", "podman"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  writeFileSync(home.optionsFile, `storage=${storage}\ngithubToken=never\n`);
  // docker checks a login itself where no engine answers.
  const shell = { HOME: home.folder, PATH: `${home.folder}:${process.env.PATH}`, DOCKER_HOST: "unix:///nonexistent" };
  const context = (sets: Readonly<Record<string, string>> = {}): Context =>
    home.context({ PATH: shell.PATH, ...(codespace ? { CODESPACES: "true" } : {}), ...sets });
  const program = async (name: string, args: readonly string[], input = ""): Promise<Ran> =>
    await tryRun(name, args, { env: shell, input });
  const removeMemory = vaultRemover(home);
  onTestFinished(removeMemory);
  const writeSecretsFile = (sets: ReadonlyMap<Identifier, number>): void => {
    const variables = [...sets].map(([identifier, password]) => partsOf(identifier, password, hostOf));
    // A codespace has secrets that are not about registries, too.
    writeEnvSecrets(home, Object.assign({ OTHER: "x" }, ...variables));
  };
  if (codespace) writeSecretsFile(new Map());

  return {
    hostOf,
    logIn: async (sets, hook) => {
      const variables = [...sets].map(([identifier, password]) => partsOf(identifier, password, hostOf));
      const { stdout } = await login(context(Object.assign({}, ...variables)), {
        options: {},
        json: true,
        onlyChanged: hook,
      });
      return JSON.parse(stdout);
    },
    status: async () => JSON.parse((await status(context(), true)).stdout).logins,
    get: async (name) => await getFor(home.context({ PATH: shell.PATH }), hostOf(name)),
    launch: async (name) => await program(join(home.folder, "docker-credential-registry-login"), ["get"], hostOf(name)),
    // A shell without secrets: also without CODESPACES, which would lead to the codespace's file.
    doctor: async () => {
      const targets = HOSTS.map((name) => imageAt(hostOf(name)));
      const flags = { options: {}, targets, push: false, json: true };
      const world = { ...home.context({ PATH: doctorPath }), terminal: PLAIN };
      const { stdout, exitCode } = await doctor(world, flags);
      return { ...JSON.parse(stdout), exitCode };
    },
    logOut: async (names) => {
      const hosts = names === "all" ? [] : names.map(hostOf);
      return (await logout(context(), { hosts, all: names === "all", json: true })).exitCode;
    },
    restart: removeMemory,
    rotate,
    setOutage: (name, outage) => {
      if (outage === null) outages.delete(name);
      else outages.set(name, outage);
    },
    writeSecretsFile,
    dockerLogin: async (credential) => {
      const host = hostOf(HOST_OF[credential.account]);
      const args = ["login", "-u", userOf(credential.account), "--password-stdin", host];
      return await program("docker", args, passwordOf(credential));
    },
    dockerLogout: async (name) => await program("docker", ["logout", hostOf(name)]),
    pull: async (name) => {
      const { exitCode, output } = await program("docker", [
        "manifest",
        "inspect",
        "--insecure",
        imageAt(hostOf(name)),
      ]);
      const isDone = exitCode === 0;
      return { isDone, user: isDone ? registries[name].lastUser() : null, output };
    },
  };
}

function imageAt(host: string): string {
  return `${host}/${EMBEDDED_IMAGE.repository}:${EMBEDDED_IMAGE.tag}`;
}

function partsOf(
  account: Identifier,
  password: number | null,
  hostOf: World["hostOf"],
): Readonly<Record<string, string>> {
  const all = secrets(account, hostOf(HOST_OF[account]), userOf(account), "");
  const name = `${account}_CONTAINER_REGISTRY_PASSWORD`;
  const { [name]: _, ...rest } = all;
  return password === null ? rest : { ...rest, [name]: passwordOf({ account, password }) };
}

/** The built agent, with the options file of this home instead of the installed one. */
function placeAgent({ folder, optionsFile }: TempHome): void {
  const agent = join(folder, "lib", "agent");
  rmSync(agent);
  mkdirSync(agent);
  const text = readFileSync(join(AGENT_FOLDER, "helper.cjs"), "utf8");
  writeFileSync(join(agent, "helper.cjs"), text.replaceAll(OPTIONS_FILE, optionsFile));
}

/** Removes the vault in memory, wherever the agent made it: as a restart does. */
function vaultRemover(home: TempHome): () => void {
  const seen = new Set<string>();
  return () => {
    const folder = readMemoryFolder(join(home.folder, ".local/state/registry-login"));
    if (/^\/dev\/shm\/registry-login-/.test(folder)) seen.add(folder);
    for (const each of seen) rmSync(each, { recursive: true, force: true });
  };
}
