import { ExchangeError } from "../exchange/credential.ts";
import { explain } from "../findings/finding.ts";

/** Minimum for a whole run, also with a short `timeout`: it may have to wait for the lock of another run. */
const MIN_TOTAL_MS = 10_000;
/** Reserved for starting, writing and exiting. */
const RESERVE_MS = 3_000;
const MIN_WAIT_MS = 500;

/**
 * How long one login run may wait for registries and for other processes: twice `timeout` in total, 20 s by default.
 * Exchanges and handshakes get 1.5 times `timeout`, so that both may be slow; locks get the rest. The login as root runs
 * at the same time, within the same limit.
 */
export interface Deadline {
  /** Milliseconds for a handshake that starts now. */
  handshake(): number;
  /**
   * Waits for an exchange, which may hang or wait for another process.
   * @param host the registry that it is for
   * @throws ExchangeError when the time for exchanges and handshakes is over
   */
  limit<T>(work: Promise<T>, host: string): Promise<T>;
  /** Milliseconds that remain for waiting for a lock or for the login as root. */
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
    limit: async (work, host) => {
      let timer: NodeJS.Timeout | undefined;
      const timeUp = new Promise<never>((_, reject) => {
        const error = new ExchangeError("unreachable", explain("no-answer", { host, seconds: requestsMs / 1000 }));
        timer = setTimeout(() => reject(error), left(requestsMs));
      });
      return await Promise.race([work, timeUp]).finally(() => clearTimeout(timer));
    },
    remaining: () => left(total - RESERVE_MS),
  };
}
