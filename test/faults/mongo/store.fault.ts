import path from 'node:path';
import { OwnServer } from '../../support/servers';
import { cities } from '../kafka/cities';
import { inDirectory, sleep } from '../log/run-writer';
import type { Fault, FaultOutcome } from '../registry';
import { Round } from './run-worker';

/** Kills the store's server, which loses what it wrote in its last second, again and again under a worker. */
async function killStore(count: number): Promise<FaultOutcome> {
  const violations: string[] = [];
  const histories = cities(12, 700);
  let [kills, older, rounds] = [0, 0, 0];
  while (kills < count) {
    await inDirectory(async (directory) => {
      await inDirectory(async (data) => {
        const server = await OwnServer.start('mongodb', { file: path.join(data, 'views') });
        try {
          const round = new Round(server.address, directory, histories);
          const worker = round.start({ pace: 15 });
          for (;;) {
            await sleep(600 + Math.random() * 1_500);
            if (worker.hasEnded || kills === count) break;
            await server.kill();
            kills++;
            await server.restart();
          }
          // Without further kills it comes to the end.
          if (await worker.killed) violations.push('the worker was killed');
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
