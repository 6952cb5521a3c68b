import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { PODMAN_RUN_ARGS } from "../support/dev-container.ts";
import { base64 } from "../support/encoding.ts";
import { TOOLS_IMAGE } from "../support/images.ts";
import { type PlainContainer, startPlainContainer } from "../support/plain-container.ts";
import {
  PRIVATE_IMAGE,
  type Registry,
  randomPassword,
  secretsFor,
  startRegistry,
  type User,
} from "../support/registry.ts";
import type { Ran } from "../support/shell.ts";

// "Ready" in the report, status and the doctor means what real clients then do.

const puller: User = { user: "puller", password: randomPassword() };
const team: User = { user: "team", password: randomPassword() };
const OF_TEAM = { auth: base64(`team:${team.password}`) };

const CLIENTS = {
  docker: (image: string) => `docker manifest inspect --insecure ${image}`,
  podman: (image: string) => `podman --storage-driver=vfs pull -q --tls-verify=false ${image}`,
  skopeo: (image: string) => `skopeo inspect --tls-verify=false docker://${image}`,
} as const;
type Client = keyof typeof CLIENTS;

let registry: Registry;
let open: Registry;
let container: PlainContainer;

beforeAll(async () => {
  registry = await startRegistry({ kind: "basic", ...puller, others: [team] });
  open = await startRegistry({ kind: "none" });
  container = await startPlainContainer(TOOLS_IMAGE, { runArgs: ["--network=host", ...PODMAN_RUN_ARGS] });
  expect(await container.install()).toMatchObject({ exitCode: 0 });
});

afterAll(async () => {
  await container?.remove();
  await registry?.stop();
  await open?.stop();
});

/** A person with a new home folder. */
interface Person {
  readonly home: string;
  /** Runs a command, without the secrets. */
  sh(command: string, env?: Record<string, string>): Promise<Ran>;
  /** Runs the login, with the secrets. @returns its report */
  logIn(env?: Record<string, string>, options?: string): Promise<string>;
  write(file: string, content: object): Promise<void>;
}

let people = 0;

function newPerson(place: PlainContainer = container, home = `/tmp/home-${++people}`): Person {
  const sh = (command: string, env: Record<string, string> = {}): Promise<Ran> =>
    place.sh(`mkdir -p ${home} && cd ${home} && ${command}`, { env: { HOME: home, ...env } });
  return {
    home,
    sh,
    logIn: async (env = {}, options = "") =>
      (await sh(`/usr/local/bin/registry-login ${options}`, { ...secretsFor("TEAM", registry, puller), ...env }))
        .stdout,
    write: async (file, content) => {
      await sh(`mkdir -p $(dirname ${file}) && printf %s '${JSON.stringify(content)}' >${file}`);
    },
  };
}

/** Who each client is for the registry: it can pull while the registry accepts no other user. */
async function expectPulls(
  { sh }: Person,
  expected: Readonly<Record<Client, User | null>>,
  env: Record<string, string> = {},
): Promise<void> {
  for (const user of [puller, team]) {
    await registry.letIn(user);
    for (const [client, pull] of Object.entries(CLIENTS) as [Client, (image: string) => string][]) {
      const { exitCode, output } = await sh(pull(`${registry.host}/${PRIVATE_IMAGE}`), env);
      expect(exitCode === 0, `${client} as ${user.user}: ${output}`).toBe(expected[client] === user);
    }
  }
  await registry.letIn(puller, team);
}

const all = (user: User | null) => ({ docker: user, podman: user, skopeo: user });

/** What the report, status and the doctor say first, and the codes of the doctor's steps that are not ok. */
async function sayings({ sh, logIn }: Person, env: Record<string, string> = {}) {
  const [report, status, doctor] = [
    await logIn(env),
    (await sh("registry-login status", env)).stdout,
    (await sh("registry-login doctor --json", env)).stdout,
  ];
  const { registries } = JSON.parse(doctor) as { registries: { steps: { code: string | null }[] }[] };
  return {
    report: report.split("\n")[0],
    status: status.split("\n")[0]?.replace("logged in", "ready"),
    codes: registries.flatMap(({ steps }) => steps.flatMap(({ code }) => code ?? [])),
  };
}

describe("a helper that clients do not find", () => {
  const PATH = "/usr/bin:/bin";

  test("fails the login and leaves no entry, so that public images can be pulled", async () => {
    const person = newPerson();
    const secrets = secretsFor("OPEN", open, puller);
    const text = await person.logIn({ ...secrets, PATH });
    expect(text).toMatch(/^registry-login: 0 of 2 registries ready\n {2}OPEN +failed .* not on the PATH/);
    expect((await person.sh("find . -mindepth 1")).stdout).toBe("");
    for (const pull of Object.values(CLIENTS)) {
      expect(await person.sh(pull(`${open.host}/${PRIVATE_IMAGE}`), { PATH })).toMatchObject({ exitCode: 0 });
    }
  });

  test("does not harm a login that an earlier run made", async () => {
    const person = newPerson();
    await person.logIn();
    const before = (await person.sh("cat .docker/config.json .local/state/registry-login/state.json")).stdout;
    expect(await person.logIn({ PATH })).toMatch(/^registry-login: 0 of 1 registries ready\n/);
    expect((await person.sh("cat .docker/config.json .local/state/registry-login/state.json")).stdout).toBe(before);
    await expectPulls(person, all(puller));
  });

  test("is not needed with storage plaintext", async () => {
    const person = newPerson();
    expect(await person.logIn({ PATH }, "--storage=plaintext")).toMatch(/^registry-login: 1 of 1 registries ready\n/);
    await expectPulls(person, all(puller), { PATH });
  });

  test("because another program has its name, is reported as such", async () => {
    const person = newPerson();
    await person.sh(
      "mkdir bin && printf '#!/bin/sh\\nexit 3\\n' >bin/docker-credential-registry-login && chmod +x bin/*",
    );
    const PATH = `${person.home}/bin:/usr/local/bin:/usr/bin:/bin`;
    expect(await person.logIn({ PATH })).toMatch(
      /^registry-login: 0 of 1 .*\n {2}TEAM +failed .* is a different program/,
    );
    await expectPulls(person, all(null), { PATH });
    expect(await person.logIn()).toMatch(/^registry-login: 1 of 1 registries ready\n/);
    await expectPulls(person, all(puller));
  });

  test("in a relative folder is reported as clients meet it", async () => {
    const person = newPerson();
    await person.sh("mkdir bin && cp /usr/local/bin/docker-credential-registry-login bin");
    await person.logIn();
    // docker exec takes no relative PATH.
    const relative: Person = { ...person, sh: (command) => person.sh(`export PATH="bin:$PATH"; ${command}`) };
    expect((await relative.sh("registry-login status")).stdout).toMatch(/^registry-login: 0 of 1 .* do not use /);
    await expectPulls(relative, all(null));
  });
});

describe("somebody else's login that comes first", () => {
  const cases: readonly {
    readonly name: string;
    readonly arrange: (person: Person) => Promise<Record<string, string>>;
    readonly pulls: Readonly<Record<Client, User | null>>;
    readonly line: (host: string) => string;
    readonly code: string | null;
  }[] = [
    {
      name: "docker login before the login",
      arrange: async ({ write }) => {
        await write(".docker/config.json", { auths: { [registry.host]: OF_TEAM } });
        return {};
      },
      pulls: all(team),
      line: (host) => `0 of 1 registries ready; docker and podman use the login of team for ${host}`,
      code: "docker-other-login",
    },
    {
      name: "podman's auth.json below .config",
      arrange: async ({ write }) => {
        await write(".config/containers/auth.json", { auths: { [registry.host]: OF_TEAM } });
        return {};
      },
      pulls: { docker: puller, podman: team, skopeo: team },
      line: (host) => `0 of 1 registries ready; podman uses the login of team for ${host}`,
      code: "podman-other-login",
    },
    {
      name: "podman's auth.json below XDG_RUNTIME_DIR",
      arrange: async ({ home, write }) => {
        await write("run/containers/auth.json", { auths: { [registry.host]: OF_TEAM } });
        return { XDG_RUNTIME_DIR: `${home}/run` };
      },
      pulls: { docker: puller, podman: team, skopeo: team },
      line: (host) => `0 of 1 registries ready; podman uses the login of team for ${host}`,
      code: "podman-other-login",
    },
    {
      name: "podman's auth.json for the image's path",
      arrange: async ({ write }) => {
        await write(".config/containers/auth.json", { auths: { [`${registry.host}/private`]: OF_TEAM } });
        return {};
      },
      pulls: { docker: puller, podman: team, skopeo: team },
      line: (host) => `1 of 1 registries ready; podman uses the login of team for ${host}/private`,
      code: "podman-other-login",
    },
    {
      name: "nobody's: a credential store as VS Code writes it",
      arrange: async ({ write }) => {
        await write(".docker/config.json", { credsStore: "dev-containers-4711" });
        return {};
      },
      pulls: all(puller),
      line: () => "1 of 1 registries ready",
      code: null,
    },
  ];

  test.each(cases)("$name", async ({ arrange, pulls, line, code }) => {
    const person = newPerson();
    const env = await arrange(person);
    const { report, status, codes } = await sayings(person, env);
    const expected = `registry-login: ${line(registry.host)}`;
    expect([report, status]).toEqual([expected, expected]);
    expect(new Set(codes)).toEqual(new Set(code === null ? [] : [code]));
    await expectPulls(person, pulls, env);
  });

  test("DOCKER_AUTH_CONFIG, if this docker reads it", async () => {
    const person = newPerson();
    const env = { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [registry.host]: OF_TEAM } }) };
    const { report, status } = await sayings(person, env);
    const [, major, minor] = /version (\d+)\.(\d+)/.exec((await person.sh("docker --version")).stdout) ?? [];
    const reads = Number(major) > 28 || (Number(major) === 28 && Number(minor) >= 3);
    const line = reads
      ? `0 of 1 registries ready; docker uses the login of team for ${registry.host}`
      : "1 of 1 registries ready";
    expect([report, status]).toEqual(Array(2).fill(`registry-login: ${line}`));
    await expectPulls(person, { ...all(puller), docker: reads ? team : puller }, env);
  });

  test("docker login after the login", async () => {
    const person = newPerson();
    await person.logIn();
    const logIn = `echo ${team.password} | docker login -u team --password-stdin ${registry.host}`;
    expect(await person.sh(logIn)).toMatchObject({ exitCode: 0 });
    const { report, status, codes } = await sayings(person);
    const who = `docker and podman use the login of team for ${registry.host}`;
    expect(report).toBe(`registry-login: 0 of 1 registries ready; ${who}`);
    expect(status).toContain(who);
    expect(new Set(codes)).toEqual(new Set(["stored-login"]));
    await expectPulls(person, all(team));
    await person.sh(`docker logout ${registry.host}`);
    expect((await sayings(person)).report).toBe("registry-login: 1 of 1 registries ready");
    await expectPulls(person, all(puller));
  });
});

describe("a line of ours that clients do not find", () => {
  test("because another program wrote config.json anew: each command names it, and registry-login restores it", async () => {
    const person = newPerson();
    await person.logIn();
    await person.write(".docker/config.json", { psFormat: "x" });
    await expectPulls(person, all(null));
    const doctor = await person.sh("registry-login doctor");
    expect(doctor.exitCode).toBe(1);
    const message = `${person.home}/.docker/config.json lacks "credHelpers": {"${registry.host}": "registry-login"}`;
    expect(doctor.stdout).toContain(`${message} [line-missing]\n      -> run registry-login\n`);
    expect((await person.sh("registry-login status")).stdout).toContain(`${message}; run registry-login`);
    // Without the secrets.
    expect((await person.sh("registry-login")).stdout).toMatch(/^registry-login: 1 of 1 registries ready\n/);
    await expectPulls(person, all(puller));
  });

  test.each([
    ["DOCKER_CONFIG, which the login did not have", { DOCKER_CONFIG: "/tmp/elsewhere" }, {}],
    ["no DOCKER_CONFIG, which the login had", {}, { DOCKER_CONFIG: "/tmp/elsewhere" }],
  ])("because of %s", async (_, later, before) => {
    const person = newPerson();
    await person.logIn(before);
    await expectPulls(person, all(null), later);
    expect((await person.sh("registry-login status", later)).stdout).toMatch(/^registry-login: 0 of 1 .* do not use /);
    expect((await person.sh("registry-login", later)).stdout).toMatch(/^registry-login: 1 of 1 registries ready\n/);
    await expectPulls(person, all(puller), later);
    await person.sh("rm -r /tmp/elsewhere");
  });
});

describe("docker's configuration of the machine, mounted into the container", () => {
  /** A folder of the machine with docker's configuration, and a container with it at this path. */
  async function mounted(arg: (folder: string) => string) {
    const folder = mkdtempSync(join(tmpdir(), "registry-login-mounted-"));
    mkdirSync(join(folder, ".docker"));
    const file = join(folder, ".docker", "config.json");
    writeFileSync(file, '{"auths": {}}');
    const place = await startPlainContainer(TOOLS_IMAGE, {
      runArgs: ["--network=host", ...PODMAN_RUN_ARGS, arg(folder)],
    });
    onTestFinished(async () => {
      await place.remove();
      rmSync(folder, { recursive: true, force: true });
    });
    expect(await place.install()).toMatchObject({ exitCode: 0 });
    return { person: newPerson(place, "/root"), read: () => readFileSync(file, "utf8") };
  }

  test.each([
    ["the folder", (folder: string) => `--volume=${folder}/.docker:/root/.docker`],
    ["the file", (folder: string) => `--volume=${folder}/.docker/config.json:/root/.docker/config.json`],
    ["the folder, read-only", (folder: string) => `--volume=${folder}/.docker:/root/.docker:ro`],
  ])("%s: nothing is written there, and DOCKER_CONFIG is the way out", async (_, arg) => {
    const { person, read } = await mounted(arg);
    for (const storage of ["memory", "plaintext"]) {
      const text = await person.logIn({}, `--storage=${storage}`);
      expect(text).toMatch(
        /^registry-login: 0 of 1 .*\n {2}TEAM +failed .*\/root\/\.docker\/config\.json is mounted from outside/,
      );
      expect(text).toContain("set DOCKER_CONFIG to a folder that only the container has");
    }
    expect(read()).toBe('{"auths": {}}');
    expect((await person.sh("ls -A | grep -v -e .docker -e .bash -e .profile")).stdout).toBe("");
    const secrets = secretsFor("TEAM", registry, puller);
    const doctor = JSON.parse((await person.sh("registry-login doctor --json", secrets)).stdout);
    expect(doctor.registries[0].steps).toContainEqual(
      expect.objectContaining({ step: "docker", code: "config-mounted" }),
    );
    const env = { DOCKER_CONFIG: "/root/.docker-of-container" };
    expect(await person.logIn(env)).toMatch(/^registry-login: 1 of 1 registries ready\n/);
    await expectPulls(person, all(puller), env);
    expect(read()).toBe('{"auths": {}}');
  });

  test("a line of ours that a person wrote there is used", async () => {
    const { person, read } = await mounted((folder) => `--volume=${folder}/.docker:/root/.docker`);
    await person.write(".docker/config.json", { credHelpers: { [registry.host]: "registry-login" } });
    const before = read();
    expect(await person.logIn()).toMatch(/^registry-login: 1 of 1 registries ready\n/);
    await expectPulls(person, all(puller));
    expect(read()).toBe(before);
  });

  test("a volume is no such folder", async () => {
    const { person } = await mounted(() => "--volume=/root/.docker");
    expect(await person.logIn()).toMatch(/^registry-login: 1 of 1 registries ready\n/);
    await expectPulls(person, all(puller));
  });

  test("podman's file of REGISTRY_AUTH_FILE, too", async () => {
    const { person, read } = await mounted((folder) => `--volume=${folder}/.docker/config.json:/auth.json`);
    const env = { REGISTRY_AUTH_FILE: "/auth.json" };
    const text = await person.logIn(env);
    expect(text).toContain("/auth.json is mounted from outside");
    expect(read()).toBe('{"auths": {}}');
    // These versions of podman and skopeo go on to docker's file.
    await expectPulls(person, all(puller), env);
  });
});
