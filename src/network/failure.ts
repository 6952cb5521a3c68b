import type { NetworkDetails } from "./network-error.ts";

/**
 * An error with a code like those of Node's network errors, and without a message, which could quote a request.
 * @param details what a message may say besides the code
 */
export function failure(code: string, details: NetworkDetails = {}): Error {
  return Object.assign(new Error(), { code, ...details });
}
