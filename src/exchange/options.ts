import type { Send } from "../network/http.ts";
import type { Environment } from "../platform/environment.ts";

/** What an exchange takes from the world. */
export interface ExchangeOptions {
  /** The secret set that messages name. */
  readonly identifier: string;
  /** Milliseconds for the whole exchange, retries included. */
  readonly timeout: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Names the files, addresses and programs that an identity comes from. */
  readonly env: Environment;
  /** Sends every request. */
  readonly send: Send;
}
