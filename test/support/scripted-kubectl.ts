import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { base64 } from "./encoding.ts";
import type { TempHome } from "./temp-home.ts";

/** A program that answers as kubectl does, and writes down how it is called. */
export interface ScriptedKubectl {
  /** Its folder, for the PATH. */
  readonly bin: string;
  /** The arguments and the environment of every call. */
  log(): string;
  /** What was applied last. */
  applied(): string;
}

/** What it answers. */
export interface KubectlScript {
  readonly context?: string;
  readonly namespace?: string;
  /** The extensions of the cluster in the kubeconfig. */
  readonly extensions?: readonly object[];
  /** The pull secrets of the namespace: name, annotation of ours, keys. */
  readonly secrets?: readonly {
    readonly name: string;
    readonly validUntil?: string;
    readonly keys: readonly string[];
  }[];
  /** A line of sh that is run before each answer about the cluster. */
  readonly before?: string;
}

/** Puts such a kubectl, and its configuration, into a home folder. */
export function scriptKubectl(home: TempHome, script: KubectlScript): ScriptedKubectl {
  const { context = "kind-dev", namespace, extensions, secrets = [], before = ":" } = script;
  const [bin, folder] = [join(home.folder, "kubectl-bin"), join(home.folder, ".kube")];
  mkdirSync(bin, { recursive: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "config"), "{}");
  const view = {
    kind: "Config",
    "current-context": context,
    contexts: [{ name: context, context: { cluster: context, ...(namespace === undefined ? {} : { namespace }) } }],
    clusters: [{ name: context, cluster: { server: "https://127.0.0.1:6443", extensions } }],
    users: null,
  };
  writeFileSync(join(folder, "view"), JSON.stringify(view));
  const rows = secrets.map(({ name, validUntil = "", keys }) => {
    const auths = Object.fromEntries(keys.map((key) => [key, { auth: base64("bob:a-password-of-the-cluster") }]));
    return `${name}\t${validUntil}\t${base64(JSON.stringify({ auths }))}\n`;
  });
  writeFileSync(join(folder, "secrets"), rows.join(""));
  const text = `#!/bin/sh
{ printf '%s\\n' "$@"; /usr/bin/env; } >>${folder}/log
case "$*" in
  "config view"*) /bin/cat ${folder}/view ;;
  *"get secrets"*) ${before}; /bin/cat ${folder}/secrets ;;
  *apply*) ${before}; /bin/cat >${folder}/applied ;;
  *) exit 1 ;;
esac
`;
  writeFileSync(join(bin, "kubectl"), text, { mode: 0o755 });
  const read = (name: string): string => {
    const file = join(folder, name);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  };
  return { bin, log: () => read("log"), applied: () => read("applied") };
}
