import { createReadStream } from 'node:fs';
import { CsvError, parse } from 'csv-parse';
import { type Cell, unescaped } from './cell';
import { beginning } from './format';
import { fileRules } from './rules';

/** Bytes that encoding and delimiter are told from. */
const SAMPLE = 64 * 1024;
/** The longest record, in bytes of UTF-8: more than a row of the longest cells that make sense. */
const LONGEST_RECORD = 4 * 1024 * 1024;

/** The likelier first: a heading holds a comma sooner than a semicolon. */
const DELIMITERS = [';', ',', '\t'] as const;

/** A row of a sheet. The row of headings is 1, as spreadsheets count. */
export interface SheetRow {
  readonly row: number;
  readonly cells: readonly Cell[];
}

/**
 * The rows of a CSV file, read as a stream: UTF-8 with or without a byte order mark, or UTF-16; comma, semicolon or
 * tab between cells. Rows without any text are passed over but counted.
 *
 * @throws Refusal `import-empty-file`, `import-wrong-encoding`, `import-csv-broken`
 */
export async function* csvRows(file: string): AsyncGenerator<SheetRow> {
  const bytes = await beginning(file, SAMPLE);
  if (bytes.length === 0) throw fileRules('import-empty-file');
  const encoding = encodingOf(bytes);
  const sample = new TextDecoder(encoding).decode(bytes, { stream: true });
  const { delimiter, declared } = delimiterOf(sample);
  const parser = parse({
    delimiter,
    relax_column_count: true,
    skip_empty_lines: false,
    max_record_size: LONGEST_RECORD,
  });
  const source = createReadStream(file);
  const feeding = feed(source, encoding, parser);
  try {
    let row = 0;
    for await (const record of parser as AsyncIterable<string[]>) {
      row++;
      if ((declared && row === 1) || record.every((cell) => cell.trim() === '')) continue;
      yield { row, cells: record.map((cell) => (cell === '' ? null : unescaped(cell))) };
    }
    await feeding;
  } catch (error) {
    if (error instanceof CsvError) throw fileRules('import-csv-broken', { line: lineOf(error) });
    throw error;
  } finally {
    source.destroy();
    parser.destroy();
  }
}

/** Decodes the file into the parser; what goes wrong ends the parser, whose reader is told. */
async function feed(
  source: AsyncIterable<Buffer>,
  encoding: string,
  parser: ReturnType<typeof parse>,
): Promise<void> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for await (const chunk of source) {
      if (!parser.write(decode(decoder, chunk))) await drained(parser);
      if (parser.destroyed) return;
    }
    parser.end(decode(decoder));
  } catch (error) {
    parser.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

function decode(decoder: InstanceType<typeof TextDecoder>, chunk?: Buffer): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch {
    throw fileRules('import-wrong-encoding');
  }
}

function drained(parser: ReturnType<typeof parse>): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      parser.off('drain', done);
      parser.off('close', done);
      resolve();
    };
    parser.on('drain', done);
    parser.on('close', done);
  });
}

/** By the byte order mark; without one, NULs in every other place are UTF-16, and all else must be UTF-8. */
function encodingOf(bytes: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  let [even, odd] = [0, 0];
  for (const [n, byte] of bytes.subarray(0, 2_000).entries()) {
    if (byte === 0 && n % 2 === 0) even++;
    if (byte === 0 && n % 2 === 1) odd++;
  }
  const half = Math.min(bytes.length, 2_000) / 2;
  if (odd > half * 0.6 && even === 0) return 'utf-16le';
  if (even > half * 0.6 && odd === 0) return 'utf-16be';
  return 'utf-8';
}

/** The one that stands most often in the first line that has text, outside quotation marks; Excel may declare it. */
function delimiterOf(sample: string): { readonly delimiter: string; readonly declared: boolean } {
  const text = sample.replace(/^\uFEFF/, '').replace(/^\s*\n/, '');
  const named = /^sep=([,;\t])\r?\n/i.exec(text)?.[1];
  if (named !== undefined) return { delimiter: named, declared: true };
  const counts = new Map<string, number>();
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (quoted) continue;
    if (character === '\n' || character === '\r') break;
    counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  const delimiter = DELIMITERS.reduce<string>(
    (best, each) => ((counts.get(each) ?? 0) > (counts.get(best) ?? 0) ? each : best),
    DELIMITERS[0],
  );
  return { delimiter, declared: false };
}

function lineOf(error: CsvError): number {
  const { lines } = error as { readonly lines?: unknown };
  return typeof lines === 'number' ? lines : 1;
}
