import { SECRET_NAME } from "../../clients/kubernetes/pull-secret.ts";
import type { Context, Result } from "../../context.ts";
import { readCodespacesSecrets } from "../../discovery/codespaces.ts";
import { discover } from "../../discovery/discover.ts";
import { parseOptions, readOptions } from "../../discovery/options.ts";
import { UserError } from "../../findings/user-error.ts";
import { savedSecrets } from "../../store/known-logins.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import { PLAIN } from "../../terminal/terminal.ts";
import { areSecretsRotated, logInRotated } from "../credential-helper/log-in-rotated.ts";
import { chooseRegistries } from "./choose-hosts.ts";
import { chooseDestination, type Destination, deliver } from "./destination.ts";
import { dockerConfig } from "./docker.ts";
import { dockerAuthConfig } from "./docker-auth-config.ts";
import type { ExportedLogin } from "./exported-login.ts";
import { findLogin } from "./find-login.ts";
import { checkFlags, type ExportFlags } from "./flags.ts";
import type { Format } from "./formats.ts";
import { k3sRegistries } from "./k3s.ts";
import { kubernetesSecret } from "./kubernetes.ts";
import { podmanAuthFile } from "./podman.ts";
import { exportText } from "./report.ts";
import { keepUpToDate, type Made } from "./watch.ts";

/**
 * Writes logins for programs that cannot query a credential helper: clusters, and builders without docker. It holds the
 * registries that were asked for and no others, or nothing is written.
 * @throws UserError where a login is missing, or what is written could be seen by others
 */
export async function exportLogins(context: Context, flags: ExportFlags): Promise<Result> {
  const format = checkFlags(flags);
  const name = flags.name ?? SECRET_NAME;
  const destination = await chooseDestination(format, flags, name, context.env);
  const make = async (earlier: readonly ExportedLogin[]): Promise<Made> => {
    const logins = await findLogins(context, flags, earlier);
    return { text: render(format, logins, flags, name, destination), logins };
  };
  const made = await make([]);
  const { watching } = flags;
  const isStdout = destination.kind === "stdout";
  const terminal = isStdout ? { ...context.terminal, ...PLAIN } : context.terminal;
  const describe = ({ logins }: Made): string =>
    exportText({ format, destination, logins, isWatched: watching !== null }, context.now() / 1000, terminal);
  await deliver(destination, made.text, flags.force);
  if (isStdout) return { stdout: made.text, stderr: describe(made), exitCode: 0, isProtocol: true };
  if (watching === null) return { stdout: describe(made), exitCode: 0 };
  watching.print(describe(made));
  await keepUpToDate(made, destination, make, describe, watching);
  return { stdout: "", exitCode: 0 };
}

function render(
  format: Format,
  logins: readonly ExportedLogin[],
  { base64, namespace, serviceAccount }: ExportFlags,
  name: string,
  destination: Destination,
): string {
  switch (format) {
    case "docker":
      return dockerConfig(logins);
    case "docker-auth-config":
      return dockerAuthConfig(logins, base64);
    case "k3s":
      return k3sRegistries(logins);
    case "podman":
      return podmanAuthFile(logins);
    case "kubernetes": {
      const pinned = destination.kind === "cluster" ? destination.context.namespace : namespace;
      return kubernetesSecret(logins, { name, namespace: pinned, serviceAccount });
    }
  }
}

/** The logins as they are now, in the order in which a person named them. */
async function findLogins(
  context: Context,
  { operands, all }: ExportFlags,
  earlier: readonly ExportedLogin[],
): Promise<ExportedLogin[]> {
  const store = await openCurrentStore(context);
  context.secrets.add(savedSecrets(store));
  const registries = chooseRegistries(operands.slice(1), all, store);
  const source = { context, store, earlier, ...requestsOf(context) };
  return await Promise.all(registries.map((registry) => findLogin(registry, source)));
}

/** In a codespace, secrets that changed while it runs are used first, as for a pull. */
async function openCurrentStore(context: Context): Promise<Store> {
  const store = openStore(context);
  if (!areSecretsRotated(context, store)) return store;
  await logInRotated(context, "");
  return openStore(context);
}

/** What this environment would log in to; what is wrong with it does not concern saved logins. */
function requestsOf(context: Context): Pick<Parameters<typeof findLogin>[1], "requests" | "timeout"> {
  const codespaces = readCodespacesSecrets(context);
  const read = (raw: ReturnType<typeof readOptions>) => {
    const options = parseOptions(raw, {});
    return { requests: discover(context.env, options, codespaces).requests, timeout: options.timeout };
  };
  try {
    return read(readOptions(context));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return read({});
  }
}
