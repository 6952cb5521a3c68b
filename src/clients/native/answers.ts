import type { Explanation } from "../../findings/finding.ts";
import { HELPER } from "../credential-helper.ts";
import type { ClientLogin } from "../docker/config.ts";
import { explainQuery, type QueryIfPresent, queryIfPresent } from "../docker/lookup.ts";
import type { StorePrograms } from "./store-program.ts";

/** What a credential store answers for a key: a login, none, or why it fails. It never throws. */
export type StoreAnswers = (store: string, key: string) => Promise<ClientLogin | null | Explanation>;

/**
 * Queries credential stores for one run: each once for a key, and one key after the other, since each query may open a dialog
 * and one that hangs should cost its time limit once.
 */
export function openStoreAnswers(stores: StorePrograms): StoreAnswers {
  const answers = new Map<string, ReturnType<StoreAnswers>>();
  const last = new Map<string, Promise<unknown>>();
  return (store, key) => {
    const name = JSON.stringify([store, key]);
    const known = answers.get(name);
    if (known !== undefined) return known;
    const answer = (last.get(store) ?? Promise.resolve()).then(() => stores(store).get(key));
    answers.set(name, answer);
    last.set(store, answer);
    return answer;
  };
}

/** Queries helpers as credential stores, so that one that fails is explained. */
export function queryAnswers(answers: StoreAnswers): QueryIfPresent {
  return async (helper, key, env, client) => {
    if (helper === HELPER) return await queryIfPresent(helper, key, env, client);
    const problem = explainQuery(helper, env, client);
    if (problem !== null) return { login: null, problem };
    const found = await answers(helper, key);
    if (found !== null && "code" in found) return { login: null, problem: found };
    return { login: found, problem: null };
  };
}
