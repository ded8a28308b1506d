import path from 'node:path';
import { SqliteLog } from '@jejak/adapters/sqlite';
import { type Actor, CommandRunner, type Envelope, streamName } from '@jejak/core';
import { catalogue, deciders } from '@jejak/domain';
import { AGENCY, CITY, disbursement, lineCode, setUpLines } from '../support/budget-city';
import { rawRate } from './append';
import { inDirectory, row, type Row, say, type Scale, timed, writers } from './measure';

/** Commands on 1,000 warm streams of 20 events, against the raw store with the bytes that they wrote. */
export async function commandRows({ appends }: Scale): Promise<Row[]> {
  say('command: 1,000 warm streams of 20 events');
  const streams = 1_000;
  return inDirectory(async (directory) => {
    const log = SqliteLog.open({ file: path.join(directory, 'log.db'), clock: Date.now });
    const runner = new CommandRunner({ log, deciders, catalogue, clock: Date.now });
    await setUpLines(runner, streams);
    const actor: Actor = { subject: 'u-officer', role: 'officer', agency: AGENCY };
    const disburse = (n: number): Promise<unknown> =>
      runner.run({
        type: 'DisburseBudget',
        stream: streamName('budget', CITY, lineCode(n % streams)),
        body: disbursement(n),
        key: `d${String(n)}`,
        actor,
        correlationId: 'bench',
      });
    await writers(64, 19 * streams, disburse);
    const commands = Math.min(appends, 20_000);
    const seconds = await timed(() => writers(64, commands, (n) => disburse(19 * streams + n)));
    const head = await log.head(CITY);
    const written: Envelope[] = [];
    for await (const page of log.readProgramme(CITY, (head?.index ?? 0) + 1 - commands)) {
      written.push(...page.map(({ event }) => event));
    }
    await log.close();
    return [
      row('command', commands / seconds, 'commands/s', await rawRate(written, 64), {
        least: 0.4,
        text: ' of raw',
      }),
    ];
  });
}
