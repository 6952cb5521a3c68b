import { HELPER } from "../clients/credential-helper.ts";
import { readLoginConfig } from "../clients/docker/config.ts";
import { dockerConfigFile } from "../clients/docker/edit-config.ts";
import type { StoreAnswers } from "../clients/native/answers.ts";
import { findDestination } from "../clients/native/destination.ts";
import { CATALOGUE, type Code, type Explanation, explain } from "../findings/finding.ts";
import type { Environment } from "../platform/environment.ts";
import { findProgram } from "../platform/executable.ts";
import { printable } from "../printable.ts";
import type { Registry } from "../registries/registry.ts";
import type { Store } from "../store/store.ts";
import { ok, type Step, shownUser, skipped, wrong } from "./step.ts";

/** A registry on a machine with credential stores. */
export interface StoreSituation {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly registry: Registry;
  /** What earlier runs saved. */
  readonly store: Pick<Store, "registrations">;
  readonly answers: StoreAnswers;
}

/** Which store does docker use for a registry, does it answer, and does it have a login? */
export async function examineStore(situation: StoreSituation): Promise<Step> {
  const { env, platform, registry, answers } = situation;
  const file = dockerConfigFile(env, platform);
  const config = readLoginConfig(file);
  // docker's step explains it.
  if ("code" in config) return skipped("store", config.message);
  const destination = findDestination(config, registry, env, platform);
  const failed = lastFault(situation);
  switch (destination.kind) {
    case "own-helper":
      return ok("store", `docker queries docker-credential-${HELPER}`);
    case "file":
      return failed === null
        ? ok("store", `docker uses no credential store for it; logins are stored unencrypted in ${file}`)
        : wrong("store", failed);
    case "other-helper": {
      const { helper } = destination;
      if (findProgram(`docker-credential-${helper}`, env, platform) === null) {
        const values = { helper, host: registry.host, file, path: env.PATH ?? "" };
        return wrong("store", explain("other-helper-off-path", values));
      }
      return await describe(helper, `${file} names docker-credential-${printable(helper)} for this host`, situation);
    }
    case "store": {
      const { store, isDefault } = destination;
      const found = await answers(store, registry.key);
      const isFault = found !== null && "code" in found;
      // It answers, but the last login could not be stored there.
      if (!isFault && found === null && failed !== null) return wrong("store", failed);
      const why = isDefault ? ", which it chooses by itself" : ` (credsStore in ${file})`;
      return await describe(store, `docker uses docker-credential-${printable(store)}${why}`, situation);
    }
  }
}

/** What a store or helper answers. */
async function describe(name: string, text: string, { registry, answers }: StoreSituation): Promise<Step> {
  const found = await answers(name, registry.key);
  if (found === null) return ok("store", `${text}; it answers, and has no login to ${registry.host}`);
  if ("code" in found) return wrong("store", found);
  return ok("store", `${text}; it has a login for ${shownUser(found.username)}`);
}

/** Why the last login could not be put into its store: a store that answers may still not store. */
function lastFault({ registry, store }: StoreSituation): Explanation | null {
  const failure = store.registrations.find(({ host }) => host === registry.host)?.failure;
  return failure !== undefined && Object.hasOwn(CATALOGUE.stores, failure.code) ? failure : null;
}

/** What docker's step says only because the store fails. */
const CONSEQUENCES: ReadonlySet<string> = new Set<Code>(["helper-fails", "other-helper-missing"]);

/** Does a client's step repeat what the step of the store says? */
export function repeatsStore(client: Step, store: Step | null): boolean {
  if (store?.state !== "wrong" || client.code === null) return false;
  return client.code === store.code || CONSEQUENCES.has(client.code);
}
