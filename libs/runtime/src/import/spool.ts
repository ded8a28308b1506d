import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { Refusal } from '@jejak/core';
import type { Cell } from './cell';
import { foldHeading, LONGEST_HEADING } from './columns';
import { csvRows, type SheetRow } from './csv';
import { formatOf } from './format';
import { KIND_LIST, kindOf, kindOfSheet, KINDS } from './kinds/all';
import { type AnyKind, type KindName } from './kinds/kind';
import type { PeriodContext } from './periods';
import { fileRules } from './rules';
import { columnsOf, headingsFound, type SheetColumns } from './sheet-columns';
import { openWorkbook } from './xlsx';

const PREFIX = 'jejak-import-';
/** What a run that was killed left behind is removed when it is this old, in milliseconds. */
const ABANDONED = 24 * 60 * 60 * 1_000;

/** Rows of a file, all sheets together. */
export const MOST_ROWS = 1_000_000;

/** Sheets of a template that explain and list, and hold no rows. */
export const GUIDE_SHEETS = { id: 'Petunjuk', en: 'Guide', lists: 'Daftar' } as const;

/** A sheet whose kind and columns are known, its rows on disk. */
export interface SpooledSheet {
  /** as people know it: of a CSV, the name of its file */
  readonly name: string;
  /** names it within its file, whatever that is called */
  readonly key: string;
  readonly kind: AnyKind;
  readonly columns: SheetColumns;
  /** how many rows it has below the headings */
  readonly count: number;
  rows(): AsyncGenerator<SheetRow>;
}

/** A file taken apart once, so that it can be gone through as often as needed, sheet by sheet, without being held. */
export interface Spool {
  /** SHA-256 of the file, in hex */
  readonly digest: string;
  /** of its own, and gone when it is closed */
  readonly directory: string;
  /** in the order in which kinds build on each other */
  readonly sheets: readonly SpooledSheet[];
  close(): Promise<void>;
}

export interface SpoolOptions {
  /** what the file holds, where that is known */
  readonly kind?: KindName | undefined;
  readonly context: PeriodContext;
}

/**
 * Takes a CSV or XLSX file apart.
 *
 * @throws Refusal of the file's rules
 */
export async function spool(file: string, options: SpoolOptions): Promise<Spool> {
  const format = await formatOf(file);
  if (format !== 'zip' && format !== 'text') throw fileRules(`import-${format}`);
  const digest = await digestOfFile(file);
  await removeAbandoned();
  const directory = await mkdtemp(path.join(os.tmpdir(), PREFIX));
  const spooling = new Spooling(directory, options);
  try {
    if (format === 'zip') {
      const workbook = await openWorkbook(file);
      try {
        const visible = workbook.sheets.filter(({ hidden }) => !hidden);
        const only = visible.filter(({ name }) => !isGuide(name)).length === 1;
        for (const sheet of workbook.sheets) {
          await spooling.add(sheet.name, sheet.rows(), { key: sheet.name, hidden: sheet.hidden, only });
        }
      } finally {
        workbook.close();
      }
    } else {
      await spooling.add(path.parse(file).name, csvRows(file), { key: 'csv', hidden: false, only: true });
    }
    const { sheets } = spooling;
    if (sheets.length === 0) throw fileRules('import-empty-file');
    if (sheets.every(({ count }) => count === 0)) throw fileRules('import-no-rows');
    const order = (sheet: SpooledSheet): number => KINDS.indexOf(sheet.kind);
    return {
      digest,
      directory,
      sheets: [...sheets].sort((a, b) => order(a) - order(b)),
      close: () => rm(directory, { recursive: true, force: true }),
    };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

class Spooling {
  readonly sheets: SpooledSheet[] = [];
  private rows = 0;

  constructor(
    private readonly directory: string,
    private readonly options: SpoolOptions,
  ) {}

  async add(
    name: string,
    rows: AsyncGenerator<SheetRow>,
    { key, hidden, only }: { readonly key: string; readonly hidden: boolean; readonly only: boolean },
  ): Promise<void> {
    const named = kindOfSheet(name);
    if (isGuide(name) || (hidden && named === undefined)) return;
    const first = await rows.next();
    if (first.done === true) return;
    const { context } = this.options;
    const headings = first.value.cells;
    if (headings.some((cell) => typeof cell === 'string' && cell.length > LONGEST_HEADING))
      throw fileRules('import-heading-too-long', { sheet: name, most: LONGEST_HEADING });
    const kind = this.kindOf(name, named, only, headings);
    const columns = columnsOf(kind, headings, name, context);
    const target = path.join(this.directory, `${String(this.sheets.length)}.jsonl`);
    const count = await this.write(target, rows);
    this.sheets.push({ name, key, kind, columns, count, rows: () => spooledRows(target) });
  }

  /** What was asked for; the sheet's name; the only kind whose headings these are. */
  private kindOf(
    name: string,
    named: AnyKind | undefined,
    only: boolean,
    headings: readonly Cell[],
  ): AnyKind {
    const { kind, context } = this.options;
    if (kind !== undefined && (only || named?.name === kind)) return kindOf(kind);
    if (named !== undefined && kind === undefined) return named;
    if (kind !== undefined) throw fileRules('import-unknown-sheet', { sheet: name, kinds: kind });
    const fitting = KINDS.filter((each) => fits(each, headings, name, context));
    const [found] = fitting;
    if (fitting.length === 1 && found !== undefined) return found;
    if (!only) throw fileRules('import-unknown-sheet', { sheet: name, kinds: KIND_LIST });
    throw fileRules('import-kind-unclear', { sheet: name, kinds: KIND_LIST, found: headingsFound(headings) });
  }

  private async write(target: string, rows: AsyncGenerator<SheetRow>): Promise<number> {
    let count = 0;
    const lines = async function* (this: Spooling): AsyncGenerator<string> {
      for await (const { row, cells } of rows) {
        if (++this.rows > MOST_ROWS) throw fileRules('import-too-many-rows', { most: MOST_ROWS });
        count++;
        yield lineOf(row, cells);
      }
    };
    await pipeline(lines.bind(this), createWriteStream(target, { mode: 0o600 }));
    return count;
  }
}

/** A line is a line to every reader: two characters that JSON leaves as they are count as line ends, too. */
function lineOf(row: number, cells: readonly Cell[]): string {
  const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16)}`;
  return `${JSON.stringify([row, cells]).replace(/[\u2028\u2029]/g, escape)}\n`;
}

function isGuide(name: string): boolean {
  return Object.values(GUIDE_SHEETS).some((guide) => foldHeading(guide) === foldHeading(name));
}

function fits(kind: AnyKind, headings: readonly Cell[], name: string, context: PeriodContext): boolean {
  try {
    columnsOf(kind, headings, name, context);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

async function* spooledRows(file: string): AsyncGenerator<SheetRow> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  for await (const line of lines) {
    const [row, cells] = JSON.parse(line) as [number, Cell[]];
    yield { row, cells };
  }
}

async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(os.tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const directory = path.join(os.tmpdir(), name);
    const found = await stat(directory).catch(() => undefined);
    if (found === undefined || Date.now() - found.mtimeMs < ABANDONED) continue;
    // Another's, whom it is left to.
    await rm(directory, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function digestOfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
