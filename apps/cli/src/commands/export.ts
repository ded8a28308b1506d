import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { CLI_SUBJECT } from '@jejak/domain';
import {
  exportFile,
  exportFor,
  exportQuery,
  type ExportRequest,
  type ExportTools,
  importTemplate,
  type KindName,
} from '@jejak/runtime';
import { type Context, EXIT } from '../context';
import { Refused } from '../errors';
import { callerOf, withBeside } from '../service';

export interface ExportOptions {
  readonly programme: string;
  readonly as?: string;
  readonly format?: 'csv' | 'xlsx';
  readonly out?: string;
  readonly cutOff?: string;
  readonly knownAt?: string;
  readonly delimiter?: ',' | ';';
}

/** Writes what is recorded of a kind, or of all, to a file or to the standard output. Gives the exit code. */
export async function exportKind(
  context: Context,
  kind: KindName | 'all',
  { programme, as, cutOff, knownAt, delimiter, ...options }: ExportOptions,
): Promise<number> {
  const { out } = options;
  const format = options.format ?? (kind === 'all' || out?.endsWith('.xlsx') === true ? 'xlsx' : 'csv');
  if (kind === 'all' && format === 'csv') {
    throw new Refused(
      {
        en: 'A CSV holds one kind: name it, or take xlsx.',
        id: 'CSV memuat satu jenis saja: sebutkan, atau pakai xlsx.',
      },
      EXIT.usage,
    );
  }
  if (out === undefined && format === 'xlsx' && process.stdout.isTTY) {
    throw new Refused(
      { en: 'Name the file with --out.', id: 'Sebutkan berkasnya dengan --out.' },
      EXIT.usage,
    );
  }
  return withBeside(context, async (beside) => {
    const request: ExportRequest = { programme, kind, format, language: context.language, cutOff, delimiter };
    const tools: ExportTools = {
      answer: (query, params) => beside.answer(query, programme, params, knownAt),
      credentials: beside.credentials,
      clock: Date.now,
    };
    const { guard } = beside;
    const file =
      as === undefined
        ? // Whoever can read the files could read them without us; the access log says that it was the command line.
          await exportFile(request, CLI_SUBJECT, tools)
        : await exportFor(await callerOf({ as }, beside), request, { ...tools, guard });
    if (out === undefined) await pipeline(file.content, process.stdout, { end: false });
    else {
      await pipeline(file.content, createWriteStream(out));
      context.err(out);
    }
    return EXIT.done;
  });
}

export interface TemplateOptions {
  readonly programme?: string;
  readonly out?: string;
}

/** Writes a workbook to be filled in and imported, with a programme's lists to choose from. Gives the exit code. */
export async function template(
  context: Context,
  kind: KindName | 'all',
  { programme: name, out = `jejak-${kind}.xlsx` }: TemplateOptions,
): Promise<number> {
  const { language } = context;
  const programme =
    name === undefined
      ? undefined
      : await withBeside(context, async (beside) => {
          const { answer } = await beside.answer(exportQuery('agencies'), name, {});
          return answer.programme;
        });
  await writeFile(out, await importTemplate({ kind, language, programme }));
  context.err(out);
  return EXIT.done;
}
