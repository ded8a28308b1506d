import path from 'node:path';
import { OwnServer } from '../../support/servers';
import { cities } from '../kafka/cities';
import { inDirectory, sleep } from '../log/run-writer';
import type { Fault, FaultOutcome } from '../registry';
import { Round } from './run-worker';

/** Milliseconds in which a worker must have gone on. */
const PATIENCE = 60_000;

/** More kills at most, where the store was so fast that it never came back older. */
const MORE = 10;

/** Kills the store's server, which loses what it wrote in its last second, again and again under a worker. */
async function killStore(count: number): Promise<FaultOutcome> {
  const violations: string[] = [];
  const histories = cities(3, 700);
  let [kills, older, rounds] = [0, 0, 0];
  while (kills < count) {
    await inDirectory(async (directory) => {
      await inDirectory(async (data) => {
        const server = await OwnServer.start('mongodb', { file: path.join(data, 'views') });
        try {
          const round = new Round(server.address, directory, histories);
          const worker = round.start({ pace: 15 });
          const sawOlder = (): boolean => worker.lines.includes('older');
          for (;;) {
            // Something must have been written since it began again, or it has nothing to lose.
            const from = round.done();
            const since = performance.now();
            while (!worker.hasEnded && round.done() === from && performance.now() - since < PATIENCE)
              await sleep(10);
            if (!worker.hasEnded && round.done() === from) {
              violations.push(`the worker does not go on: ${worker.lines.slice(-3).join('; ')}`);
              worker.kill();
              break;
            }
            await sleep(Math.random() * 1_200);
            const enough = kills >= count && (older > 0 || sawOlder() || kills >= count + MORE);
            if (worker.hasEnded || enough) break;
            await server.kill();
            kills++;
            await server.restart();
          }
          // Without further kills it comes to the end.
          if (await worker.killed) violations.push('the worker did not come to the end');
          worker.check();
          older += worker.lines.filter((line) => line === 'older').length;
          violations.push(...(await round.wrong()).map((what) => `history ${String(rounds)}: ${what}`));
          rounds++;
        } finally {
          await server.stop();
        }
      });
    });
  }
  process.stderr.write(`${String(kills)} kills; the store came back older ${String(older)} times\n`);
  if (older === 0) violations.push('the store never came back older: this shows nothing');
  return { count: kills, violations };
}

export const faults: readonly Fault[] = [
  {
    name: 'the view store killed under load, its last second lost: every view is a fresh fold of the log in the end',
    counts: { full: 50, share: 3 },
    tools: ['mongodb'],
    run: killStore,
  },
];
