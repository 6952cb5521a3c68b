import * as z from "zod/mini";

/** The last second of the year 9999, in epoch seconds: after it, a date has more than four digits in its year. */
const LAST_SECOND = 253_402_300_799;

/** A time in epoch seconds that comes from outside: a token's `exp`, an answer, a file. Anything else is no valid time. */
export const epochTime = z.number().check(z.gte(0), z.lte(LAST_SECOND));

/** @returns whole epoch seconds, or null for what is not a number, or is a time before 1970 or after the year 9999 */
export function epochSeconds(value: unknown): number | null {
  const parsed = epochTime.safeParse(value);
  return parsed.success ? Math.floor(parsed.data) : null;
}
