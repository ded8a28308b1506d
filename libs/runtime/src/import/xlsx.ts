import path from 'node:path';
import { type Archive, openArchive, unreadable } from './archive';
import type { Cell } from './cell';
import type { SheetRow } from './csv';
import { dayOfSerial, meaningOf, type NumberMeaning } from './number-formats';
import { LONGEST_NUMBER } from './numbers';
import { fileRules } from './rules';
import { decodeEscapes, parseXml, prefixed, readXml, type Tag } from './xml';

/** Columns that are looked at. What stands further right is refused, unless it is empty. */
export const MOST_COLUMNS = 1_000;

/** What Excel takes, in UTF-16 units; what is longer is not looked at. */
const LONGEST_NAME = 31;
const LONGEST_FORMAT = 255;

export interface WorkbookSheet {
  readonly name: string;
  readonly hidden: boolean;
  rows(): AsyncGenerator<SheetRow>;
}

/** A workbook, read as a stream: only its shared texts and the meanings of its formats are held. */
export interface Workbook {
  readonly sheets: readonly WorkbookSheet[];
  close(): void;
}

interface Shared {
  readonly texts: readonly string[];
  /** by the number of the cell's style */
  readonly meanings: readonly NumberMeaning[];
  readonly from1904: boolean;
}

/**
 * Opens a workbook.
 *
 * @throws Refusal `import-not-a-spreadsheet`, `import-zip-bomb`
 */
export async function openWorkbook(file: string): Promise<Workbook> {
  const archive = await openArchive(file);
  try {
    const { sheets, from1904 } = await readWorkbook(archive);
    const parts = await readRelations(archive);
    const shared: Shared = {
      texts: await readTexts(archive),
      meanings: await readMeanings(archive),
      from1904,
    };
    return {
      sheets: sheets.map(({ name, hidden, id }) => ({
        name,
        hidden,
        rows: () => sheetRows(archive, parts.get(id) ?? '', name, shared),
      })),
      close: () => archive.close(),
    };
  } catch (error) {
    archive.close();
    throw asRefusal(error);
  }
}

function asRefusal(error: unknown): unknown {
  // Ours carry their sentence already; all else comes of the file's content.
  return error instanceof Error && 'text' in error ? error : unreadable(error);
}

/** What an archive without a workbook is. */
function notAWorkbook(archive: Archive): Error {
  if (archive.has('xl/workbook.bin')) return fileRules('import-binary-workbook');
  if (archive.has('word/document.xml')) return fileRules('import-word-document');
  return fileRules(archive.has('content.xml') ? 'import-open-document' : 'import-zip');
}

async function readPart(archive: Archive, name: string, open: (tag: Tag) => void): Promise<boolean> {
  const stream = await archive.read(name, true);
  if (stream === undefined) return false;
  await readXml(stream, { open });
  return true;
}

async function readWorkbook(archive: Archive) {
  const sheets: { name: string; hidden: boolean; id: string }[] = [];
  let from1904 = false;
  const found = await readPart(archive, 'xl/workbook.xml', ({ name, attributes }) => {
    if (name === 'workbookPr') from1904 = ['1', 'true'].includes(attributes['date1904'] ?? '');
    if (name !== 'sheet') return;
    const hidden = (attributes['state'] ?? 'visible') !== 'visible';
    const called = attributes['name'] ?? '';
    if (called.length > LONGEST_NAME)
      throw fileRules('import-sheet-name-too-long', {
        sheet: called.slice(0, LONGEST_NAME),
        most: LONGEST_NAME,
      });
    sheets.push({ name: called, hidden, id: prefixed(attributes, 'id') ?? '' });
  });
  if (!found) throw notAWorkbook(archive);
  return { sheets, from1904 };
}

/** A relation's id > the part that it leads to. */
async function readRelations(archive: Archive): Promise<ReadonlyMap<string, string>> {
  const parts = new Map<string, string>();
  await readPart(archive, 'xl/_rels/workbook.xml.rels', ({ name, attributes }) => {
    const { Id, Target } = attributes;
    if (name !== 'Relationship' || Id === undefined || Target === undefined) return;
    parts.set(Id, path.posix.normalize(Target.startsWith('/') ? Target.slice(1) : `xl/${Target}`));
  });
  return parts;
}

async function readTexts(archive: Archive): Promise<string[]> {
  const stream = await archive.read('xl/sharedStrings.xml', true);
  const texts: string[] = [];
  if (stream === undefined) return texts;
  const reading = new TextReading();
  await readXml(stream, {
    open: ({ name }) => (name === 'si' ? reading.begin() : reading.open(name)),
    text: (text) => reading.add(text),
    close: (name) => {
      reading.close(name);
      if (name === 'si') texts.push(reading.take());
    },
  });
  return texts;
}

async function readMeanings(archive: Archive): Promise<NumberMeaning[]> {
  const codes = new Map<number, string>();
  const known = new Map<number, NumberMeaning>();
  const meanings: NumberMeaning[] = [];
  let inCells = false;
  const stream = await archive.read('xl/styles.xml', true);
  if (stream === undefined) return meanings;
  await readXml(stream, {
    open({ name, attributes }) {
      if (name === 'numFmt') {
        const code = attributes['formatCode'] ?? '';
        if (code.length > LONGEST_FORMAT) throw fileRules('import-format-too-long', { most: LONGEST_FORMAT });
        codes.set(Number(attributes['numFmtId']), code);
      }
      if (name === 'cellXfs') inCells = true;
      if (name !== 'xf' || !inCells) return;
      const id = Number(attributes['numFmtId'] ?? 0);
      // A workbook may name one format in very many styles.
      const meaning = known.get(id) ?? meaningOf(id, codes.get(id));
      known.set(id, meaning);
      meanings.push(meaning);
    },
    close(name) {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return meanings;
}

/** The text of a cell or a shared text: all its runs, without the readings that stand above eastern characters. */
class TextReading {
  private parts: string[] = [];
  private inText = false;
  private phonetic = false;

  begin(): void {
    this.parts = [];
  }
  open(name: string): void {
    if (name === 'rPh') this.phonetic = true;
    if (name === 't') this.inText = !this.phonetic;
  }
  add(text: string): void {
    if (this.inText) this.parts.push(text);
  }
  close(name: string): void {
    if (name === 't') this.inText = false;
    if (name === 'rPh') this.phonetic = false;
  }
  take(): string {
    return decodeEscapes(this.parts.join(''));
  }
}

interface Reading {
  readonly column: number;
  readonly type: string;
  readonly style: number;
  formula: boolean;
  value: string | undefined;
}

async function* sheetRows(
  archive: Archive,
  part: string,
  sheet: string,
  shared: Shared,
): AsyncGenerator<SheetRow> {
  const stream = await archive.read(part);
  if (stream === undefined) throw fileRules('import-not-a-spreadsheet', { why: part === '' ? sheet : part });
  let ready: SheetRow[] = [];
  let row = 0;
  let cells: Cell[] = [];
  let next = 0;
  let cell: Reading | undefined;
  let inValue = false;
  const inline = new TextReading();
  const parsing = parseXml(stream, {
    open({ name, attributes }) {
      if (name === 'row') {
        row = Math.max(Number(attributes['r'] ?? 0), row + 1);
        cells = [];
        next = 0;
      } else if (name === 'c') {
        const column = columnOf(attributes['r'] ?? '') ?? next;
        next = column + 1;
        const { t: type = 'n', s: style = '0' } = attributes;
        cell = { column, type, style: Number(style), formula: false, value: undefined };
        inline.begin();
      } else if (name === 'f' && cell !== undefined) cell.formula = true;
      else if (name === 'v') inValue = cell !== undefined;
      else inline.open(name);
    },
    text(text) {
      if (inValue && cell !== undefined) cell.value = (cell.value ?? '') + text;
      else inline.add(text);
    },
    close(name) {
      if (name === 'v') inValue = false;
      else inline.close(name);
      if (name === 'c' && cell !== undefined) {
        const value = cellOf(cell, inline, shared);
        if (value !== null) {
          if (cell.column >= MOST_COLUMNS) {
            throw fileRules('import-too-many-columns', { sheet, most: MOST_COLUMNS });
          }
          while (cells.length < cell.column) cells.push(null);
          cells[cell.column] = value;
        }
        cell = undefined;
      }
      if (name === 'row' && cells.length > 0) ready.push({ row, cells });
    },
  });
  try {
    for await (const _ of parsing) {
      yield* ready;
      ready = [];
    }
  } catch (error) {
    throw asRefusal(error);
  } finally {
    stream.destroy();
  }
}

/** `C5` > 2; undefined for a reference that names no column. */
function columnOf(reference: string): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(reference)?.[0];
  if (letters === undefined) return undefined;
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

function cellOf({ type, style, formula, value }: Reading, inline: TextReading, shared: Shared): Cell {
  if (type === 'inlineStr') return textCell(inline.take());
  if (value === undefined) return formula ? { unresolved: true } : null;
  switch (type) {
    case 's':
      return textCell(shared.texts[Number(value)] ?? '');
    case 'str':
      return textCell(decodeEscapes(value));
    case 'b':
      return { truth: value === '1' || value === 'true' };
    case 'e':
      return { error: value };
    case 'd':
      return { day: value.slice(0, 10) };
    default: {
      if (value.length > LONGEST_NUMBER) return textCell(value);
      const number = value.trim() === '' ? NaN : Number(value);
      if (Number.isNaN(number)) return null;
      const meaning = shared.meanings[style] ?? 'number';
      if (meaning === 'percent') return { percent: number };
      const day = meaning === 'date' ? dayOfSerial(number, shared.from1904) : undefined;
      return day === undefined ? number : { day };
    }
  }
}

function textCell(text: string): Cell {
  return text === '' ? null : text;
}
