import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DevContainer, LOCAL_FEATURE, PODMAN_RUN_ARGS, up } from "../support/dev-container.ts";
import { TOOLS_IMAGE } from "../support/images.ts";
import { PRIVATE_IMAGE, type Registry, secretsFor, startRegistry, type User } from "../support/registry.ts";
import type { Ran } from "../support/shell.ts";

const password = () => randomBytes(16).toString("hex");
const base64 = (text: string) => Buffer.from(text).toString("base64");
const ours = { user: "of-the-secrets", password: password() };
const alice = { user: "alice", password: password() };

/** What stands in docker's config.json before us, in a person's own layout; `line` is where ours goes. */
const dockerConfig = (line = "", auths = "") => `{
    "auths": {
        "quay.example": { "auth": "${base64("carol:hers")}", "email": "carol@quay.example" },${auths}
        "https://index.docker.io/v1/": {"auth": "${base64("carol:hub")}"}
    },
    "HttpHeaders": {"X-Meta-Source": "carol"},
    "credHelpers": {
        "public.ecr.example": "ecr-login",
        "gcr.example": "gcloud"${line}
    },
    "proxies":   { "default": {"httpProxy": "http://proxy.example:3128", "noProxy": "localhost,127.0.0.0/8"} },
    "currentContext": "carols", "psFormat": "table {{.ID}}",
    "plugins": {"x": {"hooks": "a"}},
    "x-of-another-tool": [1.0, 2e3, "\\u00e4"]
}
`;

const NPMRC = "; carol's\n@acme:registry=https://npm.pkg.github.com/\n//npm.example/:_authToken=abc";

let registry: Registry;
let container: DevContainer;
let host: string;
/** The same registry by its address, which clients take for another one; alice logged in there before us. */
let address: string;
let podmanAuth: string;
let before: string;

beforeAll(async () => {
  registry = await startRegistry({ kind: "basic", ...ours, others: [alice] });
  host = registry.host;
  address = host.replace("localhost", "127.0.0.1");
  podmanAuth = `{"auths": {
  "${host}/private/hello": {"auth": "${base64(`alice:${alice.password}`)}"}, "other.example/a/b": {"auth": "eDp5"}
}}`;
  before = dockerConfig("", `\n\t"${address}": {"auth": "${base64(`alice:${alice.password}`)}"},`);
  const files = { ".docker/config.json": before, ".config/containers/auth.json": podmanAuth, ".npmrc": NPMRC };
  const write = Object.entries(files).map(
    ([file, text]) => `mkdir -p $(dirname ~/${file}) && echo ${base64(text)} | base64 -d >~/${file}`,
  );
  container = await up({
    config: {
      image: TOOLS_IMAGE,
      features: { [LOCAL_FEATURE]: {} },
      runArgs: ["--network=host", ...PODMAN_RUN_ARGS],
      mounts: ["type=bind,source=/var/run/docker.sock,target=/var/run/docker.sock"],
      // The first hook of all: all this is there before ours runs.
      onCreateCommand: ["docker context create carols --docker host=unix:///var/run/docker.sock", ...write].join(
        " && ",
      ),
    },
    secrets: {
      ...secretsFor("LOCAL", registry, ours),
      ...secretsFor("ADDRESS", { host: address }, ours),
      ...secretsFor("NPM", { host: "npm.pkg.github.com" }, { user: "carol", password: "ghp_of_carol" }),
    },
  });
});

afterAll(async () => {
  await container?.remove();
  await registry?.stop();
});

const read = async (file: string): Promise<string> => (await container.sh(`cat ${file}`)).stdout;

/** Runs a command that has to succeed. */
async function sh(command: string): Promise<Ran> {
  const ran = await container.sh(command);
  expect(ran.exitCode, ran.output).toBe(0);
  return ran;
}

/** `registry-login` where the secrets are. */
const logInAgain = (): Promise<Ran> => sh(`${variables("LOCAL", "ADDRESS")} registry-login`);

/** The secrets of these, as they stand before a command. */
function variables(...identifiers: readonly ("LOCAL" | "ADDRESS" | "NOWHERE")[]): string {
  const hosts = { LOCAL: host, ADDRESS: address, NOWHERE: "localhost:1" };
  const sets = identifiers.map((each) => secretsFor(each, { host: hosts[each] }, ours));
  return Object.entries(Object.assign({}, ...sets))
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}

const PULLS = {
  docker: (server: string) => `docker pull -q ${server}/${PRIVATE_IMAGE}`,
  podman: (server: string) => `podman --storage-driver=vfs pull -q --tls-verify=false ${server}/${PRIVATE_IMAGE}`,
  skopeo: (server: string) => `skopeo inspect --tls-verify=false docker://${server}/${PRIVATE_IMAGE}`,
};

const CLIENTS = ["docker", "podman", "skopeo"] as const;

/** A client uses this user's login: it pulls while the registry lets nobody else in. */
async function expectPullAs(user: User, client: (typeof CLIENTS)[number], server = host): Promise<void> {
  await registry.letIn(user);
  const pulled = await container.sh(PULLS[client](server));
  await registry.letIn(ours, alice);
  expect(pulled.exitCode, `${client} as ${user.user}: ${pulled.output}`).toBe(0);
}

const logIn = (client: "docker" | "podman", server = host) =>
  `echo ${alice.password} | ${client} login ${client === "podman" ? "--tls-verify=false " : ""}-u alice --password-stdin ${server}`;

describe("what was there before us", () => {
  test("docker's config.json gets one line, and is the same to the byte around it", async () => {
    const line = `,\n        "${host}": "registry-login"`;
    expect(await read("~/.docker/config.json")).toBe(before.replace('"gcloud"', `"gcloud"${line}`));
  });

  test("podman's auth.json with keys of paths is the same to the byte, and .npmrc gets one line at its end", async () => {
    expect(await read("~/.config/containers/auth.json")).toBe(podmanAuth);
    expect(await read("~/.npmrc")).toBe(`${NPMRC}\n//npm.pkg.github.com/:_authToken=ghp_of_carol\n`);
  });

  test("docker goes on with its context, and pulls with our login", async () => {
    expect((await sh("docker context ls")).stdout).toMatch(/carols \*/);
    await expectPullAs(ours, "docker");
  });

  test("podman and skopeo go on with the login of auth.json whose path leads to the image", async () => {
    await expectPullAs(alice, "podman");
    await expectPullAs(alice, "skopeo");
    await sh(`podman logout ${host}/private/hello --authfile ~/.config/containers/auth.json`);
    await expectPullAs(ours, "podman");
    await expectPullAs(ours, "skopeo");
  });

  test("docker, podman and skopeo go on with a docker login that was made before ours, until docker logout", async () => {
    expect(container.log).toContain("clients still use the login that docker's config.json holds for it");
    for (const client of CLIENTS) await expectPullAs(alice, client, address);
    await sh(`docker logout ${address}`);
    await logInAgain();
    for (const client of CLIENTS) await expectPullAs(ours, client, address);
  });
});

describe("logins while ours is there", () => {
  test("docker, podman and skopeo use a docker login as somebody else until docker logout", async () => {
    await sh(logIn("docker"));
    await logInAgain();
    for (const client of CLIENTS) await expectPullAs(alice, client);
    await sh(`docker logout ${host}`);
    for (const client of CLIENTS) await expectPullAs(ours, client);
  });

  test("what docker login and logout made of config.json stays to the byte when we run again", async () => {
    const rewritten = await read("~/.docker/config.json");
    expect(JSON.parse(rewritten)).toMatchObject({
      auths: { "quay.example": { auth: base64("carol:hers") } },
      credHelpers: { "gcr.example": "gcloud", "public.ecr.example": "ecr-login", [host]: "registry-login" },
      currentContext: "carols",
    });
    await logInAgain();
    await sh("registry-login");
    expect(await read("~/.docker/config.json")).toBe(rewritten);
  });

  test("podman and skopeo use a podman login as somebody else until podman logout, docker never", async () => {
    await sh(logIn("podman"));
    await logInAgain();
    const file = await read("/run/containers/0/auth.json");
    await expectPullAs(alice, "podman");
    await expectPullAs(alice, "skopeo");
    await expectPullAs(ours, "docker");
    expect(await read("/run/containers/0/auth.json")).toBe(file);
    await sh("podman logout --all");
    await expectPullAs(ours, "podman");
    await expectPullAs(ours, "skopeo");
  });

  test("podman login and docker login without a user take ours for an existing login", async () => {
    expect((await sh(`podman login --tls-verify=false ${host} </dev/null`)).output).toContain(
      "Existing credentials are valid",
    );
    expect((await sh(`docker login ${host} </dev/null`)).output).toContain("Login Succeeded");
    await logInAgain();
    await expectPullAs(ours, "docker");
  });
});

/** Each of these runs in a shell of its own, all at once, and every command in them has to succeed. */
async function atOnce(...commands: readonly string[]): Promise<void> {
  for (const ran of await Promise.all(commands.map((each) => container.sh(`set -e; ${each}`)))) {
    expect(ran.exitCode, ran.output).toBe(0);
  }
}

const EIGHT_TIMES = "for i in 1 2 3 4 5 6 7 8; do";

describe("at the same time", () => {
  test("docker login and logout, podman login and logout, and our own logins lose nothing of each other", async () => {
    const config = async () => JSON.parse(await read("~/.docker/config.json"));
    await sh(`${variables("LOCAL")} registry-login`);
    const { auths, ...rest } = await config();
    await atOnce(
      // A registry that is not ours now, so that docker writes the login to its file itself.
      `${EIGHT_TIMES} ${logIn("docker", address)}; docker logout ${address}; done; ${logIn("docker", address)}`,
      `${EIGHT_TIMES} ${logIn("podman")}; podman logout ${host}; done; ${logIn("podman")}`,
      // One has what the other takes away: each run writes.
      `${EIGHT_TIMES} ${variables("NOWHERE")} registry-login --no-verify; ${variables("LOCAL")} registry-login; done`,
    );
    await logInAgain();
    expect(await config()).toEqual({
      ...rest,
      auths: { ...auths, [address]: { auth: base64(`alice:${alice.password}`) } },
    });
    await expectPullAs(alice, "docker", address);
    await expectPullAs(alice, "podman");
    await expectPullAs(ours, "docker");
    await sh(`docker logout ${address}; podman logout ${host}`);
  });

  test("six agents, two of them with a DOCKER_CONFIG of another folder, end with one login and leave nothing behind", async () => {
    const login = `${variables("LOCAL", "ADDRESS")} registry-login --no-verify`;
    const other = `export DOCKER_CONFIG=/tmp/other-config; ${login}`;
    await sh("rm -rf ~/.local/state/registry-login /dev/shm/registry-login-*");
    await atOnce(login, other, login, login, other, login);
    expect((await sh("ls -A ~/.docker")).stdout.trim().split("\n").sort()).toEqual(["config.json", "contexts"]);
    expect((await sh("ls -A /tmp/other-config ~/.local/state/registry-login")).stdout).toMatch(
      /^\/root\/.local\/state\/registry-login:\nstate\.json\n\n\/tmp\/other-config:\nconfig\.json\n$/,
    );
    expect((await sh("ls -d /dev/shm/registry-login-*")).stdout.trim().split("\n")).toHaveLength(1);
    for (const client of CLIENTS) await expectPullAs(ours, client);
    await sh(`DOCKER_CONFIG=/tmp/other-config ${PULLS.docker(host)}`);
  });
});
