import { LogUnavailable } from '@jejak/core';
import { setTimeout as sleep } from 'node:timers/promises';
import { isTransient, saysWhat } from './errors';

const FIRST_PAUSE = 25;
const LONGEST_PAUSE = 1_000;

/** A time by which something must be answered. */
export class Deadline {
  private readonly end: number;

  constructor(readonly milliseconds: number) {
    this.end = performance.now() + milliseconds;
  }

  /** Milliseconds; 0 when it is over. */
  get left(): number {
    return Math.max(0, Math.ceil(this.end - performance.now()));
  }

  get isOver(): boolean {
    return this.left === 0;
  }
}

/** How long to wait before the n-th repeat, from 0: longer each time up to a second, and never in step with others. */
export function pauseBefore(repeat: number): number {
  const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(repeat, 10));
  return longest / 2 + (Math.random() * longest) / 2;
}

/** Waits so long; less where the signal aborts. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, signal && { signal }).catch(() => undefined);
}

/**
 * Reads until it is answered, or time is up.
 *
 * @throws LogUnavailable when it was not; what EventStoreDB says for good
 */
export async function untilAnswered<T>(deadline: Deadline, read: (left: number) => Promise<T>): Promise<T> {
  for (let repeat = 0; ; repeat++) {
    try {
      return await read(deadline.left);
    } catch (error) {
      if (!isTransient(error)) throw error;
      const wait = pauseBefore(repeat);
      if (deadline.left <= wait) {
        throw error instanceof LogUnavailable
          ? error
          : new LogUnavailable(`EventStoreDB cannot be reached: ${saysWhat(error)}`);
      }
      await pause(wait);
    }
  }
}
