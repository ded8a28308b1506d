/** The longest pause between two attempts, in milliseconds. */
const LONGEST = 5_000;

/** Waits before the next attempt: longer each time, up to a bound, and never all at once. Ends when the signal aborts. */
export function pause(attempt: number, signal: AbortSignal): Promise<void> {
  const bound = Math.min(LONGEST, 50 * 2 ** Math.min(attempt, 10));
  return sleep(bound / 2 + (Math.random() * bound) / 2, signal);
}

/** Waits so many milliseconds, or until the signal aborts. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** What was waited for did not come in time, or is not waited for any longer. It may still happen. */
export class GaveUp extends Error {
  readonly code = 'gave-up';
}

/**
 * The result of the work, where it comes in time.
 *
 * @throws what the work throws; GaveUp when the time is over or the signal aborts
 */
export function within<T>(milliseconds: number, work: Promise<T>, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const over = (): void => {
      settle();
      reject(
        new GaveUp(
          signal?.aborted === true ? 'it was called off' : `no answer in ${String(milliseconds)} ms`,
        ),
      );
    };
    const timer = setTimeout(over, milliseconds);
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', over);
    };
    signal?.addEventListener('abort', over, { once: true });
    if (signal?.aborted === true) over();
    work.then(
      (value) => {
        settle();
        resolve(value);
      },
      (error: unknown) => {
        settle();
        reject(asError(error));
      },
    );
  });
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
