import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmbeddedRegistry, startEmbeddedRegistry } from "../../support/embedded-registry.ts";
import { hookLine, PROGRAM } from "../../support/host-setup.ts";
import { BUSYBOX_IMAGE } from "../../support/install-images.ts";
import { type HostMachine, type HostSettings, startHostMachine } from "../../support/machine-container.ts";
import { cleanEngine, type PrivateThings, publishPrivateThings } from "../../support/private-things.ts";
import { newUser, type Registry, randomPassword, secretsFor, startRegistry } from "../../support/registry.ts";
import type { Ran } from "../../support/shell.ts";
import { type NpmRegistry, publishOurPackage } from "../../support/verdaccio.ts";

// What the dev container CLI pulls before there is a container, with nothing but three secrets on the host.

const owner = newUser("basic");
const mona = { user: "mona", password: randomPassword() };

let npm: NpmRegistry;
let registry: Registry;
let other: EmbeddedRegistry;
let things: PrivateThings;

beforeAll(async () => {
  npm = await publishOurPackage();
  registry = await startRegistry(owner);
  other = await startEmbeddedRegistry({ auth: "basic", ...mona });
  things = await publishPrivateThings(registry, owner);
});

afterAll(async () => {
  await other?.close();
  await registry?.stop();
  await npm?.close();
});

interface Thing {
  readonly config: () => Readonly<Record<string, unknown>>;
  /** What is next to devcontainer.json, by name. */
  readonly files?: () => Readonly<Record<string, string>>;
  /** What the CLI prints if it may not be pulled. */
  readonly denial: RegExp;
  /** A command that succeeds if what was pulled is in use. */
  readonly isInUse: string;
}

const UP = "devcontainer up --workspace-folder work";
const BUILD = "devcontainer build --workspace-folder work --image-name built-on-a-host:1";
const inContainer = (command: string): string => `devcontainer exec --workspace-folder work ${command}`;

const pullFails = /Command failed: docker pull localhost/;
const dockerfile = {
  denial: pullFails,
  files: () => ({ Dockerfile: `FROM ${things.image}\nRUN touch /built\n` }),
  config: () => ({ build: { dockerfile: "Dockerfile" } }),
};

const THINGS = {
  "base image": { config: () => ({ image: things.image }), denial: pullFails, isInUse: inContainer("true") },
  "FROM of a Dockerfile": { ...dockerfile, isInUse: inContainer("test -e /built") },
  "image of a second service": {
    files: () => ({
      "compose.yml": `version: "3"
services:
  app: { image: ${BUSYBOX_IMAGE}, command: sleep 600, network_mode: none }
  database: { image: "${things.image}", command: sleep 600, network_mode: none }
`,
    }),
    config: () => ({ dockerComposeFile: "compose.yml", service: "app", workspaceFolder: "/" }),
    denial: /Command failed: docker-compose .* up -d/,
    isInUse: "docker-compose -p work_devcontainer -f work/.devcontainer/compose.yml exec -T database true",
  },
  Feature: {
    config: () => ({ image: BUSYBOX_IMAGE, features: { [things.feature]: {} } }),
    denial: /You may not have permission to access this Feature/,
    isInUse: inContainer("test -e /private-feature"),
  },
  "FROM in a build": {
    ...dockerfile,
    isInUse: "docker run --rm --network=none built-on-a-host:1 test -e /built && docker rmi built-on-a-host:1",
  },
} satisfies Record<string, Thing>;

interface Scenario extends Pick<HostSettings, "user"> {
  readonly thing: keyof typeof THINGS;
  readonly store: "no store" | NonNullable<HostSettings["store"]>;
  /** When docker itself logs in to another registry. */
  readonly other: "before" | "meanwhile" | "after";
}

const USERS = ["root", "vscode"] as const;

/** The stores, and when docker logs in to the other registry. pass encrypts each time anew: two machines' files differ. */
const STORES = [
  { store: "no store", other: "before" },
  { store: "pass", other: "after" },
  { store: "secretservice", other: "meanwhile" },
] as const;

/** ALL=1 runs each thing with each store as each user; otherwise each thing with each store, and the users take turns. */
const isAll = process.env.ALL === "1";

const SCENARIOS: readonly Scenario[] = (Object.keys(THINGS) as Scenario["thing"][]).flatMap((thing, row) =>
  STORES.flatMap((place, column) =>
    USERS.filter((_, index) => isAll || index === (row + column) % USERS.length).map((user) => ({
      thing,
      user,
      ...place,
    })),
  ),
);

describe.each(SCENARIOS)("the private $thing, with $store, as $user", (scenario) => {
  const thing: Thing = THINGS[scenario.thing];
  const store = scenario.store === "no store" ? null : scenario.store;
  const isBuild = scenario.thing === "FROM in a build";
  let machine: HostMachine;
  let before: string[];

  /** Starts it with a devcontainer.json, and only the three secrets in the environment. */
  const start = async (config: Readonly<Record<string, unknown>>, command = isBuild ? BUILD : UP): Promise<Ran> => {
    await machine.write("work/.devcontainer/devcontainer.json", JSON.stringify(config));
    return await machine.sh(command, secretsFor("TEAM", registry, owner));
  };
  const dockerLogsIn = async (host: string): Promise<void> => {
    const { output } = await machine.sh(`printf %s ${mona.password} | docker login -u mona --password-stdin ${host}`);
    expect(output).toContain("Login Succeeded");
    expect(await machine.placeOf(host)).toBe(store ?? "auths");
  };

  beforeAll(async () => {
    machine = await startHostMachine({ store, user: scenario.user, npm });
    for (const [name, text] of Object.entries(thing.files?.() ?? {})) {
      await machine.write(`work/.devcontainer/${name}`, text);
    }
    if (scenario.other === "before") await dockerLogsIn(other.host);
    before = await machine.snapshot();
  });

  afterAll(async () => {
    if (machine !== undefined) await cleanEngine(machine.folder, registry.host);
    await machine?.remove();
  });

  test("is denied without the login", async () => {
    // `devcontainer build` does not run the line.
    const denied = await start({ ...thing.config(), ...(isBuild ? { initializeCommand: hookLine() } : {}) });
    expect(denied.exitCode).toBe(1);
    expect(denied.output).toMatch(thing.denial);
    expect((await machine.sh(`docker pull ${things.image}`)).output).toContain("no basic auth credentials");
    expect(await machine.snapshot()).toEqual(before);
  });

  test(`is pulled with ${isBuild ? "a step before" : "one line in devcontainer.json"}`, async () => {
    const started = isBuild
      ? await start(thing.config(), `${PROGRAM} login && ${BUILD}`)
      : await start({ ...thing.config(), initializeCommand: hookLine() });
    const where =
      store === null ? "stored unencrypted in docker's config.json" : `stored by docker-credential-${store}`;
    expect(started.output).toContain(`TEAM  verified  ${registry.host}  as ${owner.user}, ${where}`);
    expect(started.output).toContain('"outcome":"success"');
    expect(started.output).not.toContain(owner.password);
    expect(started.exitCode).toBe(0);
    expect(await machine.sh(thing.isInUse)).toMatchObject({ exitCode: 0 });
    expect(await machine.placeOf(registry.host)).toBe(store ?? "auths");
    if (scenario.other === "meanwhile") await dockerLogsIn(other.host);
  });

  test("is gone after logout, to the byte, and docker login stores where it did", async () => {
    expect(await machine.sh(`${PROGRAM} logout --all`)).toMatchObject({ exitCode: 0, stderr: "" });
    const alone = scenario.other === "meanwhile" ? await dockerAlone(scenario) : before;
    expect(await machine.snapshot()).toEqual(alone);
    await dockerLogsIn(other.host.replace("localhost", "127.0.0.1"));
  });

  /** What is on a machine on which only docker has logged in. */
  async function dockerAlone({ user }: Scenario): Promise<string[]> {
    const kept = machine;
    machine = await startHostMachine({ store, user, npm });
    try {
      await dockerLogsIn(other.host);
      return await machine.snapshot();
    } finally {
      await machine.remove();
      machine = kept;
    }
  }
});
