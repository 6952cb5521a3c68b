import type { Bed } from "./bed.ts";

/** One figure of ours beside what it is held against. */
export interface Figure {
  readonly name: string;
  /** Milliseconds, unless `unit` says otherwise. */
  readonly ours: number;
  readonly theirs: number;
  readonly unit?: "ms" | "MB" | "requests";
  /** What `theirs` is. */
  readonly against: string;
  /** The most that ours / theirs may be; null: only shown. */
  readonly atMost: number | null;
}

/** A comparison of the issue of speed: everything it needs it starts, and ends. */
export type Case = (bed: Bed) => Promise<readonly Figure[]>;

/** Is a figure as good as it has to be? */
export function isGood({ ours, theirs, atMost }: Figure): boolean {
  return atMost === null || ours <= theirs * atMost;
}
