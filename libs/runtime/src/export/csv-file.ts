import type { Language } from '@jejak/core';
import { escaped } from '../import/cell';
import { type WrittenColumn, textOf, valueIn } from './layout';
import type { ExportRow } from './query';

/** Text that is handed on at once, in UTF-16 units. */
const CHUNK = 64 * 1024;

/**
 * A CSV file in pieces: UTF-8 with a byte order mark, without which Excel takes it for another encoding. No
 * cell begins as a formula does, whichever sign a reader parts cells at.
 */
export function* csvFile(
  columns: readonly WrittenColumn[],
  rows: Iterable<ExportRow>,
  { language, delimiter }: { readonly language: Language; readonly delimiter: ',' | ';' },
): Generator<string> {
  const line = (cells: readonly string[]): string =>
    `${cells.map((cell) => quoted(escaped(cell), delimiter)).join(delimiter)}\r\n`;
  let text = `\uFEFF${line(columns.map(({ heading }) => heading))}`;
  for (const row of rows) {
    text += line(columns.map((column) => textOf(valueIn(row, column), column.column, language)));
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  yield text;
}

/** Also where another sign that parts cells comes before what was escaped. */
function quoted(text: string, delimiter: string): string {
  const plain = !/["\r\n]|[,;\t]\s*'/.test(text) && !text.includes(delimiter) && text.trim() === text;
  return plain ? text : `"${text.replaceAll('"', '""')}"`;
}
