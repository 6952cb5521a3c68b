import type { Random } from "./random.ts";

/** What came of torturing the agent in one way. */
export interface Tally {
  readonly name: string;
  /** With it, the same again. */
  readonly seed: number;
  attempts: number;
  /** In how many of them something did stand against the agent: it was killed while it edited, a write failed. */
  faults: number;
  /** Each a line on what was lost, half or wrong. */
  readonly losses: string[];
  /** Files that hold a secret which should be gone. */
  readonly leaks: string[];
}

export function begin(name: string, { seed }: Random): Tally {
  return { name, seed, attempts: 0, faults: 0, losses: [], leaks: [] };
}
