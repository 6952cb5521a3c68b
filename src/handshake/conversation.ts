import type { Answer, Ask, Send } from "./http.ts";
import { withRetries } from "./retry.ts";

/** Asks, with an Authorization header or without. */
export type Get = (url: URL, authorization?: string, admits?: Ask["admits"]) => Promise<Answer>;
/** Sends a form. */
export type Post = (url: URL, body: string, admits?: Ask["admits"]) => Promise<Answer>;

/** The questions to one registry and its token service, which share one time limit; see {@link withRetries}. */
export interface Conversation {
  readonly signal: AbortSignal;
  readonly get: Get;
  readonly post: Post;
  /** Asks once: where another address is a better answer to an error than asking the same again. */
  readonly getOnce: Get;
  readonly ask: (url: URL, ask: Omit<Ask, "signal">, authorization?: string) => Promise<Answer>;
}

/** @param timeoutMs time for all of it, retries included */
export function converse(send: Send, timeoutMs: number): Conversation {
  const signal = AbortSignal.timeout(timeoutMs);
  const retrying = withRetries(send, timeoutMs);
  const ask: Conversation["ask"] = (url, { headers, ...rest }, authorization) =>
    retrying(url, {
      ...rest,
      signal,
      headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
    });
  return {
    signal,
    ask,
    get: (url, authorization, admits) => ask(url, { admits }, authorization),
    getOnce: (url) => send(url, { signal }),
    post: (url, body, admits) =>
      ask(url, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body, admits }),
  };
}
