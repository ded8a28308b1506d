import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBeside } from '@jejak/runtime';
import { csv, ImportCity, PROGRAMME } from '../../support/import-city';
import { programArguments } from '../../support/program';
import type { Fault, FaultOutcome } from '../registry';

const CLI = path.resolve(__dirname, '../../../apps/cli/src/main');
const LINES = 20;
/** Rows for each kill: few enough to be done soon, many enough to be in the middle of them. */
const ROWS = 60;

/** The SP2D numbers that are recorded, as often as they are. */
async function recorded(directory: string): Promise<string[]> {
  const beside = await openBeside(directory);
  const numbers: string[] = [];
  for await (const page of beside.log.readProgramme(PROGRAMME, 0)) {
    for (const { event } of page) {
      if (event.type !== 'BudgetDisbursed') continue;
      numbers.push((event.data as { document: { number: string } }).document.number);
    }
  }
  await beside.close();
  return numbers;
}

/** How many events the programme has. */
async function events(directory: string): Promise<number> {
  const beside = await openBeside(directory);
  const head = await beside.log.head(PROGRAMME);
  await beside.close();
  return (head?.index ?? -1) + 1;
}

async function run(count: number): Promise<FaultOutcome> {
  const city = await ImportCity.open();
  const { directory } = city;
  const line = (n: number) => [`L-${String(n)}`, 'Kegiatan', 'diskominfo', 2023, '2.16.01', '900.000.000'];
  const headings = ['Kode Anggaran', 'Uraian', 'OPD', 'Tahun Anggaran', 'Kode Rekening', 'Pagu'];
  await city.apply(csv(headings, ...Array.from({ length: LINES }, (_, n) => line(n))), {}, 'lines.csv');
  await city.jejak.close();
  const rows = ROWS * (count + 1);
  const file = path.join(directory, 'sp2d.csv');
  const row = (n: number) => [`L-${String(n % LINES)}`, `SP2D-${String(n)}`, '2023-05-01', '1.000'];
  const sheet = csv(
    ['Kode Anggaran', 'Nomor SP2D', 'Tanggal', 'Nilai'],
    ...Array.from({ length: rows }, (_, n) => row(n)),
  );
  fs.writeFileSync(file, sheet);
  const start = () =>
    spawn(
      process.execPath,
      [...programArguments(CLI), 'import', file, '-p', PROGRAMME, '--as', 'diskominfo'],
      {
        env: { PATH: process.env.PATH, JEJAK_DATA: directory },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
  let killed = 0;
  while (killed < count) {
    const before = await events(directory);
    const child = start();
    const ended = once(child, 'close');
    const enough = before + 1 + Math.floor(Math.random() * (ROWS - 1));
    while (child.exitCode === null && (await events(directory)) < enough) await sleep(1);
    child.kill('SIGKILL');
    const [, signal] = (await ended) as [number | null, NodeJS.Signals | null];
    if (signal !== 'SIGKILL') break;
    killed++;
  }
  const last = start();
  let said = '';
  last.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(last, 'close')) as [number | null];
  const numbers = await recorded(directory);
  fs.rmSync(directory, { recursive: true, force: true });
  const violations: string[] = [];
  if (code !== 0) violations.push(`the last run ended with code ${String(code)}: ${said}`);
  if (new Set(numbers).size !== rows)
    violations.push(`${String(new Set(numbers).size)} of ${String(rows)} rows are recorded`);
  if (numbers.length !== new Set(numbers).size) violations.push('rows are recorded twice');
  return { count: killed, violations };
}

const killed: Fault = {
  name: 'jejak import, killed at random moments and run again, records every row once',
  counts: { full: 100, share: 2 },
  run,
};

export const faults: readonly Fault[] = [killed];
