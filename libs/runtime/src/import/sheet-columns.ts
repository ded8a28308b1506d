import { type Language, Refusal, type RuleText } from '@jejak/core';
import { type Cell, isBlank, LONGEST_CELL, shown } from './cell';
import {
  type Column,
  type Columns,
  foldHeading,
  headingOf,
  isRepeated,
  parseCell,
  type PeriodColumn,
  periodIn,
  type Row,
} from './columns';
import type { AnyKind } from './kinds/kind';
import type { PeriodContext } from './periods';
import { fileRules, rowRules } from './rules';

/** A column as it stands in a sheet. */
export interface SheetColumn {
  readonly field: string;
  readonly column: Column | PeriodColumn;
  /** of a repeated column */
  readonly period: string | undefined;
  /** as it is written in the sheet */
  readonly heading: string;
}

/** The columns of a sheet in its order; undefined where there is no heading. */
export type SheetColumns = readonly (SheetColumn | undefined)[];

/** What is wrong with a row, and in which column. */
export interface RowError {
  /** the heading as it stands in the sheet; undefined where the row as a whole is meant */
  readonly column?: string;
  readonly code: string;
  readonly message: RuleText;
}

export function rowError(refusal: Refusal, column: string | undefined): RowError {
  const message = { en: refusal.sentence('en'), id: refusal.sentence('id') };
  return { ...(column !== undefined && { column }), code: refusal.code, message };
}

/**
 * What each heading means.
 *
 * @throws Refusal `import-unknown-column`, `import-column-twice`, `import-missing-column`
 */
export function columnsOf(
  kind: AnyKind,
  headings: readonly Cell[],
  sheet: string,
  context: PeriodContext,
): SheetColumns {
  const taken = new Set<string>();
  const columns = headings.map((cell): SheetColumn | undefined => {
    if (isBlank(cell)) return undefined;
    const heading = typeof cell === 'string' ? cell.replace(/\s+/g, ' ').trim() : shown(cell ?? null);
    const found = meaningOf(kind, heading, context);
    if (found === undefined) throw fileRules('import-unknown-column', { sheet, column: heading });
    const key = `${found.field} ${found.period ?? ''}`;
    if (taken.has(key)) throw fileRules('import-column-twice', { sheet, column: heading });
    taken.add(key);
    return { ...found, heading };
  });
  for (const [field, column] of Object.entries(kind.columns)) {
    if (isRepeated(column) || column.required !== true || taken.has(`${field} `)) continue;
    throw fileRules('import-missing-column', {
      sheet,
      column: bothHeadings(column),
      found: headingsFound(headings),
    });
  }
  return columns;
}

/** Headings that are told. */
const TOLD = 30;

/** The headings of a sheet, for a sentence. */
export function headingsFound(headings: readonly Cell[]): string {
  const found = headings.flatMap((cell) => (cell === null || isBlank(cell) ? [] : shown(cell).trim()));
  return [...found.slice(0, TOLD), ...(found.length > TOLD ? ['…'] : [])].join(', ') || '–';
}

function bothHeadings(column: Column): string {
  const [id, en] = (['id', 'en'] as const).map((language: Language) => headingOf(column, language));
  return id === en ? String(id) : `${String(id)} / ${String(en)}`;
}

function meaningOf(kind: AnyKind, heading: string, context: PeriodContext) {
  const folded = foldHeading(heading);
  for (const [field, column] of Object.entries(kind.columns)) {
    if (isRepeated(column)) {
      const period = periodIn(column, heading, context);
      if (period !== undefined) return { field, column, period };
    } else if (
      folded === foldHeading(field) ||
      [...column.heading.id, ...column.heading.en].some((each) => foldHeading(each) === folded)
    ) {
      return { field, column, period: undefined };
    }
  }
  return undefined;
}

/** A row's values by field, as its kind understands them. */
export type RowValues = Row<Columns>;

/** A row as it was read: its values, or everything that is wrong with its cells. */
export type ReadRow =
  | { readonly values: RowValues; readonly errors?: undefined }
  | { readonly values?: undefined; readonly errors: readonly RowError[] };

/** Reads the cells of a row. */
export function readRow(
  kind: AnyKind,
  columns: SheetColumns,
  cells: readonly Cell[],
  context: PeriodContext,
): ReadRow {
  const errors: RowError[] = [];
  const values: { [field: string]: unknown } = {};
  for (const [field, column] of Object.entries(kind.columns)) if (isRepeated(column)) values[field] = [];
  for (const [n, cell] of cells.entries()) {
    const column = columns[n];
    if (cell === null || isBlank(cell)) continue;
    if (column === undefined) {
      errors.push(rowError(rowRules('cell-without-heading', { value: shown(cell) }), undefined));
      continue;
    }
    try {
      checkText(cell);
      const value = parseCell(column.column, cell, context);
      if (column.period === undefined) values[column.field] = value;
      else (values[column.field] as unknown[]).push({ period: column.period, value });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      errors.push(rowError(error, column.heading));
    }
  }
  columns.forEach((column, n) => {
    if (column === undefined || isRepeated(column.column) || column.column.required !== true) return;
    if (isBlank(cells[n])) errors.push(rowError(rowRules('cell-required'), column.heading));
  });
  return errors.length > 0 ? { errors } : { values: values as RowValues };
}

/** @throws Refusal `cell-too-long`, `cell-not-unicode` */
function checkText(cell: Cell): void {
  if (typeof cell !== 'string') return;
  if (cell.length > LONGEST_CELL) throw rowRules('cell-too-long', { most: LONGEST_CELL });
  if (!cell.isWellFormed()) throw rowRules('cell-not-unicode');
}

/** The column that a refusal's field came from: one that the row fills in, else the first that it may have been. */
export function columnOfField(
  kind: AnyKind,
  columns: SheetColumns,
  field: string | undefined,
  values: RowValues,
): string | undefined {
  if (field === undefined) return undefined;
  const named = field.split('/').filter((part) => !/^[0-9]+$/.test(part));
  for (let length = named.length; length > 0; length--) {
    const name = named.slice(0, length).join('/');
    const fields = kind.fields[name] ?? (name === 'onBehalfOf' ? ['agency'] : [name]);
    const meant = fields.find((each) => isFilled(values[each])) ?? fields[0] ?? name;
    const column = kind.columns[meant];
    if (column === undefined) continue;
    return columns.find((each) => each?.field === meant)?.heading ?? headingOf(column, 'id');
  }
  return undefined;
}

function isFilled(value: unknown): boolean {
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}
