import { PassThrough, type Readable } from 'node:stream';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Language } from '@jejak/core';
import type ExcelJS from 'exceljs';
import { type Column, isRepeated, type PeriodColumn } from '../import/columns';
import { parseDecimal } from '../import/numbers';
import { encodeEscapes } from '../import/xml';
import { textOf, valueIn, type WrittenColumn } from './layout';
import type { ExportRow } from './query';

/** A sheet to be written. */
export interface SheetToWrite {
  readonly name: string;
  readonly columns: readonly WrittenColumn[];
  readonly rows: Iterable<ExportRow>;
}

/** The library of workbooks. It takes long to load: only when the first is written, and not whenever a server starts. */
export const loadExcel = async () => (await import('exceljs')).default;

/** Rows after which others get their turn. */
const BREATH = 500;

/**
 * A workbook as a stream. Texts are cells of text, which no spreadsheet takes for a formula; amounts, decimals and days
 * are numbers and dates.
 */
export function xlsxFile(sheets: Iterable<SheetToWrite>, language: Language): Readable {
  const stream = new PassThrough();
  write(sheets, language, stream).catch((error: unknown) => {
    stream.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  return stream;
}

async function write(sheets: Iterable<SheetToWrite>, language: Language, stream: PassThrough): Promise<void> {
  const excel = await loadExcel();
  const book = new excel.stream.xlsx.WorkbookWriter({ stream, useStyles: true, useSharedStrings: false });
  for (const { name, columns, rows } of sheets) {
    const sheet = book.addWorksheet(name, { views: [{ state: 'frozen', ySplit: 1 }] });
    sheet.columns = columns.map(sheetColumn);
    styleHeadings(sheet.getRow(1), columns);
    sheet.getRow(1).commit();
    let written = 0;
    for (const row of rows) {
      sheet.addRow(columns.map((column) => cellOf(valueIn(row, column), column.column, language))).commit();
      if (++written % BREATH === 0) await breathe();
      if (stream.destroyed) return;
    }
    sheet.commit();
  }
  await book.commit();
}

/** Width and format of a column, for exports and templates alike. */
export function sheetColumn({ heading, column }: WrittenColumn): Partial<ExcelJS.Column> {
  const width = Math.min(45, Math.max(heading.length + 3, column.kind === 'text' ? 28 : 14));
  return { header: heading, width, style: { numFmt: formatOf(column) } };
}

/** Bold, and shaded where a column must be filled in. */
export function styleHeadings(row: ExcelJS.Row, columns: readonly WrittenColumn[]): void {
  row.font = { bold: true };
  row.alignment = { wrapText: true, vertical: 'middle' };
  columns.forEach(({ column }, n) => {
    if (isRepeated(column) || column.required !== true) return;
    row.getCell(n + 1).fill = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFFFE8B0' } };
  });
}

function formatOf({ kind }: Column | PeriodColumn): string {
  switch (kind) {
    case 'money':
      return '#,##0';
    case 'decimal':
    case 'percent':
      return '0.####';
    case 'year':
      return '0';
    case 'day':
      return 'dd/mm/yyyy';
    default:
      return '@';
  }
}

function cellOf(value: unknown, column: Column | PeriodColumn, language: Language): ExcelJS.CellValue {
  if (value === undefined || value === null || value === '') return null;
  switch (column.kind) {
    case 'money':
    case 'year':
      return value as number;
    case 'day':
      return new Date(`${value as string}T00:00:00.000Z`);
    case 'decimal':
    case 'percent':
      return numberOf(value as string) ?? textOf(value, column, language);
    default:
      return encodeEscapes(textOf(value, column, language)) || null;
  }
}

/** The decimal as a number, where the import reads the same decimal back. */
function numberOf(decimal: string): number | undefined {
  const number = Number(decimal);
  try {
    return parseDecimal(number) === decimal ? number : undefined;
  } catch {
    return undefined;
  }
}
