import { ExchangeError } from "../exchange/credential.ts";
import { explain } from "../findings/finding.ts";

/** Even with a short `timeout`: other runs may be writing. */
const MIN_TOTAL_MS = 10_000;
/** For starting, writing and ending. */
const RESERVE_MS = 3_000;
const MIN_WAIT_MS = 500;

/**
 * How long one login may wait, for registries and for other processes. In total it takes twice `timeout`, 20 s by
 * default: one and a half of it for requests, so that a slow exchange and a slow handshake both have time, and the rest
 * for the locks. root's login runs at the same time, within the same limit.
 */
export interface Deadline {
  /** Milliseconds for a handshake that begins now. */
  handshake(): number;
  /**
   * Waits for requests, which may hang or wait for others.
   * @throws ExchangeError when the time for requests is over
   */
  limit<T>(work: Promise<T>): Promise<T>;
  /** Milliseconds for which a lock, or root's login, may be waited for now. */
  remaining(): number;
}

/** @param timeout milliseconds for one registry */
export function startDeadline(timeout: number): Deadline {
  const total = Math.max(2 * timeout, MIN_TOTAL_MS);
  const requestsMs = 1.5 * timeout;
  const startedAt = performance.now();
  const left = (limit: number): number => Math.max(MIN_WAIT_MS, startedAt + limit - performance.now());
  return {
    handshake: () => Math.min(timeout, left(requestsMs)),
    limit: async (work) => {
      let timer: NodeJS.Timeout | undefined;
      const timeUp = new Promise<never>((_, reject) => {
        const error = new ExchangeError("unreachable", explain("no-answer", { seconds: requestsMs / 1000 }));
        timer = setTimeout(() => reject(error), left(requestsMs));
      });
      return await Promise.race([work, timeUp]).finally(() => clearTimeout(timer));
    },
    remaining: () => left(total - RESERVE_MS),
  };
}
