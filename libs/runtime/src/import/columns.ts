import { isCode, isProgramme, type Language } from '@jejak/core';
import { type Cell, shown } from './cell';
import { parseDecimal, parseMoney, parsePercent, parseYear } from './numbers';
import { monthShown, parseDay, parseMonth, parseQuarter, type PeriodContext, quarterShown } from './periods';
import { rowRules } from './rules';

/** The action of an earlier programme that one goes on with. */
export type CarriedFrom = { readonly programme: string; readonly action: string };
export type Share = { readonly code: string; readonly share: string };
/** A value of a repeated column, such as the target of a quarter. */
export interface PeriodValue<V> {
  readonly period: string;
  readonly value: V;
}

/** What a cell of each kind of column holds. */
export interface CellValues {
  readonly text: string;
  readonly code: string;
  readonly codes: readonly string[];
  readonly shares: readonly Share[];
  readonly carried: CarriedFrom;
  readonly choice: string;
  readonly day: string;
  readonly month: string;
  readonly quarter: string;
  readonly year: number;
  readonly money: number;
  readonly decimal: string;
  readonly percent: string;
}
export type ColumnKind = keyof CellValues;

interface Both<T> {
  readonly id: T;
  readonly en: T;
}

/** A value of a drop-down, and how it is written in each language. */
export type Choice = Both<string> & { readonly value: string };

/** A column of a sheet. Of its headings the first is written, the others are understood. */
export interface Column<K extends ColumnKind = ColumnKind> {
  readonly kind: K;
  readonly heading: Both<readonly string[]>;
  /** what the template says of it */
  readonly hint: Both<string>;
  /** the column must be there, and be filled in in every row */
  readonly required?: true;
  readonly choices?: readonly Choice[];
  /** what of the programme the template offers as a drop-down */
  readonly offers?: 'agencies' | 'dimensions';
}

/** Columns that are repeated for each quarter or month: the heading ends in it, as in `Target TW I 2023`. */
export interface PeriodColumn<K extends 'money' | 'decimal' | 'percent' = 'money' | 'decimal' | 'percent'> {
  readonly kind: K;
  readonly per: 'quarter' | 'month';
  readonly heading: Both<readonly string[]>;
  readonly hint: Both<string>;
}

export type Columns = { readonly [field: string]: Column | PeriodColumn };

type ValueOf<C> =
  C extends PeriodColumn<infer K>
    ? readonly PeriodValue<CellValues[K]>[]
    : C extends Column<infer K>
      ? C extends { readonly required: true }
        ? CellValues[K]
        : CellValues[K] | undefined
      : never;

/** A row that was read: a value for each column that is filled in. */
export type Row<C extends Columns> = { readonly [F in keyof C]: ValueOf<C[F]> };

export function isRepeated(column: Column | PeriodColumn): column is PeriodColumn {
  return 'per' in column;
}

/** The longest heading, in UTF-16 units: what is longer is not looked at. */
export const LONGEST_HEADING = 255;

/** Upper and lower case, spaces, punctuation and what stands in brackets make no difference to a heading. */
export function foldHeading(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\([^)]*\)/g, ' ')
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

/** The heading as it is written: `Target TW I 2023` for a repeated column. */
export function headingOf(column: Column | PeriodColumn, language: Language, period?: string): string {
  const [written = ''] = column.heading[language];
  if (!isRepeated(column) || period === undefined) return written;
  const shownPeriod = column.per === 'month' ? monthShown(period, language) : quarterShown(period, language);
  return written.includes('#') ? written.replace('#', shownPeriod) : `${written} ${shownPeriod}`;
}

/**
 * The period that a heading names for a repeated column; undefined where it is not a heading of that column.
 */
export function periodIn(column: PeriodColumn, heading: string, context: PeriodContext): string | undefined {
  const text = heading
    .replace(/\([^)]*\)/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/[\s*]+$/, '')
    .trim();
  for (const words of [...column.heading.id, ...column.heading.en]) {
    const prefix = words
      .replace(/\([^)]*\)/g, ' ')
      .replace('#', '')
      .trim();
    if (!text.toLowerCase().startsWith(`${prefix.toLowerCase()} `)) continue;
    const rest = text.slice(prefix.length).trim();
    try {
      return column.per === 'month' ? parseMonth(rest, context) : parseQuarter(rest, context);
    } catch {
      continue;
    }
  }
  return undefined;
}

/**
 * The value of a cell that is not blank.
 *
 * @throws Refusal of the row's rules
 */
export function parseCell<K extends ColumnKind>(
  column: { readonly kind: K; readonly choices?: readonly Choice[] },
  cell: Exclude<Cell, null>,
  context: PeriodContext,
): CellValues[K] {
  if (typeof cell === 'object' && 'error' in cell) throw rowRules('cell-error', { value: cell.error });
  if (typeof cell === 'object' && 'unresolved' in cell) throw rowRules('cell-without-result');
  return parsers[column.kind](cell, context, column.choices ?? []);
}

type Parser<V> = (cell: Exclude<Cell, null>, context: PeriodContext, choices: readonly Choice[]) => V;

const parsers: { readonly [K in ColumnKind]: Parser<CellValues[K]> } = {
  text: textOf,
  code: (cell) => codeOf(textOf(cell)),
  codes: (cell) => listOf(cell).map(codeOf),
  shares: (cell) => listOf(cell).map((item) => shareOf(item, cell)),
  carried: carriedFrom,
  choice: choiceOf,
  day: (cell) => parseDay(cell),
  month: parseMonth,
  quarter: parseQuarter,
  year: (cell) => parseYear(cell),
  money: (cell) => parseMoney(cell),
  decimal: (cell) => parseDecimal(cell),
  percent: (cell) => parsePercent(cell),
};

/** A text; a number cell is one too, since numbers of documents and accounts are often typed so. */
function textOf(cell: Exclude<Cell, null>): string {
  if (typeof cell === 'string') return cell.trim();
  if (typeof cell === 'number') return String(cell);
  throw rowRules('not-a-text');
}

function codeOf(text: string): string {
  if (!isCode(text)) throw rowRules('not-a-code', { value: shown(text) });
  return text;
}

/** Items between semicolons, or on lines of their own. */
function listOf(cell: Exclude<Cell, null>): string[] {
  return textOf(cell)
    .split(/[;\n]/)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function shareOf(item: string, cell: Cell): Share {
  const [code = '', share, ...more] = item.split(':').map((part) => part.trim());
  if (!isCode(code) || more.length > 0) throw rowRules('not-shares', { value: shown(cell) });
  return { code, share: share === undefined ? '1' : parseDecimal(share) };
}

function carriedFrom(cell: Exclude<Cell, null>): CarriedFrom {
  const [programme = '', action = '', ...more] = textOf(cell)
    .split('/')
    .map((part) => part.trim());
  if (!isProgramme(programme) || !isCode(action) || more.length > 0) {
    throw rowRules('not-carried-from', { value: shown(cell) });
  }
  return { programme, action };
}

function choiceOf(cell: Exclude<Cell, null>, _context: PeriodContext, choices: readonly Choice[]): string {
  const text = textOf(cell);
  const folded = text.length > LONGEST_HEADING ? '' : foldHeading(text);
  const found = choices.find(({ value, id, en }) =>
    [value, id, en].some((each) => foldHeading(each) === folded),
  );
  if (found === undefined) {
    const offered = choices.map(({ id, en }) => (id === en ? id : `${id} / ${en}`)).join(', ');
    throw rowRules('not-a-choice', { value: shown(cell), choices: offered });
  }
  return found.value;
}
