import { cpSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildImage, ensureImage, RECIPE, TOOLS_IMAGE } from "./images.ts";
import { run } from "./shell.ts";

/**
 * A machine on which a developer starts dev containers: docker's clients, docker-compose, npm, the dev container CLI (mounted
 * at {@link CLI_FOLDER}), faketime, and two credential stores, none of which is on the PATH.
 */
export const HOST_IMAGE = "registry-login-test/host";

/** Where the machine has the dev container CLI. */
export const CLI_FOLDER = "/opt/devcontainers-cli";

/** The credential stores, as Debian has them; each has a folder of its own below {@link STORES_FOLDER}. */
export type StoreName = "pass" | "secretservice";

/** Where the folders with the programs of the stores are. */
export const STORES_FOLDER = "/opt/stores";

const DOCKERFILE = `FROM ${TOOLS_IMAGE}
RUN apt-get update -qq \\
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \\
      docker-compose golang-docker-credential-helpers pass gnupg dbus gnome-keyring >/dev/null \\
 && rm -rf /var/lib/apt/lists/* \\
 && mkdir -p ${STORES_FOLDER}/pass ${STORES_FOLDER}/secretservice \\
 && mv /usr/bin/docker-credential-pass /usr/bin/pass ${STORES_FOLDER}/pass/ \\
 && mv /usr/bin/docker-credential-secretservice ${STORES_FOLDER}/secretservice/
COPY npm /usr/local/lib/node_modules/npm
RUN for each in npm npx; do ln -s ../lib/node_modules/npm/bin/$each-cli.js /usr/local/bin/$each; done \\
 && printf '#!/bin/sh\\nexec node ${CLI_FOLDER}/devcontainer.js "$@"\\n' >/usr/local/bin/devcontainer \\
 && chmod 755 /usr/local/bin/devcontainer
`;

/** Makes the image, once. */
export async function ensureHostImage(): Promise<void> {
  const recipe = `${RECIPE}.1`;
  const make = async (context: string): Promise<void> => {
    const { stdout } = await run("sh", ["-c", 'realpath "$(command -v npx)"']);
    cpSync(dirname(dirname(stdout.trim())), join(context, "npm"), { recursive: true });
    await buildImage(HOST_IMAGE, context, DOCKERFILE, recipe);
  };
  await ensureImage(HOST_IMAGE, make, recipe);
}
