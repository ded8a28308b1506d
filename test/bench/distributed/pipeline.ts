import { setTimeout as sleep } from 'node:timers/promises';
import type { Envelope } from '@jejak/core';

/** What takes events in, and shows them in documents. */
export interface Pipeline {
  append(event: Envelope): Promise<unknown>;
  /** resolves when those events, all that their programmes have, are visible in everything that is built of them */
  visible(events: readonly Envelope[]): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds between two looks, and until one gives up. */
const LOOK = 20;
const PATIENCE = 120_000;

/** Looks again and again until it is so. */
export async function reach(isSo: () => Promise<boolean>): Promise<void> {
  const began = performance.now();
  while (!(await isSo())) {
    if (performance.now() - began > PATIENCE) throw new Error('what was appended does not become visible');
    await sleep(LOOK);
  }
}
