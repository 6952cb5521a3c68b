import { podmanHostOf } from "../clients/docker/config-key.ts";
import {
  type ClusterContext,
  currentContext,
  findKubectl,
  hasKubeconfig,
  listPullSecrets,
  type PullSecret,
} from "../clients/kubernetes/kubectl.ts";
import { coversImage, SECRET_NAME } from "../clients/kubernetes/pull-secret.ts";
import { explain } from "../findings/finding.ts";
import type { Environment } from "../platform/environment.ts";
import type { Image } from "../registries/image.ts";
import { note, ok, type Step, skipped } from "./step.ts";

/** Milliseconds for one call of kubectl; a cluster of this machine answers at once. */
const LIMIT_MS = 5_000;

/** What the step takes of the run. */
export interface ClusterSituation {
  readonly env: Environment;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Does the registry serve the image without a login? Only asked if there is a cluster. */
  readonly isPublic: () => Promise<boolean>;
  /** Hosts that are logged in. */
  readonly known: readonly string[];
}

/**
 * Can a cluster of this machine pull an image that needs a login? kubelet does not use the logins of clients, and reports
 * nothing but an image that cannot be pulled.
 * @returns no step where kubectl's current context is no such cluster
 */
export async function examineCluster(image: Image, situation: ClusterSituation): Promise<Step[]> {
  const { env, isPublic } = situation;
  const kubectl = hasKubeconfig(env) ? findKubectl(env, LIMIT_MS) : null;
  const context = kubectl === null ? null : await currentContext(kubectl);
  if (kubectl === null || context?.isLocal !== true || (await isPublic())) return [];
  const secrets = await listPullSecrets(kubectl, context);
  return secrets === null
    ? [skipped("cluster", `the cluster ${context.name} did not answer`)]
    : [describe(image, secrets, context, situation)];
}

function describe(
  { registry, repository }: Image,
  secrets: readonly PullSecret[],
  { name: cluster, namespace }: ClusterContext,
  { now, known }: ClusterSituation,
): Step {
  const { host } = registry;
  const covering = secrets.filter(({ keys }) => keys.some((key) => coversImage(key, `${host}/${repository}`)));
  const valid = covering.find(({ validUntil }) => validUntil === null || validUntil > now());
  if (valid !== undefined) {
    const where = `the namespace ${namespace} of the cluster ${cluster}`;
    return ok("cluster", `the Secret ${valid.name} in ${where} has a login to ${host}`);
  }
  const expired = covering[0] ?? null;
  const name = expired?.name ?? SECRET_NAME;
  // The command replaces a Secret of ours, so the hosts that it has already are in the new one too.
  const keys = secrets.find((each) => each.name === name)?.keys ?? [];
  const others = known.filter((each) => each !== host && keys.some((key) => podmanHostOf(key) === podmanHostOf(each)));
  const command = commandFor([host, ...others], name, namespace);
  const where = { host, namespace, context: cluster, command };
  if (expired === null) return note("cluster", explain("cluster-no-pull-secret", where));
  const time = new Date(expired.validUntil ?? 0).toISOString();
  return note("cluster", explain("cluster-secret-expired", { ...where, name, time }));
}

function commandFor(hosts: readonly string[], name: string, namespace: string): string {
  const named = name === SECRET_NAME ? "" : ` --name ${name}`;
  const place = `--namespace ${namespace}${named} --service-account default`;
  return `run registry-login export kubernetes ${hosts.join(" ")} ${place} | kubectl apply --server-side -f -`;
}
