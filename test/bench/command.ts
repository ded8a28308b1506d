import path from 'node:path';
import { SqliteLog } from '@jejak/adapters/sqlite';
import { type Actor, CommandRunner, type Envelope, type Json, streamName } from '@jejak/core';
import { catalogue, deciders } from '@jejak/domain';
import { rawRate } from './append';
import { inDirectory, row, type Row, say, type Scale, timed, writers } from './measure';

export const BENCH_PROGRAMME = 'bench.2023';
export const BENCH_AGENCY = 'agency';
const OFFICE: Actor = { subject: 'u-office', role: 'office' };

/** Gives the commands that set up a programme with so many budget lines of one agency. */
export async function setUpLines(runner: CommandRunner, lines: number): Promise<void> {
  const give = (kind: string, code: string, type: string, body: Json): Promise<unknown> =>
    runner.run({
      type,
      stream: streamName(kind, BENCH_PROGRAMME, code),
      body,
      key: `${type} ${code}`,
      actor: OFFICE,
      correlationId: 'bench',
    });
  const dates = { from: '2023-01-01', to: '2023-12-31', timeZone: 'Asia/Jakarta' };
  const dimensions = [{ code: 'governance', name: 'Governance' }];
  await give('programme', 'main', 'EstablishProgramme', {
    name: 'Bench',
    ...dates,
    legalBasis: [],
    dimensions,
  });
  await give('programme', 'main', 'EnrolAgency', {
    agency: BENCH_AGENCY,
    name: 'Agency',
    effectiveOn: '2023-01-01',
  });
  await writers(64, lines, (n) => {
    const line = { line: lineCode(n), title: 'Line', agency: BENCH_AGENCY, year: 2023, hierarchy: '1.01' };
    const ceiling = { ceiling: 1_000_000_000_000, actions: [], effectiveOn: '2023-01-02' };
    return give('budget', lineCode(n), 'AllocateBudget', { ...line, ...ceiling });
  });
}

export function lineCode(n: number): string {
  return `line-${String(n)}`;
}

/** The body of the n-th disbursement. */
export function disbursement(n: number): { [field: string]: Json } {
  const document = { kind: 'sp2d', number: `SP2D-${String(n)}` };
  return { amount: 1_000_000, document, occurredOn: '2023-06-01' };
}

/** Commands on 1,000 warm streams of 20 events, against the raw store with the bytes that they wrote. */
export async function commandRows({ appends }: Scale): Promise<Row[]> {
  say('command: 1,000 warm streams of 20 events');
  const streams = 1_000;
  return inDirectory(async (directory) => {
    const log = SqliteLog.open({ file: path.join(directory, 'log.db'), clock: Date.now });
    const runner = new CommandRunner({ log, deciders, catalogue, clock: Date.now });
    await setUpLines(runner, streams);
    const actor: Actor = { subject: 'u-officer', role: 'officer', agency: BENCH_AGENCY };
    const disburse = (n: number): Promise<unknown> =>
      runner.run({
        type: 'DisburseBudget',
        stream: streamName('budget', BENCH_PROGRAMME, lineCode(n % streams)),
        body: disbursement(n),
        key: `d${String(n)}`,
        actor,
        correlationId: 'bench',
      });
    await writers(64, 19 * streams, disburse);
    const commands = Math.min(appends, 20_000);
    const seconds = await timed(() => writers(64, commands, (n) => disburse(19 * streams + n)));
    const head = await log.head(BENCH_PROGRAMME);
    const written: Envelope[] = [];
    for await (const page of log.readProgramme(BENCH_PROGRAMME, (head?.index ?? 0) + 1 - commands)) {
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
