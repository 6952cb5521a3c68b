import { explain } from "../findings/finding.ts";
import type { Answer, Ask, Send } from "../network/http.ts";
import { describeNetworkError, isNetworkError, type NetworkError, speaksTls } from "../network/network-error.ts";
import { RequestError } from "../network/request-error.ts";
import { withTimeLimit } from "../platform/time-limit.ts";
import { withRetries } from "./retry.ts";
import { ofTokenService } from "./token-service.ts";
import { Ended, type Verdict, verdictOf } from "./verdict.ts";

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
  readonly get: Get;
  readonly post: Post;
  /** Without retries: for where trying the next address is better than trying this one again. */
  readonly getOnce: Get;
  readonly ask: (url: URL, ask: Omit<Ask, "signal">, authorization?: string) => Promise<Answer>;
}

/**
 * Runs the steps of a handshake within a time limit, and turns what ends them early into a verdict.
 * @param host `host[:port]` of the registry
 * @param timeoutMs milliseconds for all requests together, retries included
 * @throws any other error, which is a bug
 */
export async function converse<T>(
  send: Send,
  host: string,
  timeoutMs: number,
  steps: (conversation: Conversation) => Promise<T>,
): Promise<T | Verdict> {
  return await withTimeLimit(timeoutMs, async (signal) => {
    try {
      return await steps(makeConversation(send, host, signal, timeoutMs));
    } catch (error) {
      if (error instanceof Ended) return error.verdict;
      if (!(error instanceof RequestError)) throw error;
      const { host: asked, reason } = error;
      const isLate = signal.aborted && !isKnown(reason);
      const finding = isLate
        ? explain("no-answer", { host: asked, seconds: Math.round(timeoutMs / 100) / 10 })
        : describeNetworkError(reason, asked);
      const verdict = verdictOf("unreachable", finding);
      return error.role === "token-service" ? ofTokenService(verdict, { registry: host, service: asked }) : verdict;
    }
  });
}

/**
 * Is the cause known, whether or not the time was over meanwhile? The connection is direct, since the address of the proxy is
 * not valid; or the certificate is not accepted, and it took the rest of the time to read it once more.
 */
function isKnown(error: NetworkError): boolean {
  return error.code === "ERR_PROXY_ADDRESS" || speaksTls(error);
}

function makeConversation(send: Send, host: string, signal: AbortSignal, timeoutMs: number): Conversation {
  const retrying = withRetries(send, timeoutMs);
  const named =
    (sendAny: Send): Send =>
    (url, ask) =>
      sendAny(url, ask).catch((error: unknown) => {
        throw isNetworkError(error) ? new RequestError("registry", url.host, error) : error;
      });
  const ask: Conversation["ask"] = (url, { headers, ...rest }, authorization) =>
    named(retrying)(url, {
      ...rest,
      signal,
      registry: host,
      headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
    });
  return {
    host,
    ask,
    get: (url, authorization, admits) => ask(url, { admits }, authorization),
    getOnce: (url) => named(send)(url, { signal, registry: host }),
    post: (url, body, admits) =>
      ask(url, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body, admits }),
  };
}
