import { ExchangeError } from "../exchange/credential.ts";
import { explain } from "../findings/finding.ts";

/** Even with a short `timeout`: other runs may be writing. */
const LEAST_MS = 10_000;
/** For what is no waiting: to start, to write, and to end. */
const RESERVE_MS = 3_000;
const LEAST_WAIT_MS = 500;

/**
 * How long one login may wait, for registries and for other processes. All in all it takes twice `timeout`, 20 s by
 * default: one and a half of it for asking, so that an exchange and a handshake which both are slow have time, and what
 * is left then for the locks. root's login runs beside it, in the same time.
 */
export interface Limits {
  /** Milliseconds for a handshake that begins now. */
  handshake(): number;
  /**
   * Waits for what may hang or wait for others.
   * @throws ExchangeError when the time for asking is over
   */
  asking<T>(work: Promise<T>): Promise<T>;
  /** Milliseconds for which a lock, or root's login, may be waited for now. */
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
    asking: async (work) => {
      let timer: NodeJS.Timeout | undefined;
      const timeUp = new Promise<never>((_, reject) => {
        const error = new ExchangeError("unreachable", explain("no-answer", { seconds: askMs / 1000 }));
        timer = setTimeout(() => reject(error), left(askMs));
      });
      return await Promise.race([work, timeUp]).finally(() => clearTimeout(timer));
    },
    left: () => left(whole - RESERVE_MS),
  };
}
