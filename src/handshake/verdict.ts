import { STATUS_CODES } from "node:http";
import type { Answer } from "./http.ts";

/**
 * What a registry says of a credential.
 * - `verified`: it takes it. `refused`: it does not (401, 403).
 * - `unreachable`: no verdict, for a reason that may pass. `failed`: no verdict, and trying again will not help.
 */
export interface Verdict {
  readonly outcome: "verified" | "refused" | "unreachable" | "failed";
  readonly detail: string;
  readonly hint: string;
}

/** An end of the handshake that is not a plain answer of the registry. */
export class Ended extends Error {
  readonly verdict: Verdict;
  constructor(verdict: Verdict) {
    super(verdict.detail);
    this.verdict = verdict;
  }
}

/** What an answer at /v2/, or of a token service, says of the credential that was sent. */
export function judge({ status, headers }: Answer, who = "the registry"): Verdict {
  if (status === 200) return { outcome: "verified", detail: "", hint: "" };
  const detail = `${who} answered ${[status, STATUS_CODES[status]].join(" ").trim()}`;
  if (status === 401 || status === 403) return { outcome: "refused", detail, hint: "" };
  if (status === 407) {
    const hint = "put the proxy's user and password into its address (https_proxy), or the host into no_proxy";
    return { outcome: "unreachable", detail: "the proxy asks for a login (407)", hint };
  }
  if (status === 429 || status >= 500) {
    const wait = /^[0-9]{1,6}$/.exec(headers["retry-after"] ?? "")?.[0];
    return { outcome: "unreachable", detail, hint: wait === undefined ? "try again later" : `try again in ${wait} s` };
  }
  if (status === 431) {
    return { outcome: "failed", detail, hint: "the password is too long for it: check that it is the right one" };
  }
  const hint = "a container registry answers otherwise at /v2/: check the host name and the port of the server";
  return { outcome: "failed", detail, hint };
}
