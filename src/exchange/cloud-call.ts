import { setTimeout as wait } from "node:timers/promises";
import { type Code, explain } from "../findings/finding.ts";
import type { Answer, Ask, Send } from "../network/http.ts";
import { describeNetworkError, isNetworkError } from "../network/network-error.ts";
import { parseJson } from "../platform/json.ts";
import { withTimeLimit } from "../platform/time-limit.ts";
import { ExchangeError } from "./credential.ts";
import type { ExchangeOptions } from "./options.ts";

/** What the steps of one exchange share. */
export interface World extends ExchangeOptions {
  /** Ends every request. */
  readonly signal: AbortSignal;
  /** Milliseconds that are left for the exchange. */
  readonly remaining: () => number;
}

/** An answer of a cloud's service. */
export interface Reply {
  readonly status: number;
  readonly headers: Answer["headers"];
  readonly challenges: Answer["challenges"];
  readonly body: string;
  /** The JSON object in the body; empty where it is something else. */
  readonly json: Readonly<Record<string, unknown>>;
  /** Seconds that our clock is ahead of the server's; 0 if the answer has no date. */
  readonly skew: number;
}

/** Runs the steps of an exchange with one time limit for all of them. */
export async function withWorld<T>(options: ExchangeOptions, work: (world: World) => Promise<T>): Promise<T> {
  const end = performance.now() + options.timeout;
  const remaining = (): number => Math.max(0, end - performance.now());
  return await withTimeLimit(options.timeout, (signal) => work({ ...options, signal, remaining }));
}

const MAX_TRIES = 3;
const FIRST_WAIT_MS = 250;

/**
 * Sends a request to a service of a cloud. One that has no time now is asked again, as long as the exchange has time.
 * @param where the service, for messages
 * @returns any answer except those of a service that has no time, or that are a web page
 * @throws ExchangeError where there is no such answer
 */
export async function callCloud(world: World, where: string, url: URL, ask: Omit<Ask, "signal">): Promise<Reply> {
  for (let tries = 1; ; tries++) {
    const answer = await sendTo(world, where, url, ask);
    if (answer.status !== 429 && answer.status < 500) return replyOf(world, where, answer);
    const waitMs = retryAfter(answer) ?? FIRST_WAIT_MS * 2 ** (tries - 1);
    if (tries === MAX_TRIES || waitMs >= world.remaining()) {
      throw new ExchangeError("unreachable", explain("identity-busy", { where, error: `status ${answer.status}` }));
    }
    await wait(waitMs);
  }
}

async function sendTo({ send, signal, timeout }: World, where: string, url: URL, ask: Omit<Ask, "signal">) {
  try {
    return await (send satisfies Send)(url, { ...ask, signal });
  } catch (error) {
    if (!isNetworkError(error)) throw error;
    const { code } = error;
    if (code === "ABORT_ERR") {
      throw new ExchangeError("unreachable", explain("identity-no-answer", { where, seconds: timeout / 1000 }));
    }
    const finding = describeNetworkError({ code }, url.host);
    throw new ExchangeError(
      "unreachable",
      GENERAL.has(finding.code) ? explain("identity-no-route", { where, error: code }) : finding,
    );
  }
}

/** Findings that say less than the one about the cloud's service. */
const GENERAL: ReadonlySet<Code> = new Set<Code>([
  "connection-failed",
  "connection-cut",
  "connection-refused",
  "no-route",
]);

function replyOf({ now }: World, where: string, answer: Answer): Reply {
  const { status, headers, challenges, body } = answer;
  if (/html/i.test(headers["content-type"] ?? "")) {
    const error = `a web page answered ${status}`;
    throw new ExchangeError("unreachable", explain("identity-no-route", { where, error }));
  }
  const date = Date.parse(headers.date ?? "");
  const skew = Number.isNaN(date) ? 0 : Math.round((now() - date) / 1000);
  return { status, headers, challenges, body, json: objectOf(body), skew };
}

/** The JSON object in a text; empty for anything else. */
export function objectOf(text: string): Readonly<Record<string, unknown>> {
  const value = parseJson(text);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** Milliseconds that a service asks to wait; null where it does not. Source: RFC 9110 section 10.2.3. */
function retryAfter({ headers }: Answer): number | null {
  const text = headers["retry-after"] ?? "";
  return /^[0-9]{1,6}$/.test(text) ? Number(text) * 1000 : null;
}

/** A field of an answer or file that has to be a text; "" where it is missing or something else. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

const MAX_SKEW_SECONDS = 5 * 60;

/** Throws if the clock of this machine explains why a service rejects a signed time. */
export function checkClock({ skew }: Reply, where: string): void {
  if (Math.abs(skew) <= MAX_SKEW_SECONDS) return;
  const minutes = Math.round(Math.abs(skew) / 60);
  const direction = skew > 0 ? "fast" : "slow";
  throw new ExchangeError("failed", explain("identity-clock", { where, minutes, direction }));
}

/** The name of an error in an answer, as far as it looks like one: a description may quote a token. */
export function errorName({ json, status }: Reply): string {
  const { error } = json;
  const name = typeof error === "object" && error !== null && "status" in error ? error.status : error;
  return typeof name === "string" && /^[A-Za-z0-9_.]{1,64}$/.test(name) ? name : `status ${status}`;
}

/** What an answer says about its error, to be searched for words; it is never shown. */
export function errorText({ body, json }: Reply): string {
  return `${textOf(json.error_description)} ${body}`;
}

/** Seconds that a token is valid; one hour where the answer does not say so, or nothing that makes sense. */
export function lifeOf(value: unknown): number {
  const seconds = typeof value === "string" ? Number(value) : value;
  return typeof seconds === "number" && seconds > 0 && seconds <= MAX_LIFE_SECONDS ? Math.floor(seconds) : 3600;
}

const MAX_LIFE_SECONDS = 7 * 24 * 3600;

/** The headers and the body of a form. */
export function form(fields: Readonly<Record<string, string>>): Pick<Ask, "method" | "headers" | "body"> {
  return {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    body: new URLSearchParams(fields).toString(),
  };
}
