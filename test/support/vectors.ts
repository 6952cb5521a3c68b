import { readFileSync } from "node:fs";

/** A row for which our program differs from the project that it comes from, and why. */
export interface Ours {
  readonly why: string;
}

/**
 * Reads one of the tables of facts.
 * @param name file name below test/vectors, without `.json`
 */
export function readVectors<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8")) as T;
}

/** A row of ecr-hosts. */
export interface EcrRow {
  readonly input: string;
  readonly host: string;
  readonly expected: {
    readonly valid: boolean;
    readonly service?: string;
    readonly registryId?: string;
    readonly region?: string;
    readonly fips?: boolean;
    readonly dualStack?: boolean;
  };
}
