import { explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { parseRegistry, type Registry } from "../../registries/registry.ts";
import { loginHosts } from "../../store/known-logins.ts";
import type { Store } from "../../store/store.ts";

/**
 * The registries that an export holds: those that a person named, or all that are logged in. Without either, the only one.
 * @param texts hosts as a person writes them
 * @throws UserError where it is not clear which are meant
 */
export function chooseRegistries(texts: readonly string[], all: boolean, store: Store): Registry[] {
  const known = exportable(store);
  const hosts = known.join(", ");
  if (texts.length === 0) {
    if (known.length === 0) throw new UserError(store.problem ?? explain("export-nothing"));
    if (!all && known.length > 1) throw new UserError(explain("export-what", { hosts }));
    return known.map(parseRegistry);
  }
  const chosen = new Map<string, Registry>();
  for (const [index, text] of texts.entries()) {
    const registry = parse(text);
    // The first argument is the format. The text may be a secret, so it is not repeated.
    if (registry === null)
      throw new UserError(explain("export-form", { number: index + 2, hosts: hosts || "ghcr.io" }));
    if (registry.kind === "npm") throw new UserError(explain("export-npm", { host: registry.host }));
    chosen.set(registry.host, registry);
  }
  return [...chosen.values()];
}

/** Hosts with a login that works, for container images. */
function exportable(store: Store): string[] {
  const failed = store.registrations.flatMap(({ host, failure }) => (failure === undefined ? [] : host));
  return loginHosts(store).filter((host) => {
    const isFailed = failed.includes(host) && store.find(host) === null;
    return !isFailed && parseRegistry(host).kind !== "npm";
  });
}

function parse(text: string): Registry | null {
  try {
    return parseRegistry(text);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}
