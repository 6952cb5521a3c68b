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
  /** Each a file or an output that holds a secret which should not be there. */
  readonly leaks: string[];
  /** What else is worth telling. */
  readonly notes: string[];
}

export function begin(name: string, { seed }: Random): Tally {
  return { name, seed, attempts: 0, faults: 0, losses: [], leaks: [], notes: [] };
}
