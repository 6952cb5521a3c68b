import { ExchangeError } from "../exchange/credential.ts";
import { explain } from "../findings/finding.ts";

/** Minimum for a whole run, also with a short `timeout`: it may have to wait for the lock of another run. */
const LEAST_MS = 10_000;
/** Reserved for starting, writing and exiting. */
const RESERVE_MS = 3_000;
const LEAST_WAIT_MS = 500;

/**
 * How long one login run may wait for registries and for other processes: twice `timeout` in total, 20 s by default.
 * Exchanges and handshakes get 1.5 times `timeout`, so that both may be slow; locks get what is left. The login as root
 * runs at the same time, within the same limits.
 */
export interface Limits {
  /** Milliseconds for a handshake that starts now. */
  handshake(): number;
  /**
   * Waits for an exchange, which may hang or wait for another process.
   * @param host the registry that it is for
   * @throws ExchangeError when the time for exchanges and handshakes is over
   */
  asking<T>(work: Promise<T>, host: string): Promise<T>;
  /** Milliseconds that remain for waiting for a lock or for the login as root. */
  left(): number;
}

/** @param timeout milliseconds for one registry */
export function startLimits(timeout: number): Limits {
  const whole = Math.max(2 * timeout, LEAST_MS);
  const askMs = 1.5 * timeout;
  const startedAt = performance.now();
  const left = (limit: number): number => Math.max(LEAST_WAIT_MS, startedAt + limit - performance.now());
  return {
    handshake: () => Math.min(timeout, left(askMs)),
    asking: async (work, host) => {
      let timer: NodeJS.Timeout | undefined;
      const timeUp = new Promise<never>((_, reject) => {
        const error = new ExchangeError("unreachable", explain("no-answer", { host, seconds: askMs / 1000 }));
        timer = setTimeout(() => reject(error), left(askMs));
      });
      return await Promise.race([work, timeUp]).finally(() => clearTimeout(timer));
    },
    left: () => left(whole - RESERVE_MS),
  };
}
