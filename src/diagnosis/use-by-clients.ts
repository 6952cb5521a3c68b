import type { QueryIfPresent } from "../clients/docker/lookup.ts";
import type { StoreAnswers } from "../clients/native/answers.ts";
import type { Context } from "../context.ts";
import type { Options } from "../discovery/options.ts";
import type { Code } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import type { Registry } from "../registries/registry.ts";
import type { Store } from "../store/store.ts";
import { type ClientSituation, examineDocker, examineNpm, examinePodman } from "./clients.ts";
import type { CredentialToTest } from "./credential-to-test.ts";
import { explainWhyNotServed } from "./explain-missing-login.ts";
import { type Step, skipped } from "./step.ts";
import { examineStore, repeatsStore } from "./store.ts";
import type { Subject } from "./targets.ts";

export interface ClientOptions {
  readonly context: Context;
  readonly store: Store;
  readonly options: Options;
  /** What the credential stores of a host answer; null in a container. */
  readonly answers: StoreAnswers | null;
  /** Queries the helpers that clients would. */
  readonly query: QueryIfPresent;
}

const CONSEQUENCES: ReadonlySet<string> = new Set<Code>([
  "not-registered",
  "login-failed",
  "vault-gone",
  "store-login",
]);

/**
 * Which login does each client use, and on a host: from which store?
 * @param known what clients should use
 * @param isEarly whether an earlier step has a problem: running registry-login now would not fix a missing registration then
 */
export async function examineClients(
  subject: Subject,
  registry: Registry,
  known: CredentialToTest | UserError,
  isEarly: boolean,
  given: ClientOptions,
): Promise<Step[]> {
  const ofStore = await examineStoreOfHost(registry, given);
  const isEarlier = isEarly || ofStore.some(({ state }) => state === "wrong");
  const clients = await examineEach(subject, registry, known, given);
  return [
    ...ofStore,
    ...clients.map((each) =>
      (isEarlier && CONSEQUENCES.has(each.code ?? "")) || repeatsStore(each, ofStore[0] ?? null)
        ? skipped(each.name, each.message)
        : each,
    ),
  ];
}

/** The store that docker uses there; none in a container, where it is our helper. */
async function examineStoreOfHost(
  registry: Registry,
  { context: { env, machine }, store, answers }: ClientOptions,
): Promise<Step[]> {
  if (machine === null || answers === null || registry.kind === "npm") return [];
  return [await examineStore({ env, platform: machine.platform, registry, store, answers })];
}

async function examineEach(
  { image, request, registered }: Subject,
  registry: Registry,
  known: CredentialToTest | UserError,
  { context, store, options: { storage }, query }: ClientOptions,
): Promise<Step[]> {
  const storedFirst = store.find(registry.host)?.origin === "stored";
  // A login on a host that failed would not be with our helper either.
  const isSaved = registered !== null && !(context.machine !== null && registered.storage === "none");
  const situation: ClientSituation = {
    env: context.env,
    registry,
    store,
    fallback: registered?.fallback,
    storage: isSaved ? registered.storage : storage === "native" ? "store" : storage,
    expected: known instanceof UserError ? { user: "", secret: "" } : known.expected,
    whyNoAnswer: await explainWhyNotServed(context, store, registry, request),
    query,
    isHost: context.machine !== null,
    storedFirst,
    overridesSaved: storedFirst && request === null && registered !== null && registered.failure === undefined,
  };
  if (registry.kind === "npm") return [examineNpm(situation)];
  return [await examineDocker(situation), ...(await examinePodman(situation, image?.repository ?? null))];
}
