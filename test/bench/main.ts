import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { appendRows } from './append';
import { commandRows } from './command';
import { httpRows } from './http';
import { chosen, type Row, type Scale } from './measure';
import { readRows } from './read';
import { viewRows } from './views';

const SUITES: Readonly<Record<string, (scale: Scale) => Promise<Row[]>>> = {
  append: appendRows,
  command: commandRows,
  http: httpRows,
  views: viewRows,
  read: readRows,
};

const HELP = `Usage: npm run bench -- [--mode embedded|distributed] [--only SUITE[,SUITE]] [--quick] [--json FILE]

Measures, each figure beside its baseline of the same run.
  --mode       embedded: one machine (${Object.keys(SUITES).join(', ')});
               distributed: EventStoreDB, Kafka, MongoDB (pipeline, workers, relay)
  --quick      a tenth of the size, to try it out: its ratios are not the goals'
  --json FILE  also writes [{ id, value, unit, baseline, ratio }]
`;

async function embeddedRows(names: readonly string[] | undefined, part: number): Promise<Row[]> {
  const scale: Scale = {
    events: 1_000_000 * part,
    smallEvents: 100_000 * part,
    appends: 100_000 * part,
    seconds: part < 1 ? 3 : 15,
  };
  const rows: Row[] = [];
  for (const suite of chosen(SUITES, names)) rows.push(...(await suite(scale)));
  return rows;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      mode: { type: 'string', default: 'embedded' },
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const measure =
    values.mode === 'embedded' ? embeddedRows : values.mode === 'distributed' ? onServers : undefined;
  if (measure === undefined) throw new Error('--mode is embedded or distributed');
  const rows = await measure(values.only?.split(','), values.quick ? 0.1 : 1);
  process.stdout.write(table(rows));
  if (values.json !== undefined) {
    const plain = rows.map(({ id, value, unit, baseline, ratio }) => ({ id, value, unit, baseline, ratio }));
    fs.writeFileSync(values.json, `${JSON.stringify(plain, null, 2)}\n`);
  }
}

function onServers(names: readonly string[] | undefined, part: number): Promise<Row[]> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- on one machine no client of a server is loaded
  const { distributedRows } = require('./distributed/suites') as typeof import('./distributed/suites');
  return distributedRows(names, part);
}

function table(rows: readonly Row[]): string {
  const number = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 4 });
  const lines = rows.map(({ id, value, unit, baseline, ratio, goal, holds }) => [
    id,
    `${number(value)} ${unit}`,
    number(baseline),
    ratio.toFixed(2),
    goal,
    holds ? 'holds' : 'falls short',
  ]);
  const head = ['id', 'value', 'baseline', 'ratio', 'goal', ''];
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));
main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack ?? String(error)}\n`);
  process.exitCode = 1;
});
