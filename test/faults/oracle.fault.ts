import { runLateEvents } from '../golden/oracle/late';
import { runHistories } from '../golden/oracle/oracle';
import type { Fault, FaultOutcome } from './registry';

/** Runs one history after the other, and says of each that differs what did not agree. */
async function each(count: number, run: (seed: number) => number): Promise<FaultOutcome> {
  const violations: string[] = [];
  let done = 0;
  for (let seed = 1; done < count; seed++) {
    try {
      done += run(seed);
    } catch (error) {
      violations.push((error as Error).message);
      done++;
    }
    // Lets other work go on between two histories.
    await new Promise(setImmediate);
  }
  return { count: done, violations };
}

export const faults: readonly Fault[] = [
  {
    name: 'random histories: views in any pages are one, and answer what the brute-force definitions say',
    counts: { full: 1_000, share: 60 },
    run: (count) => each(count, (seed) => runHistories(1, seed).histories),
  },
  {
    name: 'late events after a seal: the seal stays the same to the byte, restated moves as defined',
    counts: { full: 1_000, share: 100 },
    run: (count) => each(count, (seed) => runLateEvents(seed).late),
  },
];
