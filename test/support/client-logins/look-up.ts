import type { ClientLogin } from "../../../src/clients/docker/config.ts";
import { findDockerLogin } from "../../../src/clients/docker/lookup.ts";
import { findPodmanLogin } from "../../../src/clients/podman/lookup.ts";
import type { Environment } from "../../../src/platform/environment.ts";
import { parseNamedRegistry } from "../../../src/registries/registry.ts";
import { type Client, IMAGE, type Row, type Sent } from "./row.ts";

/** What our look-up says that a client sends for the image of a row, and whether it finds something wrong. */
export async function lookUp(
  client: Client,
  row: Row,
  env: Environment,
): Promise<{ readonly sent: Sent; readonly code: string | null }> {
  const [host = "", ...path] = (row.image ?? IMAGE).split("/");
  const registry = parseNamedRegistry(host);
  const { login, problem } =
    client === "docker" ? await findDockerLogin(env, registry) : await findPodmanLogin(env, registry, path.join("/"));
  const stops = client !== "docker" && problem !== null;
  // An entry of a different host is broken.
  const isUndecided = problem?.code === "config-auth" && !problem.message.includes(host);
  const sent = stops ? "stops" : isUndecided ? "undecided" : sentOf(login);
  return { sent, code: problem?.code ?? null };
}

function sentOf(login: ClientLogin | null): Sent {
  if (login === null) return "nothing";
  const { username, secret, isRegistryToken } = login;
  if (isRegistryToken === true) return { registryToken: secret };
  return username === "<token>" ? { identityToken: secret } : { user: username, password: secret };
}
