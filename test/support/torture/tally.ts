import type { Random } from "./random.ts";

/** The result of torturing the agent in one way. */
export interface Tally {
  readonly name: string;
  /** Run with it again to get the same sequence. */
  readonly seed: number;
  attempts: number;
  /** How many of them had a fault: the agent was killed while it edited, or a write failed. */
  faults: number;
  /** One line for each entry that was lost, incomplete or wrong. */
  readonly losses: string[];
  /** One line for each file or output with a secret that should not be in it. */
  readonly leaks: string[];
  /** Other observations. */
  readonly notes: string[];
}

export function startTally(name: string, { seed }: Random): Tally {
  return { name, seed, attempts: 0, faults: 0, losses: [], leaks: [], notes: [] };
}
