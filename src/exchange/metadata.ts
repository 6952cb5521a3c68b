import { setTimeout as wait } from "node:timers/promises";
import { cause } from "../findings/cause.ts";
import type { Answer } from "../network/http.ts";
import { isNetworkError } from "../network/network-error.ts";
import { withTimeLimit } from "../platform/time-limit.ts";
import { isInternalAddress } from "../registries/address.ts";
import type { World } from "./cloud-call.ts";

/** A request to a service of the machine itself. */
export interface MetadataAsk {
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds for one request: where there is no such service, most networks do not answer at all. */
  readonly limitMs: number;
  /** Whether an answer says that the service is not ready yet. */
  readonly isEarly?: (answer: Answer) => boolean;
  /** Whether the service may start after this program. */
  readonly startsLate?: true;
  /** May the request go to this address? By default to any that is not public. */
  readonly admits?: (address: string) => boolean;
}

const MAX_TRIES = 3;
const FIRST_WAIT_MS = 250;

/**
 * Asks a metadata service. The request is sent without TLS, never through a proxy, and only to an address of this machine or
 * network: no environment can direct it, and what it carries, to the internet.
 * @returns a text that says why there is no answer
 */
export async function askMetadata(world: World, url: URL, ask: MetadataAsk): Promise<Answer | string> {
  for (let tries = 1; ; tries++) {
    const answer = await askOnce(world, url, ask);
    const isLast = tries === MAX_TRIES || world.remaining() < FIRST_WAIT_MS * 2 ** tries;
    const isEarly =
      typeof answer === "string" ? answer === EARLY && ask.startsLate === true : (ask.isEarly?.(answer) ?? false);
    if (!isEarly || isLast) return answer === EARLY ? cause("metadata-error", { error: EARLY }) : answer;
    await wait(FIRST_WAIT_MS * 2 ** (tries - 1));
  }
}

/** Nothing listens. */
const EARLY = "ECONNREFUSED";

async function askOnce(world: World, url: URL, ask: MetadataAsk): Promise<Answer | string> {
  const { method = "GET", headers, body, admits = isInternalAddress } = ask;
  const limitMs = Math.min(ask.limitMs, world.remaining());
  if (url.protocol !== "http:") return cause("metadata-scheme");
  const isPublic = isAddress(url.hostname) && !admits(url.hostname);
  if (isPublic) return cause("metadata-public", { address: url.host });
  try {
    return await withTimeLimit(limitMs, (signal) =>
      world.send(url, { method, headers, signal, admits, ...(body === undefined ? {} : { body }) }),
    );
  } catch (error) {
    if (!isNetworkError(error)) throw error;
    if (error.code === EARLY) return EARLY;
    if (error.code === "ERR_INTERNAL_ADDRESS") return cause("metadata-public", { address: url.host });
    if (error.code === "ABORT_ERR") return cause("metadata-silent", { seconds: Math.round(limitMs / 100) / 10 });
    return cause("metadata-error", { error: error.code });
  }
}

/** Is this an IP address? Of a name, only the connection shows where it leads. */
function isAddress(name: string): boolean {
  return /^[0-9.]+$|:/.test(name);
}

/** An address from the environment; null where it is not one. */
export function parseAddress(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
