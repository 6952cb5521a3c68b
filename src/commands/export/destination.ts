import { existsSync } from "node:fs";
import { resolve } from "node:path";
import {
  applyObjects,
  type ClusterContext,
  currentContext,
  findKubectl,
  type Kubectl,
} from "../../clients/kubernetes/kubectl.ts";
import { explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import type { Environment } from "../../platform/environment.ts";
import { editSharedFile } from "../../platform/shared-file.ts";
import type { ExportFlags } from "./flags.ts";
import type { Format } from "./formats.ts";

/** Where an export goes. */
export type Destination =
  | { readonly kind: "stdout" }
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "cluster"; readonly kubectl: Kubectl; readonly context: ClusterContext; readonly name: string };

/** Milliseconds for one call of kubectl; an API server that is far away, or a plugin for its login, takes its time. */
const KUBECTL_LIMIT_MS = 30_000;

/** The name of a file for each format, for a hint. */
const FILE_NAMES: Readonly<Record<Format, string>> = {
  docker: "config.json",
  "docker-auth-config": "docker-auth-config.txt",
  kubernetes: "pull-secret.json",
  k3s: "registries.yaml",
  podman: "auth.json",
};

/**
 * Decides where an export goes, before any secret is read. An export that is to be kept up to date in a cluster stays with the
 * cluster and namespace that kubectl uses now.
 * @param name of the Secret
 * @throws UserError where the secrets in it could be seen, or a file would be lost
 */
export async function chooseDestination(
  format: Format,
  { output, force, stdout, namespace, watching }: ExportFlags,
  name: string,
  env: Environment,
): Promise<Destination> {
  const file = FILE_NAMES[format];
  if (output === "-") return { kind: "stdout" };
  if (output !== null) {
    const path = resolve(output);
    if (!force && existsSync(path)) throw new UserError(explain("export-exists", { file: path }));
    return { kind: "file", file: path };
  }
  if (watching !== null) {
    const kubectl = findKubectl(env, KUBECTL_LIMIT_MS);
    if (kubectl === null) throw new UserError(explain("kubectl-missing", { file }));
    const context = await currentContext(kubectl);
    if (context === null) throw new UserError(explain("kubectl-no-context"));
    return { kind: "cluster", kubectl, context: { ...context, namespace: namespace ?? context.namespace }, name };
  }
  if (stdout === "program") return { kind: "stdout" };
  throw new UserError(explain(REFUSALS[stdout], { file }));
}

const REFUSALS = { terminal: "export-terminal", log: "export-log", "open-file": "export-open-file" } as const;

/**
 * Writes an export where it goes; one for the standard output is the command's result. A file is replaced in one step, and
 * only its owner can read it.
 * @param mayReplace whether a file that exists is replaced
 * @throws UserError where that is impossible; a file is unchanged then
 */
export async function deliver(destination: Destination, text: string, mayReplace: boolean): Promise<void> {
  if (destination.kind === "file") {
    const { file } = destination;
    await editSharedFile(file, (before) => {
      if (before !== null && !mayReplace) throw new UserError(explain("export-exists", { file }));
      return { text, holdsSecret: true };
    });
  }
  if (destination.kind === "cluster") {
    const { kubectl, context, name } = destination;
    const error = await applyObjects(kubectl, context, text);
    if (error === null) return;
    const { name: cluster, namespace } = context;
    throw new UserError(explain("kubectl-failed", { name, context: cluster, namespace, error }));
  }
}
