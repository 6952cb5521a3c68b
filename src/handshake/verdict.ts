import { type Code, type Explanation, explain, messageOf } from "../findings/finding.ts";
import type { Answer } from "../network/http.ts";
import { loadHttp } from "../platform/lazy-modules.ts";
import { type Clue, findClue, isHeaderTooLong, isLockout } from "./clues.ts";
import { retryAfter } from "./retry.ts";

/** Who rejected a credential, with which status, and what its answer shows besides. */
export interface Said {
  readonly who: string;
  readonly status: string;
  readonly clue?: Clue | undefined;
}

/**
 * The result of a handshake: does the registry accept the credential?
 * - `verified`: accepted. `refused`: rejected (401, 403).
 * - `unreachable`: unknown, for a reason that may be temporary. `failed`: unknown, and a retry will not help.
 */
export interface Verdict {
  readonly outcome: "verified" | "refused" | "unreachable" | "failed";
  /** null for `verified`, unless that proves nothing. */
  readonly code: Code | null;
  readonly detail: string;
  readonly hint: string;
  /** The token service, where the registry itself has answered, and what it names is the cause. */
  readonly asked?: "token-service";
  /** Who rejected it, with which status. The hint depends on the secrets; {@link explainRefusal} adds it. */
  readonly said?: Said;
}

/** The verdict of an accepted credential. */
export const VERIFIED: Verdict = { outcome: "verified", code: null, detail: "", hint: "" };

/** A verdict other than `verified`, with the texts of a finding. */
export function verdictOf(outcome: Verdict["outcome"], { code, message, hint }: Explanation): Verdict {
  return { outcome, code, detail: message, hint };
}

/** Ends a handshake early with a verdict. */
export class Ended extends Error {
  readonly verdict: Verdict;
  /** The token service's response, if it issued no token. */
  readonly answer: Answer | null;
  constructor(verdict: Verdict, answer: Answer | null = null) {
    super(verdict.detail);
    this.verdict = verdict;
    this.answer = answer;
  }
}

/**
 * The verdict of a response at /v2/, or of a token service.
 * @param host `host[:port]` that answered
 * @param who how messages name it
 */
export function judge(answer: Answer, host: string, who = host): Verdict {
  const { status } = answer;
  if (status === 200) return VERIFIED;
  const said = { who, status: describeStatus(status) };
  if (status === 401 || status === 403) return refused(said);
  if (status === 407) return verdictOf("unreachable", explain("proxy-login", { host, proxy: "" }));
  if (status === 429 || status >= 500) {
    const when = whenToRetry(answer);
    const code = status === 429 ? "too-many-requests" : "registry-busy";
    return verdictOf("unreachable", explain(code, { ...said, when }));
  }
  return verdictOf("failed", explain(status === 431 ? "header-too-long" : "not-a-registry", said));
}

/**
 * The verdict of the response to a credential, after the registry itself asked for one by its challenge: whatever of 4xx it
 * is, the credential is rejected. AWS answers 400 to a token of a different region, account or age.
 * @param host `host[:port]` that answered
 * @param who how messages name it
 */
export function judgeLogin(answer: Answer, host: string, who = host): Verdict {
  const { status } = answer;
  const said = { who, status: describeStatus(status) };
  if (status !== 407 && isLockout(answer)) {
    return verdictOf("unreachable", explain("login-locked", { ...said, when: whenToRetry(answer) }));
  }
  if (isHeaderTooLong(answer)) return verdictOf("failed", explain("header-too-long", said));
  const isRejection = status >= 400 && status < 500 && ![407, 429, 431].includes(status);
  return isRejection ? refused({ ...said, clue: findClue(answer) }) : judge(answer, host, who);
}

function refused(said: Said): Verdict {
  const detail = messageOf("credential-refused", said);
  return { outcome: "refused", code: "credential-refused", detail, hint: "", said };
}

function describeStatus(status: number): string {
  return [status, loadHttp().STATUS_CODES[status]].join(" ").trim();
}

function whenToRetry(answer: Answer): string {
  const wait = retryAfter(answer);
  return wait === null ? "later" : `in ${wait} s`;
}
