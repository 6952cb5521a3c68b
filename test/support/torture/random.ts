/** Numbers that look random and are the same for the same seed, so that a failure can be run again. */
export interface Random {
  readonly seed: number;
  /** From 0 to 1, without 1. */
  next(): number;
  /** One of these. */
  pick<T>(from: readonly [T, ...T[]]): T;
}

/**
 * A small generator with 32 bits of state.
 * Source: mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c
 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { seed, next, pick: (from) => from[Math.floor(next() * from.length)] ?? from[0] };
}
