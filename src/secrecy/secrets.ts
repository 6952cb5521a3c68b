/** The secrets that a run knows: what it has read from its environment and its files, and what it was given for them. */
export interface Secrets {
  /**
   * Adds secrets that were found or made during the run.
   * @param secrets iterated when the secrets are needed for the first time, so a generator costs nothing where nothing is
   * printed; what the run is about to remove has to be an array
   */
  add(secrets: Iterable<string>): void;
  /** Every secret so far. */
  known(): ReadonlySet<string>;
}

/** Starts a collection of secrets, with these. */
export function collectSecrets(first: Iterable<string>): Secrets {
  const known = new Set<string>();
  let added: Iterable<string>[] = [first];
  return {
    add: (secrets) => {
      added.push(secrets);
    },
    known: () => {
      const sources = added;
      added = [];
      for (const secret of sources.flatMap((source) => [...source])) known.add(secret);
      return known;
    },
  };
}
