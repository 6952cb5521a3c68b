import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { artifactsIn } from "../../scripts/release/artifacts.ts";
import { checkFeature } from "../../scripts/release/check.ts";
import { publishFeature, unpack } from "../../scripts/release/feature.ts";
import { openRepository } from "../../scripts/release/oci.ts";
import { logInWithNpx, NAMESPACE, publishByHalf, type Stage, setTheStage } from "../../scripts/release/rehearse.ts";
import { type UpgradedContainer, upgradeContainer } from "../../scripts/release/rehearse-upgrade.ts";
import { TOOLS_IMAGE } from "../support/images.ts";
import { run } from "../support/shell.ts";

// A release from a checkout, to registries on this machine. Each test is the next step of it.

let stage: Stage;
let container: UpgradedContainer;

beforeAll(async () => {
  stage = await setTheStage("copy");
  container = await upgradeContainer(stage);
});

afterAll(async () => {
  await container?.remove();
  await stage?.close();
});

const digestOf = async (tag: string): Promise<string | undefined> => {
  const feature = openRepository({ registry: stage.publishing.host, repository: `${NAMESPACE}/registry-login` });
  return (await feature.manifest(tag))?.digest;
};

test("before it, a dev container that names version 1 has 1.0.0, and its login", async () => {
  expect(await container.version()).toBe("1.0.0");
  expect(await container.pull()).toBe("pulled");
});

test("a registry that fails at the last tag of the Feature leaves it published by half", async () => {
  await publishByHalf(stage, "feature", /^PUT .*\/manifests\/latest$/);
  expect(await digestOf(stage.version)).toBeDefined();
  expect(await digestOf("latest")).not.toBe(await digestOf(stage.version));
});

test("the check names what is not there yet", async () => {
  const check = stage.publish("check", "--digest=sha256:0", `--tags=${stage.version}`);
  await expect(check).rejects.toThrow(`npm has no @registry-login/cli@${stage.version}`);
  await expect(check).rejects.toThrow("and not sha256:0");
  await expect(check).rejects.toThrow(`has no tag v${stage.version}`);
});

test("the next run publishes what is missing, and one more changes nothing", async () => {
  const feature = await stage.publish("feature");
  const [major, minor] = stage.version.split(".");
  expect(feature.tags?.split(",")).toEqual([major, `${major}.${minor}`, stage.version, "latest"]);
  for (const tag of feature.tags?.split(",") ?? []) expect(await digestOf(tag)).toBe(feature.digest);
  const others = { npm: await stage.publish("npm"), action: await stage.publish("action") };
  expect(others.npm).toEqual({ npm: "published" });
  expect(others.action.tags).toBe(`v${stage.version},v${major},v${major}.${minor}`);

  expect(await stage.publish("feature")).toEqual(feature);
  expect(await stage.publish("npm")).toEqual({ npm: "present" });
  expect(await stage.publish("action")).toEqual(others.action);
  await stage.publish("check", `--digest=${feature.digest}`, `--tags=${feature.tags}`);
});

test("the tags of the action lead to a commit that has its bundle, and whose parent is the released one", async () => {
  const { checkout, remote, version } = stage;
  await checkout.git("fetch", "--quiet", remote, "refs/tags/*:refs/tags/*");
  const files = await checkout.git("diff", "--name-only", "HEAD", `v${version}`);
  expect(files.split("\n")).toEqual(expect.arrayContaining(["dist/action/main.cjs", "dist/action/post.cjs"]));
  expect(await checkout.git("rev-parse", `v${version}~1`)).toBe(await checkout.git("rev-parse", "HEAD"));
});

test("a registry that asks for a login gets it, and the check says what others cannot pull", async () => {
  const { checkout, images, user, version } = stage;
  const { feature: archive } = artifactsIn(checkout.release, version);
  const published = await publishFeature(archive, { registry: images.host, namespace: NAMESPACE, login: user });
  expect(published.tags).toContain(version);
  expect(await checkFeature(published, { registry: images.host, namespace: NAMESPACE })).toEqual([
    ...published.tags.map((tag) => `${published.name}:${tag} cannot be pulled without a login`),
    `${images.host}/${NAMESPACE}:latest cannot be pulled without a login`,
  ]);
});

test("a version that is published already is not replaced by other files", async () => {
  const { publishing, checkout, version } = stage;
  const { feature: archive } = artifactsIn(checkout.release, version);
  const folder = await unpack(readFileSync(archive), join(stage.folder, "changed"));
  appendFileSync(join(folder, "install.sh"), "# another one\n");
  const changed = join(stage.folder, "changed.tgz");
  await run("tar", ["-czf", changed, "-C", folder, "."]);
  const again = publishFeature(changed, { registry: publishing.host, namespace: NAMESPACE });
  await expect(again).rejects.toThrow("a version is never published twice");
});

test("a mirror of the Feature has the same digest, and its metadata", async () => {
  const { publishing, images, user, version } = stage;
  const [from, to] = [
    `${publishing.host}/${NAMESPACE}/registry-login:${version}`,
    `${images.host}/tools/registry-login:1`,
  ];
  const flags = ["--src-tls-verify=false", "--dest-tls-verify=false", `--dest-creds=${user.user}:${user.password}`];
  const skopeo = ["run", "--rm", "--network=host", TOOLS_IMAGE, "skopeo", "copy", ...flags];
  await run("docker", [...skopeo, `docker://${from}`, `docker://${to}`]);
  const mirror = openRepository({ registry: images.host, repository: "tools/registry-login", login: user });
  expect((await mirror.manifest("1"))?.digest).toBe(await digestOf(version));
  const metadata = JSON.parse((await mirror.manifest("1"))?.text ?? "").annotations["dev.containers.metadata"];
  expect(JSON.parse(metadata)).toMatchObject({ id: "registry-login", version });
});

test("npx finds the package by its name, and logs in", async () => {
  expect(await logInWithNpx(stage)).toEqual({ version: stage.version, outcome: "verified" });
});

test("a dev container that is built again has the new version, and the login that 1.0.0 made", async () => {
  await container.rebuild();
  expect(await container.version()).toBe(stage.version);
  expect(await container.pull()).toBe("pulled");
});
