import type { Rejected } from "../../discovery/request.ts";
import type { Verdict } from "../../handshake/verdict.ts";
import { secretsOf } from "../../registration/record.ts";
import type { Registration } from "../../store/state.ts";
import type { Attempt } from "./attempt.ts";

/**
 * The failures of a run that are saved, so that the credential helper can explain them to clients.
 * @param redact masks what a message might quote
 * @param isHost whether rejected secrets are recognized by the next run, which then does not send them again
 */
export function failuresOf(
  attempts: readonly Attempt[],
  rejected: readonly Rejected[],
  redact: (text: string) => string,
  isHost: boolean,
): Registration[] {
  const rows = [
    ...attempts.flatMap(({ request, credential, verdict }) =>
      credential !== null || verdict.outcome === "unchanged"
        ? []
        : failed({ ...request, host: request.registry.host }, verdict).map((row) =>
            isHost && verdict.outcome === "refused" ? { ...row, secrets: secretsOf(request) } : row,
          ),
    ),
    ...rejected.flatMap(({ identifier, host, code, reason, hint }) =>
      host === null
        ? []
        : failed({ identifier, host, source: "environment" }, { outcome: "refused", code, detail: reason, hint }),
    ),
  ];
  const kept = new Set(
    attempts.filter(({ credential }) => credential !== null).map(({ request }) => request.registry.host),
  );
  return rows.filter(({ host }) => !kept.has(host));

  function failed(
    { identifier, host, source }: Pick<Registration, "identifier" | "host" | "source">,
    { outcome, code, detail, hint }: Verdict,
  ): Registration[] {
    if (outcome === "verified" || code === null) return [];
    const failure = { outcome, code, message: redact(detail), hint: redact(hint) };
    return [{ identifier, host, source, storage: "none", verified: false, verifiedAt: null, failure }];
  }
}

/**
 * What a host rejected while an earlier login to it stays in use, so that the next run does not send it again.
 * @param redact masks what a message might quote
 * @param isHost whether rejected secrets are recognized by the next run
 */
export function rejectionOf(
  host: string,
  attempts: readonly Attempt[],
  redact: (text: string) => string,
  isHost: boolean,
): NonNullable<Registration["rejected"]> | null {
  const attempt = attempts.find(({ request }) => request.registry.host === host);
  if (!isHost || attempt === undefined || attempt.rejection === null) return null;
  const { message, hint } = attempt.rejection;
  return { secrets: secretsOf(attempt.request), message: redact(message), hint: redact(hint) };
}
