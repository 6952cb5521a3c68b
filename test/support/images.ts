import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPackages } from "./engine.ts";
import { hasProgram, run, tryRun } from "./shell.ts";

/** Debian with bash, curl and a CA bundle, and without Node. */
export const BASE_IMAGE = "registry-login-test/base";
/** The base with Node, the container clients, docker-registry, strace, faketime and a user vscode. */
export const TOOLS_IMAGE = "registry-login-test/tools";
/** The same with sudo, which vscode may use without a password, and a user guest who may not. */
export const SUDO_IMAGE = "registry-login-test/sudo";
/** A tiny image to push and pull. */
export const HELLO_IMAGE = "registry-login-test/hello";

const CA_BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

/** Increase it when a recipe below changes: images of other versions are then built again. */
export const RECIPE = "2";

const TOOLS = `
RUN apt-get update -qq \\
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \\
      docker.io skopeo podman buildah crun uidmap fuse-overlayfs docker-registry strace faketime >/dev/null \\
 && rm -rf /var/lib/apt/lists/* \\
 && useradd --create-home --uid 1000 --shell /bin/bash vscode
COPY node /usr/local/bin/node
`;

// A policy that keeps the user's variables: a login as root must not depend on sudo removing them.
const SUDO = `
RUN apt-get update -qq \\
 && apt-get install -y -qq --no-install-recommends sudo >/dev/null \\
 && rm -rf /var/lib/apt/lists/* \\
 && useradd --create-home --uid 1001 --shell /bin/bash guest \\
 && printf '%s\\n' 'vscode ALL=(ALL) NOPASSWD:ALL' 'guest ALL=(ALL) ALL' \\
      'Defaults env_keep += "DOCKER_CONFIG REGISTRY_AUTH_FILE"' >/etc/sudoers.d/users \\
 && chmod 440 /etc/sudoers.d/users
`;

/** Makes the images that the tests run in: Debian's, pulled if possible, otherwise built from its packages. */
export async function ensureImages(): Promise<void> {
  await ensureImage(BASE_IMAGE, makeBase);
  await ensureImage(TOOLS_IMAGE, (context) => {
    copyFileSync(process.execPath, join(context, "node"));
    return buildImage(TOOLS_IMAGE, context, `FROM ${BASE_IMAGE}\n${TOOLS}`);
  });
  await ensureImage(SUDO_IMAGE, (context) => buildImage(SUDO_IMAGE, context, `FROM ${TOOLS_IMAGE}\n${SUDO}`));
  await ensureImage(HELLO_IMAGE, (context) => {
    writeFileSync(join(context, "hello"), "hello\n");
    return buildImage(HELLO_IMAGE, context, 'FROM scratch\nCOPY hello /hello\nCMD ["/hello"]\n');
  });
}

/** The base image of a Debian suite: pulled if possible, otherwise bootstrapped. */
export async function debian(suite: string, context: string): Promise<string> {
  const slim = `debian:${suite}-slim`;
  if ((await tryRun("docker", ["pull", "-q", slim])).exitCode === 0) return slim;
  if (process.getuid?.() !== 0 || !(await hasProgram("apt-get"))) {
    throw new Error(`${slim} cannot be pulled; check the engine's access to Docker Hub`);
  }
  await installPackages(["mmdebstrap"]);
  const bootstrapped = `${BASE_IMAGE}:${suite}`;
  const archive = join(context, "root.tar");
  await run("mmdebstrap", ["--quiet", "--variant=minbase", suite, archive]);
  await run("docker", ["import", archive, bootstrapped]);
  rmSync(archive);
  return bootstrapped;
}

async function makeBase(context: string): Promise<void> {
  const from = await debian("bookworm", context);
  // A company's proxy may sign what it lets through: the images trust what this machine trusts.
  const trust = existsSync(CA_BUNDLE) ? "COPY ca.crt /etc/ssl/certs/ca-certificates.crt\n" : "";
  if (trust !== "") cpSync(CA_BUNDLE, join(context, "ca.crt"), { dereference: true });
  const packages = "bash ca-certificates curl procps";
  await buildImage(
    BASE_IMAGE,
    context,
    `FROM ${from}\nRUN apt-get update -qq && apt-get install -y -qq --no-install-recommends ${packages} >/dev/null && rm -rf /var/lib/apt/lists/*\n${trust}`,
  );
}

/**
 * Makes an image unless there is one of this version of its recipe.
 * @param make gets an empty folder, and calls {@link buildImage}
 */
export async function ensureImage(
  name: string,
  make: (context: string) => Promise<void>,
  recipe = RECIPE,
): Promise<void> {
  const known = await tryRun("docker", ["image", "inspect", "-f", '{{index .Config.Labels "recipe"}}', name]);
  if (known.stdout.trim() === recipe) return;
  console.log(`making the image ${name} ...`);
  const context = mkdtempSync(join(tmpdir(), "registry-login-image-"));
  try {
    await make(context);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

/** Builds an image from a Dockerfile's text and the files of a folder. */
export async function buildImage(name: string, context: string, dockerfile: string, recipe = RECIPE): Promise<void> {
  mkdirSync(context, { recursive: true });
  writeFileSync(join(context, "Dockerfile"), `${dockerfile}LABEL recipe="${recipe}"\n`);
  await run("docker", ["build", "-q", "-t", name, context]);
}
