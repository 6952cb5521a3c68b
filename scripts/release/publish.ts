import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { isProgram, packageVersion, ROOT } from "../project.ts";
import { pushActionTags } from "./action-tags.ts";
import { artifactsIn, RELEASE_FOLDER, unpackAction } from "./artifacts.ts";
import { checkAction, checkDownloads, checkFeature, checkPackage } from "./check.ts";
import { type Destination, type PublishedFeature, publishFeature } from "./feature.ts";
import { integrityOf, publishPackage } from "./npm-package.ts";

// The steps of a release, each of which can be run again: what an earlier run has done stays as it is.

const FLAGS = {
  registry: { type: "string", default: "ghcr.io" },
  namespace: { type: "string", default: "registry-login/features" },
  remote: { type: "string", default: "https://github.com/registry-login/registry-login" },
  downloads: { type: "string" },
  digest: { type: "string" },
  tags: { type: "string" },
} as const;

const { values, positionals } = parseArgs({ options: FLAGS, allowPositionals: true });
const version = packageVersion();
const files = artifactsIn(RELEASE_FOLDER, version);

/** The login comes from the environment, so that it is in no command line. */
function destination(): Destination {
  const { REGISTRY_USER: user, REGISTRY_TOKEN: password } = process.env;
  const login = user === undefined || password === undefined ? undefined : { user, password };
  return { registry: values.registry, namespace: values.namespace, login };
}

/** Says what later steps of the workflow need. Source: https://docs.github.com/actions (GITHUB_OUTPUT) */
function output(fields: Readonly<Record<string, string>>): void {
  const lines = Object.entries(fields).map(([name, value]) => `${name}=${value}\n`);
  process.stdout.write(lines.join(""));
  if (process.env.GITHUB_OUTPUT !== undefined) appendFileSync(process.env.GITHUB_OUTPUT, lines.join(""));
}

const steps: Readonly<Record<string, () => Promise<void>>> = {
  npm: async () => {
    const { name, isNew } = await publishPackage(files.npmPackage);
    console.error(isNew ? `published ${name}@${version}` : `npm has ${name}@${version} already`);
    output({ npm: isNew ? "published" : "present" });
  },
  feature: async () => {
    const { name, digest, tags } = await publishFeature(files.feature, destination());
    output({ name, digest, tags: tags.join(",") });
  },
  action: async () => {
    const folder = mkdtempSync(join(tmpdir(), "registry-login-action-"));
    try {
      const bundle = await unpackAction(files.action, join(folder, "action"));
      const { commit, tags } = await pushActionTags({ checkout: ROOT, version, bundle, remote: values.remote });
      output({ commit, tags: tags.join(",") });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  check: async () => {
    const feature: Pick<PublishedFeature, "digest" | "tags"> = {
      digest: values.digest ?? "",
      tags: values.tags?.split(",") ?? [version],
    };
    const integrity = integrityOf(readFileSync(files.npmPackage));
    const { registry, namespace } = destination();
    const wrong = [
      ...(await checkPackage({ name: "@registry-login/cli", version, integrity })),
      ...(await checkFeature(feature, { registry, namespace })),
      ...(await checkAction(values.remote, version)),
      ...(values.downloads === undefined ? [] : await checkDownloads(RELEASE_FOLDER, values.downloads)),
    ];
    if (wrong.length > 0)
      throw new Error(`what everybody should get of ${version} is not complete:\n- ${wrong.join("\n- ")}`);
    console.log(`everybody gets ${version}: the npm package, the Feature, its collection, the action`);
  },
};

if (isProgram(import.meta.url)) {
  const step = steps[positionals[0] ?? ""];
  try {
    if (step === undefined) throw new Error(`name a step: ${Object.keys(steps).join(", ")}`);
    await step();
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
