import { TOOLS_IMAGE } from "../../test/support/images.ts";
import { PRIVATE_IMAGE, secretsFor } from "../../test/support/registry.ts";
import { run } from "../../test/support/shell.ts";
import { makeWorkspace } from "../../test/support/workspace.ts";
import { FEATURE_ID } from "../project.ts";
import type { Stage } from "./rehearse.ts";

/** A dev container that names the published Feature by its major version, and whose home folder survives a rebuild. */
export interface UpgradedContainer {
  /** The version of the Feature in it now. */
  version(): Promise<string>;
  /** Updates its lock file as people do, builds it anew, and starts it without the secrets. */
  rebuild(): Promise<void>;
  /** What a client gets for the private image, whose login is an earlier one: `pulled`, or what it printed. */
  pull(): Promise<string>;
  remove(): Promise<void>;
}

/** Starts it with the secrets, so that the version of the Feature that is published now logs in. */
export async function upgradeContainer({ publishing, images, user }: Pick<Stage, "publishing" | "images" | "user">) {
  const volume = `registry-login-rehearsal-${publishing.host.replace(/^.*:/, "")}`;
  const workspace = makeWorkspace({
    image: TOOLS_IMAGE,
    remoteUser: "vscode",
    features: { [`${publishing.host}/registry-login/features/${FEATURE_ID}:1`]: { storage: "disk" } },
    runArgs: ["--network=host"],
    mounts: [`type=volume,source=${volume},target=/home/vscode`],
  });
  await workspace.cli("up", [], { secrets: secretsFor("TEAM", images, user) });
  const container: UpgradedContainer = {
    version: async () => (await workspace.sh("registry-login --version")).stdout.trim(),
    rebuild: async () => {
      // The CLI has written a lock file, which names the digest of the version that it found first.
      await workspace.cli("upgrade");
      await workspace.cli("up", ["--remove-existing-container"]);
    },
    pull: async () => {
      const image = `docker://${images.host}/${PRIVATE_IMAGE}`;
      const { exitCode, output } = await workspace.sh(`skopeo inspect --tls-verify=false ${image}`);
      return exitCode === 0 ? "pulled" : output;
    },
    remove: async () => {
      await workspace.remove();
      await run("docker", ["volume", "rm", "--force", volume]);
    },
  };
  return container;
}
