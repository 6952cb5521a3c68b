import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, Ask, Send } from "../network/http.ts";
import { isNetworkError, speaksTls } from "../network/network-error.ts";

/** Pauses between attempts, in milliseconds. Short, because a person waits for the container. */
const WAITS_MS = [250, 750];

/** Errors of certificates and of the protocol are permanent: a retry would only delay their report. */
const FINAL_CODE = /^(?:HPE_|ERR_(?!PROXY_UNREACHABLE))/;

/** An error that is not the network's is a bug, which a retry does not change. */
function isFinal(error: Error): boolean {
  return !isNetworkError(error) || speaksTls(error) || FINAL_CODE.test(error.code);
}

/** Does a request carry a credential: in its header, or an identity token in its form? */
function hasCredential({ headers, body }: Ask): boolean {
  return headers?.authorization !== undefined || body !== undefined;
}

/** The seconds that a response asks to wait; null where it has no such number, or one of more than eleven days. */
export function retryAfter({ headers }: Pick<Answer, "headers">): number | null {
  const value = headers["retry-after"] ?? "";
  return /^[0-9]{1,6}$/.test(value) ? Number(value) : null;
}

/**
 * Wraps a {@link Send} so that network errors, 429 and 5xx are retried until the signal aborts. A credential is never sent
 * again on 429: many servers count it as one more failed login, and lock the account.
 * A Retry-After in seconds is obeyed; if it is longer than `limitMs`, the response is returned at once.
 * Source: RFC 9110 section 10.2.3.
 */
export function withRetries(send: Send, limitMs: number): Send {
  return async (url: URL, ask: Ask): Promise<Answer> => {
    for (let attempt = 0; ; attempt++) {
      const last = attempt === WAITS_MS.length;
      let pause = WAITS_MS[attempt] ?? 0;
      const outcome = await send(url, ask).catch((error: Error) => error);
      if (outcome instanceof Error) {
        if (last || ask.signal.aborted || isFinal(outcome)) throw outcome;
      } else {
        const isTemporary = outcome.status >= 500 || (outcome.status === 429 && !hasCredential(ask));
        if (last || !isTemporary) return outcome;
        const asked = (retryAfter(outcome) ?? 0) * 1000;
        if (asked > limitMs) return outcome;
        if (asked > pause) pause = asked;
      }
      const interrupted = await sleep(pause, false, { signal: ask.signal }).catch(() => true);
      if (!interrupted) continue;
      if (outcome instanceof Error) throw outcome;
      return outcome;
    }
  };
}
