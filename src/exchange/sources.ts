import { ExchangeError, type Tried } from "./credential.ts";

/** A place where an identity may come from. */
export interface Source<T> {
  /** How messages call it. */
  readonly name: string;
  /**
   * @returns a text that says why there is no identity in this place
   * @throws ExchangeError where there is one that does not work
   */
  readonly find: () => Promise<{ readonly found: T } | string>;
}

/** The identity that was found, and every place that was searched for it, in order. */
export interface Found<T> {
  /** Null where no place has one. */
  readonly found: T | null;
  readonly tried: readonly Tried[];
}

/**
 * Searches places in order. The first identity that there is counts, even if it does not work: a different one could belong
 * to somebody else.
 * @throws ExchangeError with the places that were searched
 */
export async function findFirst<T>(sources: readonly Source<T>[]): Promise<Found<T>> {
  const tried: Tried[] = [];
  for (const { name, find } of sources) {
    const result = await find().catch((error: unknown) => {
      if (!(error instanceof ExchangeError)) throw error;
      throw new ExchangeError(error.outcome, error, [
        ...tried,
        { source: name, result: error.message },
        ...error.tried,
      ]);
    });
    if (typeof result !== "string") return { found: result.found, tried: [...tried, { source: name, result: null }] };
    tried.push({ source: name, result });
  }
  return { found: null, tried };
}

/** The places that have no identity, for a message. */
export function listTried(tried: readonly Tried[]): string {
  return tried.map(({ source, result }) => `${source}: ${result}`).join("; ");
}
