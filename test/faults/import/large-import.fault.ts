import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { programArguments } from '../../support/program';
import type { Fault, FaultOutcome } from '../registry';

/** What the import's process may have at most, in MiB: of its heap for old objects, and in all. */
const OLD_SPACE = 160;
const RESIDENT = 400;

interface Took {
  readonly rows: number;
  readonly recorded: number;
  readonly wouldRecord: number;
  readonly previewSeconds: number;
  readonly applySeconds: number;
  readonly peakMiB: number;
}

async function take(rows: number, format: string, kind: string): Promise<Took | string> {
  const program = path.resolve(__dirname, '../../support/large-import');
  const args = [
    `--max-old-space-size=${String(OLD_SPACE)}`,
    ...programArguments(program),
    String(rows),
    format,
    kind,
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const last = out.trim().split('\n').at(-1) ?? '';
  return last.startsWith('{') ? (JSON.parse(last) as Took) : `it ended early: ${err.slice(-500)}`;
}

/** A file is never held: neither as it is read, nor what becomes of its rows. */
const large: Fault = {
  name: `a file of many rows, CSV and XLSX, is imported with an old space of ${String(OLD_SPACE)} MiB`,
  counts: { full: 100_000, share: 6_000 },
  async run(count): Promise<FaultOutcome> {
    const violations: string[] = [];
    let done = 0;
    for (const [format, kind] of [
      ['csv', 'disbursements'],
      ['xlsx', 'actions'],
    ] as const) {
      const took = await take(count / 2, format, kind);
      if (typeof took === 'string') {
        violations.push(`${format}, ${kind}: ${took}`);
        continue;
      }
      const { rows, recorded, peakMiB, previewSeconds, applySeconds } = took;
      process.stderr.write(
        `${String(rows)} rows of ${kind} (${format}): preview ${String(previewSeconds)} s, preview and import ` +
          `${String(applySeconds)} s, at most ${String(peakMiB)} MiB\n`,
      );
      if (recorded !== rows)
        violations.push(`${format}: ${String(recorded)} of ${String(rows)} rows were recorded`);
      if (peakMiB > RESIDENT) violations.push(`${format}: it took ${String(peakMiB)} MiB`);
      done += rows;
    }
    return { count: done, violations };
  },
};

export const faults: readonly Fault[] = [large];
