import { serverAddress } from '../../support/servers';
import { cities } from '../kafka/cities';
import { inDirectory, sleep } from '../log/run-writer';
import type { Fault, FaultOutcome } from '../registry';
import { Round } from './run-worker';
import type { Deadly } from './worker';

const POINTS: readonly Omit<Deadly, 'ordinal'>[] = [
  { at: 'documents', moment: 'before' },
  { at: 'documents', moment: 'after' },
  { at: 'markers', moment: 'before' },
  { at: 'markers', moment: 'after' },
  { at: 'offset', moment: 'before' },
  { at: 'offset', moment: 'after' },
];

/** A chosen point for two of three workers; undefined for one that is killed at any moment. */
function deadlyOf(n: number): Deadly | undefined {
  const point = POINTS[Math.floor(n / 3) % POINTS.length] as Omit<Deadly, 'ordinal'>;
  if (n % 3 === 2) return undefined;
  return { ...point, ordinal: 1 + Math.floor(Math.random() * (point.at === 'documents' ? 40 : 6)) };
}

async function killWorkers(count: number): Promise<FaultOutcome> {
  const violations: string[] = [];
  const address = await serverAddress('mongodb');
  const histories = cities(4, 700);
  let [kills, rounds, lives, atPoints] = [0, 0, 0, 0];
  while (kills < count) {
    await inDirectory(async (directory) => {
      const round = new Round(address, directory, histories);
      for (let atEnd = false; !atEnd && kills < count;) {
        const n = lives++;
        const deadly = deadlyOf(n);
        // Now and then another one, that was evicted and does not know it yet, works on what this one does.
        const evicted = n % 5 === 4 ? round.start({ pace: 0 }) : undefined;
        const worker = round.start({ pace: 0, ...(deadly && { deadly }) });
        if (deadly === undefined) {
          while (!worker.hasBegun && !worker.hasEnded) await sleep(2);
          await sleep(Math.random() * 120);
          worker.kill();
        }
        if (!(await worker.killed)) atEnd = true;
        else {
          kills++;
          if (deadly !== undefined) atPoints++;
        }
        worker.check();
        if (evicted !== undefined) {
          evicted.kill();
          if (await evicted.killed) kills++;
          evicted.check();
        }
      }
      const last = round.start({ pace: 0 });
      if (await last.killed) violations.push('the last worker did not come to the end');
      last.check();
      violations.push(...(await round.wrong()).map((what) => `round ${String(rounds)}: ${what}`));
      await round.drop();
      rounds++;
    });
  }
  process.stderr.write(
    `${String(kills)} workers killed in ${String(rounds)} histories, ${String(atPoints)} of them at chosen points\n`,
  );
  if (count > 5 && atPoints < count / 4) violations.push('the chosen points were not reached');
  return { count: kills, violations };
}

export const faults: readonly Fault[] = [
  {
    name: 'workers killed between documents, marker and offset: every view is a fresh fold of the log, to the byte',
    counts: { full: 500, share: 8 },
    tools: ['mongodb'],
    run: killWorkers,
  },
];
