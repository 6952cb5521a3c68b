import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inc } from "semver";
import { type FailingProxy, startFailingProxy } from "../../test/support/failing-proxy.ts";
import { newUser, type Registry, startRegistry } from "../../test/support/registry.ts";
import { run } from "../../test/support/shell.ts";
import { type NpmRegistry, npmSettings, npx, startEmptyNpmRegistry } from "../../test/support/verdaccio.ts";
import { isProgram, packageVersion, VERSION1_FEATURE } from "../project.ts";
import { stage } from "../stage.ts";
import { type Checkout, makeCheckout } from "./checkout.ts";
import { publishFeature } from "./feature.ts";
import { upgradeContainer } from "./rehearse-upgrade.ts";

/** Where the rehearsal publishes, below the local registry: the same as the real release. */
export const NAMESPACE = "registry-login/features";

/** The npm package as documents name it. */
const PACKAGE = "@registry-login/cli@1";

/** Everything that a release needs, on this machine, with version 1.0.0 of the Feature published already. */
export interface Stage {
  readonly version: string;
  readonly checkout: Checkout;
  /** For the Feature; everybody may pull from it and push to it. */
  readonly publishing: Registry;
  /** With the private images of {@link user}. */
  readonly images: Registry;
  readonly user: { readonly user: string; readonly password: string };
  readonly npm: NpmRegistry;
  /** A folder with what npm and docker write, and the bare repository that gets the action's tags. */
  readonly folder: string;
  readonly remote: string;
  /** Runs a step of the release in the checkout, and returns the fields that it reported. */
  publish(step: string, ...flags: readonly string[]): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

/**
 * Starts the registries, makes a checkout, prepares the release in it and builds its files.
 * @param version the next minor version where none is given
 */
export async function setTheStage(
  from: "clone" | "copy",
  version = inc(packageVersion(), "minor") ?? "",
): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "registry-login-stage-"));
  const user = newUser("basic");
  // Most of the time goes into waiting for programs.
  const [checkout, publishing, images, npm] = await Promise.all([
    makeCheckout(from).then((made) => prepare(made, version)),
    startRegistry({ kind: "none" }),
    startRegistry(user),
    startEmptyNpmRegistry(),
  ]);
  await publishFeature(VERSION1_FEATURE, { registry: publishing.host, namespace: NAMESPACE });
  const remote = join(folder, "remote.git");
  await run("git", ["init", "--quiet", "--bare", remote]);
  writeFileSync(join(folder, ".npmrc"), `//localhost:${npm.port}/:_authToken=${npm.token}\n`);
  const env = { ...npmSettings(npm), HOME: folder };
  return {
    version,
    checkout,
    publishing,
    images,
    user,
    npm,
    folder,
    remote,
    publish: async (step, ...flags) => {
      const where = ["--registry", publishing.host, "--namespace", NAMESPACE, "--remote", remote];
      const printed = await checkout.script("release:publish", [step, ...where, ...flags], env);
      return Object.fromEntries([...printed.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
    },
    close: async () => {
      for (const registry of [publishing, images]) await registry.stop();
      await npm.close();
      checkout.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Prepares, commits and builds, as a maintainer and the workflow do. */
async function prepare(checkout: Checkout, version: string): Promise<Checkout> {
  const changelog = join(checkout.folder, "CHANGELOG.md");
  // Right after a release there is nothing that is unreleased.
  const text = readFileSync(changelog, "utf8");
  if (/^## \[Unreleased\]\n\n## /m.test(text)) {
    writeFileSync(changelog, text.replace("## [Unreleased]\n", "## [Unreleased]\n\n### Changed\n\n- A rehearsal.\n"));
    await checkout.git("commit", "--quiet", "--all", "-m", "something to release");
  }
  await checkout.script("release", [version]);
  await checkout.git("commit", "--quiet", "--all", "-m", `release: ${version}`);
  await checkout.script("release:build");
  return checkout;
}

/** Runs a step whose way to the registry breaks at some requests; the step has to fail. */
export async function publishByHalf({ publishing, publish }: Stage, step: string, breaksAt: RegExp): Promise<void> {
  const proxy: FailingProxy = await startFailingProxy(publishing.host, breaksAt);
  const failed = await publish(step, "--registry", proxy.host)
    .then(() => false)
    .catch(() => true)
    .finally(proxy.close);
  if (!failed) throw new Error(`${step} succeeded, though the requests ${breaksAt} failed`);
}

/** Logs in to the private registry with the published npm package, by its name, as somebody new. Returns the report. */
export async function logInWithNpx({
  npm,
  images,
  user,
  folder,
}: Stage): Promise<{ version: string; outcome: string }> {
  const home = mkdtempSync(join(folder, "home-"));
  const env = {
    ...npmSettings(npm),
    HOME: home,
    DOCKER_CONFIG: join(home, ".docker"),
    npm_config_cache: join(home, "npm"),
  };
  const secrets = {
    TEAM_CONTAINER_REGISTRY_SERVER: images.host,
    TEAM_CONTAINER_REGISTRY_USER: user.user,
    TEAM_CONTAINER_REGISTRY_PASSWORD: user.password,
  };
  const settings = { ...env, ...secrets };
  const report = await npx(["--yes", PACKAGE, "login", "--json"], settings, home);
  const version = await npx(["--yes", PACKAGE, "--version"], settings, home);
  if (report.stdout === "") throw new Error(report.output);
  return { version: version.stdout.trim(), outcome: JSON.parse(report.stdout).registries[0]?.outcome };
}

async function rehearse(version: string | undefined): Promise<void> {
  const say = (text: string): void => console.log(`rehearsal: ${text}`);
  say("makes a clean clone, prepares the release in it, builds it, and starts the registries");
  const set = await setTheStage("clone", version);
  try {
    const container = await upgradeContainer(set);
    try {
      say(`a dev container has version ${await container.version()} of the Feature, and a login`);
      await publishByHalf(set, "feature", /^PUT .*\/manifests\/latest$/);
      say("the Feature was published by half: the registry failed at the last tag");
      const npm = await set.publish("npm");
      say(`the npm package is published ${JSON.stringify(npm)}`);
      const feature = await set.publish("feature");
      say(`the Feature is published ${JSON.stringify(feature)}`);
      say(`the tags of the action are pushed ${JSON.stringify(await set.publish("action"))}`);
      for (const step of ["npm", "feature", "action"]) await set.publish(step);
      say("all of it once more changed nothing");
      await set.publish("check", `--digest=${feature.digest}`, `--tags=${feature.tags}`);
      say("everybody can pull all of it");
      say(`npx logs in: ${JSON.stringify(await logInWithNpx(set))}`);
      await container.rebuild();
      say(`the dev container has version ${await container.version()}; its login of before: ${await container.pull()}`);
    } finally {
      await container.remove();
    }
  } finally {
    await set.close();
  }
}

if (isProgram(import.meta.url)) {
  const { default: setUp } = await import("../../test/support/container-setup.ts");
  const tearDown = await setUp();
  try {
    await stage();
    await rehearse(process.argv[2]);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  } finally {
    await tearDown();
  }
}
