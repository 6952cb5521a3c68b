import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { base64 } from "../support/encoding.ts";
import {
  alice,
  CLIENTS,
  logInAsAlice,
  ours,
  type SharedHome,
  startSharedHome,
  variables,
} from "../support/shared-home.ts";

let home: SharedHome;

beforeAll(async () => {
  home = await startSharedHome();
});

afterAll(async () => {
  await home?.close();
});

describe("Programs that were there before us", () => {
  test("docker's config.json gets one line and is otherwise byte for byte the same", async () => {
    const line = `,\n        "${home.host}": "registry-login"`;
    const { ".docker/config.json": before } = home.before;
    expect(await home.read("~/.docker/config.json")).toBe(before.replace('"gcloud"', `"gcloud"${line}`));
  });

  test("podman's auth.json with keys for paths is byte for byte the same", async () => {
    expect(await home.read("~/.config/containers/auth.json")).toBe(home.before[".config/containers/auth.json"]);
  });

  test(".npmrc gets one line at its end", async () => {
    const line = "//npm.pkg.github.com/:_authToken=ghp_of_carol";
    expect(await home.read("~/.npmrc")).toBe(`${home.before[".npmrc"]}\n${line}\n`);
  });

  test("docker keeps its context and pulls with our login", async () => {
    expect((await home.sh("docker context ls")).stdout).toMatch(/carols \*/);
    await home.expectPullAs(ours, "docker");
  });

  test("podman and skopeo keep using the login in auth.json that matches the image's path", async () => {
    await home.expectPullAs(alice, "podman");
    await home.expectPullAs(alice, "skopeo");
    await home.sh(`podman logout ${home.host}/private/hello --authfile ~/.config/containers/auth.json`);
    await home.expectPullAs(ours, "podman");
    await home.expectPullAs(ours, "skopeo");
  });

  test("docker, podman and skopeo keep using a docker login made before ours, until docker logout", async () => {
    expect(home.log).toContain(".docker/config.json holds a different login to");
    for (const client of CLIENTS) await home.expectPullAs(alice, client, home.address);
    await home.sh(`docker logout ${home.address}`);
    await home.logInAgain();
    for (const client of CLIENTS) await home.expectPullAs(ours, client, home.address);
  });
});

describe("Programs that log in after us", () => {
  test("docker, podman and skopeo use a docker login as somebody else until docker logout", async () => {
    await home.sh(logInAsAlice("docker", home.host));
    await home.logInAgain();
    for (const client of CLIENTS) await home.expectPullAs(alice, client);
    await home.sh(`docker logout ${home.host}`);
    for (const client of CLIENTS) await home.expectPullAs(ours, client);
  });

  test("config.json as docker login and logout rewrote it stays byte for byte the same when we run again", async () => {
    const rewritten = await home.read("~/.docker/config.json");
    expect(JSON.parse(rewritten)).toMatchObject({
      auths: { "quay.example": { auth: base64("carol:hers") } },
      credHelpers: { "gcr.example": "gcloud", "public.ecr.example": "ecr-login", [home.host]: "registry-login" },
      currentContext: "carols",
    });
    await home.logInAgain();
    await home.sh("registry-login");
    expect(await home.read("~/.docker/config.json")).toBe(rewritten);
  });

  test("podman and skopeo use a podman login as somebody else until podman logout, docker never", async () => {
    await home.sh(logInAsAlice("podman", home.host));
    const file = await home.read("/run/containers/0/auth.json");
    await home.logInAgain();
    expect(await home.read("/run/containers/0/auth.json")).toBe(file);
    await home.expectPullAs(alice, "podman");
    await home.expectPullAs(alice, "skopeo");
    await home.expectPullAs(ours, "docker");
    await home.sh("podman logout --all");
    await home.expectPullAs(ours, "podman");
    await home.expectPullAs(ours, "skopeo");
  });

  test("podman login and docker login without a user find our login", async () => {
    const podman = await home.sh(`podman login --tls-verify=false ${home.host} </dev/null`);
    expect(podman.output).toContain("Existing credentials are valid");
    const docker = await home.sh(`docker login ${home.host} </dev/null`);
    expect(docker.output).toContain("Login Succeeded");
    for (const client of CLIENTS) await home.expectPullAs(ours, client);
    await home.sh(`podman logout --all; docker logout ${home.host}`);
  });
});

describe("Programs that run at the same time", () => {
  test("docker and podman login and logout and our own logins lose nothing of each other", async () => {
    const { host, address } = home;
    const config = async () => JSON.parse(await home.read("~/.docker/config.json"));
    const eightTimes = (commands: string) => `for i in 1 2 3 4 5 6 7 8; do ${commands}; done`;
    await home.sh(`registry-login logout ${address}`);
    const { auths, ...rest } = await config();
    const dockerLogin = logInAsAlice("docker", address);
    const podmanLogin = logInAsAlice("podman", host);
    await home.atOnce(
      // A registry that is not ours now, so that docker writes the login to its file itself.
      `${eightTimes(`${dockerLogin}; docker logout ${address}`)}; ${dockerLogin}`,
      `${eightTimes(`${podmanLogin}; podman logout ${host}`)}; ${podmanLogin}`,
      eightTimes(`registry-login logout ${host}; ${variables({ LOCAL: host })} registry-login`),
    );
    await home.logInAgain();
    expect(await config()).toEqual({
      ...rest,
      auths: { ...auths, [address]: { auth: base64(`alice:${alice.password}`) } },
    });
    await home.expectPullAs(alice, "docker", address);
    await home.expectPullAs(alice, "podman");
    await home.expectPullAs(ours, "docker");
    await home.sh(`docker logout ${address}; podman logout ${host}`);
  });

  test("six agents, two of them with a different DOCKER_CONFIG, end with one login and leave no temporary files", async () => {
    const login = `${variables({ LOCAL: home.host, ADDRESS: home.address })} registry-login --no-verify`;
    const other = `export DOCKER_CONFIG=/tmp/other-config; ${login}`;
    await home.sh("rm -rf ~/.local/state/registry-login /dev/shm/registry-login-*");
    await home.atOnce(login, other, login, login, other, login);
    const list = async (folder: string) => (await home.sh(`ls -A ${folder}`)).stdout.trim().split("\n").sort();
    expect(await list("~/.docker")).toEqual(["config.json", "contexts"]);
    expect(await list("/tmp/other-config")).toEqual(["config.json"]);
    expect(await list("~/.local/state/registry-login")).toEqual(["answers", "state.json"]);
    expect(await list("-d /dev/shm/registry-login-*")).toHaveLength(1);
    for (const client of CLIENTS) await home.expectPullAs(ours, client);
    await home.sh(
      `export DOCKER_CONFIG=/tmp/other-config; skopeo inspect --tls-verify=false docker://${home.host}/private/hello:1`,
    );
  });
});
