import type { EventLog, ViewStore } from '@jejak/core';
import { standings } from '../standings';
import type { Metrics } from './metrics';

/** How long a measure that takes looking into the store is good for, in milliseconds. */
const GOOD_FOR = 5_000;

/** Has it measured, whenever measures are read, how far views and processes are behind the log. */
export function measureLags(
  metrics: Metrics,
  { log, store }: { readonly log: Pick<EventLog, 'heads'>; readonly store: ViewStore },
  goodFor = GOOD_FOR,
): void {
  metrics.collect(
    atMostEvery(goodFor, async () => {
      // What cannot be measured is not told, rather than what was true once.
      for (const name of GAUGES) metrics.forget(name);
      const heads = await log.heads();
      for (const { what, name, lag, stopped } of await standings(store, heads)) {
        if (what === 'view') {
          metrics.set('jejak_view_lag_events', { view: name }, lag);
          metrics.set('jejak_view_stopped_programmes', { view: name }, stopped.length);
        } else {
          metrics.set('jejak_process_lag_events', { process: name }, lag);
          metrics.set('jejak_process_stopped_programmes', { process: name }, stopped.length);
        }
      }
    }),
  );
}

const GAUGES = [
  'jejak_view_lag_events',
  'jejak_view_stopped_programmes',
  'jejak_process_lag_events',
  'jejak_process_stopped_programmes',
] as const;

/** Who asks again soon, or meanwhile, gets the same. */
export function atMostEvery(milliseconds: number, work: () => Promise<void>): () => Promise<void> {
  let under: Promise<void> | undefined;
  let until = 0;
  return () => {
    if (under === undefined || performance.now() > until) {
      until = Infinity;
      under = work().finally(() => {
        until = performance.now() + milliseconds;
      });
    }
    return under;
  };
}
