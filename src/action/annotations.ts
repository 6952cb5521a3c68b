import { isUsed } from "../clients/visibility.ts";
import type { Outcome } from "../commands/login/outcome.ts";
import type { LoginReport } from "../commands/login/report.ts";
import { sentence } from "../findings/finding.ts";
import { command } from "./protocol.ts";

/** How much a problem matters to the job: an error is red in its summary, a warning yellow. */
export type Level = "error" | "warning";

const TITLE = "registry-login";

/** One problem as a line of the job's summary. */
export function annotation(level: Level, message: string, subject: string | null = null): string {
  return command(level, { title: subject === null ? TITLE : `${TITLE}: ${subject}` }, message);
}

/** Is a client of this job sure to be logged in? */
export function isLoggedIn({ outcome, obstacles = [] }: Outcome): boolean {
  return (outcome === "verified" || outcome === "unchanged") && isUsed(obstacles);
}

/**
 * A line for each registry that is not logged in for sure, for each login that has a problem, and for each set of secrets
 * that cannot be used.
 * @param level of a login that failed
 * @param mask replaces the secrets in a text, before the runner's signs are escaped in it
 */
export function annotations({ outcomes, skipped }: LoginReport, level: Level, mask: (text: string) => string): string {
  const ofLogins = outcomes.flatMap((outcome) => {
    const { identifier, host, code, detail, hint } = outcome;
    if (isLoggedIn(outcome) && code === null) return [];
    const message = mask(`${identifier}: ${sentence({ message: detail, hint })}`);
    return annotation(isLoggedIn(outcome) ? "warning" : level, message, mask(host ?? identifier));
  });
  const ofSets = skipped
    .filter(({ isOptional }) => !isOptional)
    .map(({ identifier, reason, hint }) =>
      annotation("warning", mask(sentence({ message: reason, hint })), mask(identifier) || null),
    );
  return [...ofLogins, ...ofSets].join("");
}
