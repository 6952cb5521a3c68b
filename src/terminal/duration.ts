const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;

/** How long ago a time was: "just now", "5 minutes ago". Both are in epoch seconds. */
export function describeAge(time: number, now: number): string {
  const length = describeLength(now - time);
  return length === null ? "just now" : `${length} ago`;
}

/** How long until a time: "in 3 hours", "in a moment". Both are in epoch seconds. */
export function describeEnd(time: number, now: number): string {
  return `in ${describeLength(time - now) ?? "a moment"}`;
}

/** A time in epoch seconds, to the minute: "2026-11-26 10:00 UTC". */
export function minuteOf(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** In the largest unit that fits once, rounded down; null below a minute. */
function describeLength(seconds: number): string | null {
  for (const [name, size] of UNITS) {
    const amount = Math.floor(seconds / size);
    if (amount >= 1) return `${amount} ${name}${amount === 1 ? "" : "s"}`;
  }
  return null;
}
