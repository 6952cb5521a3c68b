import type { Installation } from "./installation.ts";

/** A figure of ours next to the one that it is compared with. */
export interface Figure {
  readonly name: string;
  /** Milliseconds, unless `unit` says otherwise. */
  readonly ours: number;
  readonly theirs: number;
  readonly unit?: "ms" | "MB" | "requests" | "starts";
  /** What `theirs` is. */
  readonly against: string;
  /** The goal: the most that ours / theirs may be. Without a goal, the figure is only shown. */
  readonly atMost: number | null;
  /** Is it a comparison that a user makes? Those are on the chart. */
  readonly onChart?: boolean;
}

/** Measures one part of the agent. It starts everything that it needs, and stops it again. */
export type Case = (installation: Installation) => Promise<readonly Figure[]>;

/** Does a figure meet its goal? */
export function isMet({ ours, theirs, atMost }: Figure): boolean {
  return atMost === null || ours <= theirs * atMost;
}
