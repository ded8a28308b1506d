import { setTimeout as sleep } from 'node:timers/promises';

/** milliseconds; a store that came back older heals this much later, at most, where nothing happens */
const LOOK_EVERY = 10_000;
/** milliseconds; while something is being built that others build, too, they are looked at more often */
const LOOK_SOON = 500;

/**
 * Works until the signal aborts, and looks now and then whether the store is still where it was left.
 *
 * @throws what the work throws, or what looking throws; in either case both have ended
 */
export async function watched(
  runner: { verify(): Promise<void>; readonly isSettled?: boolean },
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
  every = LOOK_EVERY,
): Promise<void> {
  const ending = new AbortController();
  const either = AbortSignal.any([signal, ending.signal]);
  const look = async (): Promise<void> => {
    for (;;) {
      const pause = runner.isSettled === false ? Math.min(LOOK_SOON, every) : every;
      await sleep(pause, undefined, { signal: either }).catch(() => undefined);
      if (either.aborted) return;
      await runner.verify();
    }
  };
  const ended = await Promise.allSettled(
    [work(either), look()].map((each) => each.finally(() => ending.abort())),
  );
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}
