import { randomUUID } from 'node:crypto';
import {
  applyImport,
  type ImportSummary,
  type KindName,
  previewImport,
  type RowResult,
} from '@jejak/runtime';
import { type Context, EXIT } from '../context';
import { progressOn } from '../progress';
import { callerOf, withBeside, withService } from '../service';

export interface ImportOptions {
  readonly programme: string;
  readonly as: string;
  readonly agency?: string;
  readonly kind?: KindName;
  readonly reason?: string;
  readonly dryRun?: true;
  readonly skipInvalid?: true;
  readonly json?: true;
}

/** Rows with something wrong that are told; `--json` tells all. */
const TOLD = 100;

const STAGES = {
  checking: { en: 'Checking rows', id: 'Memeriksa baris' },
  recording: { en: 'Recording rows', id: 'Mencatat baris' },
} as const;

/** Previews a file and, unless it is a dry run, records its rows. Gives the exit code. */
export async function importFile(context: Context, file: string, options: ImportOptions): Promise<number> {
  const { programme, kind, reason, skipInvalid, dryRun, json } = options;
  return withBeside(context, async (beside) => {
    const caller = await callerOf(options, beside);
    const request = { file, programme, kind, reason, skipInvalid, caller, correlationId: randomUUID() };
    const progress = progressOn();
    let told = 0;
    const listener = {
      onProgress: (stage: keyof typeof STAGES, done: number, total: number) =>
        progress.update(context.say(STAGES[stage]), done, total),
      onRow: (result: RowResult) => {
        if (json === true) context.out(JSON.stringify(result));
        else if (result.errors !== undefined && ++told <= TOLD) tell(context, result);
      },
    };
    const { log, guard } = beside;
    const tools = { log, guard, clock: Date.now };
    let summary: ImportSummary;
    try {
      summary =
        dryRun === true
          ? await previewImport(
              request,
              { ...tools, submit: () => Promise.reject(new Error('only a preview')) },
              listener,
            )
          : await withService(context, (service) =>
              applyImport(request, { ...tools, submit: (sent) => service.submit(sent) }, listener),
            );
    } finally {
      progress.stop();
    }
    if (json === true) context.out(JSON.stringify(summary));
    else {
      if (told > TOLD) {
        const more = String(told - TOLD);
        context.out(context.say({ en: `… and ${more} more rows.`, id: `… dan ${more} baris lagi.` }));
      }
      summarise(context, summary, dryRun === true);
    }
    return exitOf(summary, options);
  });
}

function tell({ out, say }: Context, { sheet, row, errors = [] }: RowResult): void {
  for (const { column, message } of errors) {
    const where = {
      en: `${sheet}, row ${String(row)}${column === undefined ? '' : `, column "${column}"`}`,
      id: `${sheet}, baris ${String(row)}${column === undefined ? '' : `, kolom "${column}"`}`,
    };
    out(`${say(where)}: ${say(message)}`);
  }
}

function summarise({ out, say }: Context, { sheets, applied }: ImportSummary, preview: boolean): void {
  for (const { sheet, rows, wouldRecord, recorded, alreadyThere, invalid, refused } of sheets) {
    const counts: [number, string][] = [
      [wouldRecord, say({ en: 'would be recorded', id: 'akan dicatat' })],
      [recorded, say({ en: 'recorded', id: 'dicatat' })],
      [alreadyThere, say({ en: 'there already', id: 'sudah ada' })],
      [invalid, say({ en: 'not valid', id: 'tidak sah' })],
      [refused, say({ en: 'refused meanwhile', id: 'ditolak saat dicatat' })],
    ];
    const parts = counts.filter(([count]) => count > 0).map(([count, word]) => `${String(count)} ${word}`);
    out(`${sheet}: ${String(rows)} ${say({ en: 'rows', id: 'baris' })}: ${parts.join(', ')}`);
  }
  if (preview)
    out(
      say({ en: 'This was a preview: nothing was recorded.', id: 'Ini pratinjau: tidak ada yang dicatat.' }),
    );
  else if (!applied) {
    out(
      say({
        en: 'Nothing was recorded, since not every row is valid. Put them right, or pass over them with --skip-invalid.',
        id: 'Tidak ada yang dicatat karena tidak semua baris sah. Perbaiki, atau lewati dengan --skip-invalid.',
      }),
    );
  }
}

function exitOf({ sheets, applied }: ImportSummary, { dryRun, skipInvalid }: ImportOptions): number {
  const count = (of: 'invalid' | 'refused'): number => sheets.reduce((sum, sheet) => sum + sheet[of], 0);
  const skipped = skipInvalid === true ? count('invalid') : 0;
  const failed = count('refused') + count('invalid') - skipped;
  if (failed > 0 || (dryRun !== true && !applied)) return EXIT.refused;
  return skipped > 0 ? EXIT.partly : EXIT.done;
}
