import { STATUS_CODES } from "node:http";
import { type Code, type Explanation, explain } from "../findings/finding.ts";
import type { Answer } from "./http.ts";

/**
 * What a registry says of a credential.
 * - `verified`: it takes it. `refused`: it does not (401, 403).
 * - `unreachable`: no verdict, for a reason that may pass. `failed`: no verdict, and trying again will not help.
 */
export interface Verdict {
  readonly outcome: "verified" | "refused" | "unreachable" | "failed";
  /** null where it takes the credential. */
  readonly code: Code | null;
  readonly detail: string;
  readonly hint: string;
  /** The refusing answer; what to do about it depends on whose credential it was, which {@link explainRefusal} knows. */
  readonly said?: { readonly who: string; readonly status: string };
}

/** A verdict that is not `verified`, in the words of a finding. */
export function verdictOf(outcome: Verdict["outcome"], { code, message, hint }: Explanation): Verdict {
  return { outcome, code, detail: message, hint };
}

/** An end of the handshake that is not a plain answer of the registry. */
export class Ended extends Error {
  readonly verdict: Verdict;
  /** The token service's answer, where it gave no token. */
  readonly answer: Answer | null;
  constructor(verdict: Verdict, answer: Answer | null = null) {
    super(verdict.detail);
    this.verdict = verdict;
    this.answer = answer;
  }
}

/** What an answer at /v2/, or of a token service, says of the credential that was sent. */
export function judge({ status, headers }: Answer, who = "the registry"): Verdict {
  if (status === 200) return { outcome: "verified", code: null, detail: "", hint: "" };
  const said = { who, status: [status, STATUS_CODES[status]].join(" ").trim() };
  if (status === 401 || status === 403) {
    return { outcome: "refused", code: "credential-refused", detail: `${who} answered ${said.status}`, hint: "", said };
  }
  if (status === 407) return verdictOf("unreachable", explain("proxy-login"));
  if (status === 429 || status >= 500) {
    const wait = /^[0-9]{1,6}$/.exec(headers["retry-after"] ?? "")?.[0];
    const when = wait === undefined ? "later" : `in ${wait} s`;
    return verdictOf("unreachable", explain("registry-busy", { ...said, when }));
  }
  return verdictOf("failed", explain(status === 431 ? "header-too-long" : "not-a-registry", said));
}
