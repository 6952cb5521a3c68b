import type { Answer, Ask, Send } from "./http.ts";
import { RequestError } from "./request-error.ts";
import { withRetries } from "./retry.ts";

/** Sends a GET, with an Authorization header or without. */
export type Get = (url: URL, authorization?: string, admits?: Ask["admits"]) => Promise<Answer>;
/** Sends a form by POST. */
export type Post = (url: URL, body: string, admits?: Ask["admits"]) => Promise<Answer>;

/**
 * The requests of one handshake, to a registry and its token service. They share one time limit, and are retried; see
 * {@link withRetries}. One without a response rejects with a {@link RequestError}.
 */
export interface Conversation {
  /** `host[:port]` of the registry. */
  readonly host: string;
  /** Aborts when the time is over. */
  readonly signal: AbortSignal;
  readonly get: Get;
  readonly post: Post;
  /** Without retries: for where trying the next address is better than trying this one again. */
  readonly getOnce: Get;
  readonly ask: (url: URL, ask: Omit<Ask, "signal">, authorization?: string) => Promise<Answer>;
}

/**
 * @param host `host[:port]` of the registry
 * @param timeoutMs milliseconds for all requests together, retries included
 */
export function converse(send: Send, host: string, timeoutMs: number): Conversation {
  const signal = AbortSignal.timeout(timeoutMs);
  const retrying = withRetries(send, timeoutMs);
  const named =
    (sendAny: Send): Send =>
    (url, ask) =>
      sendAny(url, ask).catch((error: NodeJS.ErrnoException) => {
        throw new RequestError(url.host, error);
      });
  const ask: Conversation["ask"] = (url, { headers, ...rest }, authorization) =>
    named(retrying)(url, {
      ...rest,
      signal,
      headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
    });
  return {
    host,
    signal,
    ask,
    get: (url, authorization, admits) => ask(url, { admits }, authorization),
    getOnce: (url) => named(send)(url, { signal }),
    post: (url, body, admits) =>
      ask(url, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body, admits }),
  };
}
