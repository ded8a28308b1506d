/**
 * A cell as it was read: a text, a number of a number cell (`percent` where the cell shows it as one, so that 0.5 means
 * 50), a date cell's day, or what cannot be a value. null is an empty cell.
 */
export type Cell =
  | null
  | string
  | number
  | { readonly percent: number }
  | { readonly day: string }
  | { readonly truth: boolean }
  | { readonly error: string }
  | { readonly unresolved: true };

/** The longest text of a cell, in UTF-16 units: what Excel takes. */
export const LONGEST_CELL = 32_767;

/** The cell as a person would read it, short enough for a sentence. */
export function shown(cell: Cell): string {
  const text = textOf(cell);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function textOf(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'object') return String(cell);
  if ('day' in cell) return cell.day;
  if ('percent' in cell) return `${String(cell.percent * 100)} %`;
  if ('truth' in cell) return String(cell.truth);
  return 'error' in cell ? cell.error : '=';
}

/** Whether the cell holds nothing but white space. */
export function isBlank(cell: Cell | undefined): boolean {
  return cell === undefined || cell === null || (typeof cell === 'string' && cell.trim() === '');
}

/**
 * What spreadsheets take for the beginning of a formula. `escaped` puts an apostrophe before it, and before a text that
 * looks as if that had been done; `unescaped` takes one away, so that every text comes back as it was.
 */
const ESCAPED = /^'+[=+\-@\t\r\0]/;
const TO_ESCAPE = /^'*[=+\-@\t\r\0]/;
/** A spreadsheet of another country parts cells at another sign, and takes no heed of quotation marks within one. */
const WITHIN = /([,;\t][\s"]*)('*[=+\-@])?/g;

/** A text as it goes into a cell, so that no spreadsheet takes it, or a part of it, for a formula. */
export function escaped(text: string): string {
  const safe = text.replace(WITHIN, (_, before: string, start: string | undefined) =>
    start === undefined ? before : `${before}'${start}`,
  );
  return TO_ESCAPE.test(safe) ? `'${safe}` : safe;
}

/** The text of a cell, as it was before `escaped`. */
export function unescaped(text: string): string {
  const safe = ESCAPED.test(text) ? text.slice(1) : text;
  return safe.replace(WITHIN, (_, before: string, start: string = '') =>
    start.startsWith("'") ? before + start.slice(1) : before + start,
  );
}
