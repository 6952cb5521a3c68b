/** 31 December 9999, 23:59:59 UTC: the last second of a year with four digits, in epoch seconds. */
export const LAST_SECOND = 253_402_300_799;

/**
 * A time in epoch seconds that comes from outside: a token's `exp`, an answer, a file.
 * @returns whole seconds, or null for what is not a number, or is a time before 1970 or after the year 9999
 */
export function epochSeconds(value: unknown): number | null {
  return typeof value === "number" && value >= 0 && value <= LAST_SECOND ? Math.floor(value) : null;
}
