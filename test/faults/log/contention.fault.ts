import { SqliteLog } from '@jejak/adapters/sqlite';
import { streamName, WrongExpectedRevision } from '@jejak/core';
import path from 'node:path';
import type { Fault, FaultOutcome } from '../registry';
import { command, PROGRAMME } from './command';
import { inDirectory } from './run-writer';

const WRITERS = 64;
const STREAM = streamName('test', PROGRAMME, 'contended');

/** Rounds in which all writers append at one expected revision: one wins each, and is what the stream then holds. */
async function contend(count: number): Promise<FaultOutcome> {
  return inDirectory(async (directory) => {
    const log = SqliteLog.open({ file: path.join(directory, 'log.db'), clock: Date.now });
    const violations: string[] = [];
    for (let round = 0; round < count; round++) {
      const attempts = Array.from({ length: WRITERS }, () => command(1));
      const outcomes = await Promise.allSettled(
        attempts.map(({ events }) => log.append(STREAM, round - 1, events)),
      );
      const winners = attempts.filter((_, n) => outcomes[n]?.status === 'fulfilled').map(({ id }) => id);
      const refused = outcomes.filter(
        (outcome) => outcome.status === 'rejected' && outcome.reason instanceof WrongExpectedRevision,
      );
      const stored = (await log.readStream(STREAM, round)).map(({ event }) => event.meta.commandId);
      if (winners.length !== 1 || refused.length !== WRITERS - 1 || stored.join() !== winners.join()) {
        violations.push(`round ${String(round)}: won ${winners.join()}, stored ${stored.join()}`);
      }
    }
    await log.close();
    return { count, violations };
  });
}

export const faults: readonly Fault[] = [
  {
    name: 'rounds of 64 writers at one expected revision: one wins each',
    counts: { full: 1_000, share: 100 },
    run: contend,
  },
];
