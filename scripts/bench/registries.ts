import { type EmbeddedRegistry, startEmbeddedRegistry } from "../../test/support/embedded-registry.ts";
import { ensureEngine, installPackages } from "../../test/support/engine.ts";

/** The user of all registries. */
export const USER = { user: "bob", password: "right-password" };

/** Runs work with this many new registries and docker, with its engine; all are stopped after it. */
export async function withRegistries<T>(
  count: number,
  work: (registries: readonly EmbeddedRegistry[]) => Promise<T>,
): Promise<T> {
  await installPackages(["docker.io"]);
  const stopEngine = await ensureEngine();
  const registries = await Promise.all(
    Array.from({ length: count }, () => startEmbeddedRegistry({ auth: "bearer", ...USER })),
  );
  try {
    return await work(registries);
  } finally {
    for (const registry of registries) await registry.close();
    await stopEngine();
  }
}

/** The ports of these registries, on this machine. */
export function portsOf(registries: readonly EmbeddedRegistry[]): number[] {
  return registries.map(({ host }) => Number(host.split(":")[1]));
}

/** The secrets of registries on these ports of this machine. */
export function secretsFor(ports: readonly number[]): Record<string, string> {
  return Object.fromEntries(
    ports.flatMap((port, index) => [
      [`R${index}_CONTAINER_REGISTRY_SERVER`, `localhost:${port}`],
      [`R${index}_CONTAINER_REGISTRY_USER`, USER.user],
      [`R${index}_CONTAINER_REGISTRY_PASSWORD`, USER.password],
    ]),
  );
}

/** How many requests these registries got until now. */
export function countRequests(registries: readonly EmbeddedRegistry[]): number {
  return registries.reduce((sum, { requests }) => sum + requests.length, 0);
}
