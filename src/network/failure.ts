/** An error with a code like those of Node's network errors, and without a message, which could quote a request. */
export function failure(code: string): Error {
  return Object.assign(new Error(), { code });
}
