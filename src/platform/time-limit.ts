/**
 * Runs work with a signal that aborts when its time is over. The work has to end by itself then.
 *
 * Unlike that of `AbortSignal.timeout`, this timer keeps the process alive: a run that waits for nothing else would end
 * without its report.
 * @param limitMs milliseconds
 */
export async function withTimeLimit<T>(limitMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), limitMs);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}
