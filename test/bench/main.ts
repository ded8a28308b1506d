import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { appendRows } from './append';
import { commandRows } from './command';
import { httpRows } from './http';
import type { Row, Scale } from './measure';
import { readRows } from './read';
import { viewRows } from './views';

const SUITES: Readonly<Record<string, (scale: Scale) => Promise<Row[]>>> = {
  append: appendRows,
  command: commandRows,
  http: httpRows,
  views: viewRows,
  read: readRows,
};

const HELP = `Usage: npm run bench -- [--only SUITE[,SUITE]] [--quick] [--json FILE]

Measures, each figure beside its baseline of the same run. Suites: ${Object.keys(SUITES).join(', ')}.
  --quick      a tenth of the size, to try it out: its ratios are not the goals'
  --json FILE  also writes [{ id, value, unit, baseline, ratio }]
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
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
  const part = values.quick ? 0.1 : 1;
  const scale: Scale = {
    events: 1_000_000 * part,
    smallEvents: 100_000 * part,
    appends: 100_000 * part,
    seconds: values.quick ? 3 : 15,
  };
  const names = values.only?.split(',') ?? Object.keys(SUITES);
  const rows: Row[] = [];
  for (const name of names) {
    const suite = SUITES[name];
    if (suite === undefined)
      throw new Error(`there is no suite ${name}; there are ${Object.keys(SUITES).join(', ')}`);
    rows.push(...(await suite(scale)));
  }
  process.stdout.write(table(rows));
  if (values.json !== undefined) {
    const plain = rows.map(({ id, value, unit, baseline, ratio }) => ({ id, value, unit, baseline, ratio }));
    fs.writeFileSync(values.json, `${JSON.stringify(plain, null, 2)}\n`);
  }
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

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack ?? String(error)}\n`);
  process.exitCode = 1;
});
