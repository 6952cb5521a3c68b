import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import * as z from "zod/mini";
import { type Environment, homeFolder } from "../../platform/environment.ts";
import { findAbsoluteProgram } from "../../platform/executable.ts";
import { parseJson } from "../../platform/json.ts";
import { runProgram } from "../../platform/run-program.ts";
import { withoutControls } from "../../printable.ts";
import { SECRET_TYPE, VALID_UNTIL } from "./pull-secret.ts";

/** kubectl of this machine, and how long one call of it may take. */
export interface Kubectl {
  readonly file: string;
  readonly env: Environment;
  /** In milliseconds. */
  readonly limitMs: number;
}

/** Which cluster and namespace kubectl uses now. A later change of the current context does not change it. */
export interface ClusterContext {
  readonly name: string;
  readonly namespace: string;
  /** Whether it is a cluster of this machine, made for development. */
  readonly isLocal: boolean;
}

/** A pull secret of a namespace, without its passwords. */
export interface PullSecret {
  readonly name: string;
  /** The keys of its `auths`. */
  readonly keys: readonly string[];
  /** The time at which it expires, where we wrote it; else null. In milliseconds since the epoch. */
  readonly validUntil: number | null;
}

/** kubectl on the PATH; null where there is none. */
export function findKubectl(env: Environment, limitMs: number): Kubectl | null {
  const file = findAbsoluteProgram("kubectl", env);
  return file === null ? null : { file, env, limitMs };
}

/** Is there a configuration of kubectl's? Source: https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/ */
export function hasKubeconfig(env: Environment): boolean {
  const files = env.KUBECONFIG ? env.KUBECONFIG.split(delimiter) : [join(homeFolder(env), ".kube", "config")];
  return files.some((file) => file !== "" && existsSync(file));
}

const view = z.object({
  "current-context": z.string(),
  contexts: z.array(z.object({ context: z.object({ namespace: z.optional(z.string()) }) })),
  clusters: z.nullish(
    z.array(
      z.object({
        cluster: z.object({ extensions: z.nullish(z.array(z.object({ extension: z.optional(z.unknown()) }))) }),
      }),
    ),
  ),
});

/** The clusters that tools make on a developer's machine, by the names of their contexts. */
const LOCAL =
  /^(?:kind-.+|k3d-.+|minikube|docker-desktop|docker-for-desktop|rancher-desktop|orbstack|colima(?:-.+)?|microk8s)$/;

/** kubectl's current context; null where it has none, or does not answer in time. */
export async function currentContext(kubectl: Kubectl): Promise<ClusterContext | null> {
  const { status, stdout } = await call(kubectl, ["config", "view", "--minify", "-o", "json"]);
  const parsed = view.safeParse(status === 0 ? parseJson(stdout) : undefined);
  if (!parsed.success || parsed.data["current-context"] === "") return null;
  const { "current-context": name, contexts, clusters } = parsed.data;
  const extensions = (clusters ?? []).flatMap(({ cluster }) => cluster.extensions ?? []);
  // A profile of minikube may have any name, but minikube says in an extension that it is one.
  const isMinikube = JSON.stringify(extensions).includes('"minikube.sigs.k8s.io"');
  return { name, namespace: contexts[0]?.context.namespace || "default", isLocal: LOCAL.test(name) || isMinikube };
}

const LIST = [
  "{range .items[*]}",
  "{.metadata.name}{'\\t'}",
  `{.metadata.annotations.${VALID_UNTIL.replaceAll(".", "\\.")}}{'\\t'}`,
  "{.data.\\.dockerconfigjson}{'\\n'}",
  "{end}",
].join("");

/** The pull secrets of the context's namespace; null where kubectl does not say in time, or this user may not see them. */
export async function listPullSecrets(kubectl: Kubectl, context: ClusterContext): Promise<PullSecret[] | null> {
  const { status, stdout } = await call(kubectl, [
    ...inContext(kubectl, context),
    "get",
    "secrets",
    `--field-selector=type=${SECRET_TYPE}`,
    "-o",
    `jsonpath=${LIST}`,
  ]);
  if (status !== 0) return null;
  return stdout.split("\n").flatMap((line) => {
    const [name = "", until = "", data = ""] = line.split("\t");
    if (name === "") return [];
    const validUntil = Date.parse(until);
    return { name, keys: keysOf(data), validUntil: Number.isNaN(validUntil) ? null : validUntil };
  });
}

const pullSecret = z.object({ auths: z.record(z.string(), z.unknown()) });

function keysOf(data: string): string[] {
  const parsed = pullSecret.safeParse(parseJson(Buffer.from(data, "base64").toString("utf8")));
  return parsed.success ? Object.keys(parsed.data.auths) : [];
}

/**
 * What we write needs no check against the schema, which kubectl would download from the cluster each time. The owner of its
 * fields is kubectl, as for a person who pipes an export to it: the one may replace what the other wrote.
 */
const APPLY = ["--server-side", "--validate=false"];

/**
 * Applies objects on the server, which stores no second copy of a Secret in an annotation, as the client side would.
 * @param objects JSON; kubectl gets it at its input
 * @returns why it failed, on one line; null where it did not
 */
export async function applyObjects(kubectl: Kubectl, context: ClusterContext, objects: string): Promise<string | null> {
  const args = [...inContext(kubectl, context), "apply", ...APPLY, "-f", "-"];
  const { status, stderr, error } = await call(kubectl, args, objects);
  if (status === 0) return null;
  const lines = stderr.split("\n").filter((line) => line.trim() !== "" && !/^E[0-9]{4} /.test(line));
  return withoutControls(error || lines.slice(0, 3).join(" ") || `exit code ${status}`);
}

function inContext({ limitMs }: Kubectl, { name, namespace }: ClusterContext): string[] {
  return [`--context=${name}`, `--namespace=${namespace}`, `--request-timeout=${Math.ceil(limitMs / 1000)}s`];
}

function call({ file, env, limitMs }: Kubectl, args: readonly string[], input = "") {
  return runProgram(file, args, { env, input, limitMs });
}
