import { LOCAL_FEATURE } from "./dev-container.ts";
import { TOOLS_IMAGE } from "./images.ts";
import { newUser, PRIVATE_IMAGE, type Registry, secretsFor, startRegistry } from "./registry.ts";
import type { Ran } from "./shell.ts";
import { makeWorkspace, type Workspace } from "./workspace.ts";

/** What the tests of a host share: a private registry with one user, and a workspace that has the Feature. */
export interface TestHost {
  readonly registry: Registry;
  readonly user: { readonly user: string; readonly password: string };
  /** The secrets of the registry's user, with the identifier BASIC. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The private image in the registry, with its host. */
  readonly image: string;
  readonly workspace: Workspace;
  /** Reads the image's manifest in the container, as its remote user. */
  inspect(): Promise<Ran>;
  remove(): Promise<void>;
}

/**
 * Starts the registry and makes the workspace; a test starts the container with {@link Workspace.cli}.
 * @param config what its devcontainer.json has instead of, or in addition to, the image with the clients, the user
 *   vscode and this machine's network
 */
export async function startTestHost(config: Readonly<Record<string, unknown>> = {}): Promise<TestHost> {
  const user = newUser("basic");
  const registry = await startRegistry(user);
  const image = `${registry.host}/${PRIVATE_IMAGE}`;
  const workspace = makeWorkspace({
    image: TOOLS_IMAGE,
    remoteUser: "vscode",
    features: { [LOCAL_FEATURE]: {} },
    runArgs: ["--network=host"],
    ...config,
  });
  return {
    registry,
    user,
    secrets: secretsFor("BASIC", registry, user),
    image,
    workspace,
    inspect: () => workspace.sh(`skopeo inspect --tls-verify=false docker://${image}`),
    remove: async () => {
      await workspace.remove();
      await registry.stop();
    },
  };
}
