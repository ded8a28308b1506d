import { type Day, isDay } from '@jejak/domain';
import { type Cell, shown } from './cell';
import { rowRules } from './rules';

/** How months are written, in both languages. */
const MONTH_NAMES: readonly (readonly string[])[] = [
  ['januari', 'january', 'jan'],
  ['februari', 'pebruari', 'february', 'feb', 'peb'],
  ['maret', 'march', 'mar', 'mrt'],
  ['april', 'apr'],
  ['mei', 'may'],
  ['juni', 'june', 'jun'],
  ['juli', 'july', 'jul'],
  ['agustus', 'august', 'agu', 'ags', 'agt', 'agust', 'aug'],
  ['september', 'sep', 'sept'],
  ['oktober', 'october', 'okt', 'oct'],
  ['november', 'nopember', 'nov', 'nop'],
  ['desember', 'december', 'des', 'dec'],
];

/** The months as templates and exports write them. */
export const MONTHS_SHOWN = {
  id: ['Jan', 'Feb', 'Mar', 'Apr', 'Mei', 'Jun', 'Jul', 'Agu', 'Sep', 'Okt', 'Nov', 'Des'],
  en: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
} as const;

const MONTH_BY_NAME = new Map(MONTH_NAMES.flatMap((names, n) => names.map((name) => [name, n + 1] as const)));
const two = (number: number | string): string => String(number).padStart(2, '0');

/** What a period without a year is taken to lie in: the programme's year, where it has only one. */
export interface PeriodContext {
  readonly year: string | undefined;
}

const ISO = /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ][0-9:.]+Z?)?$/;
const NUMERIC = /^([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})$/;
const NAMED = /^([0-9]{1,2})[ -]+([a-z]+)\.?[ -]+([0-9]{4})$/;

/**
 * A day: `31/12/2023` (the day first, always), `31-12-2023`, `31.12.2023`, `2023-12-31`, `31 Desember 2023`, or a date
 * cell. A time of day is dropped.
 *
 * @throws Refusal `not-a-date`
 */
export function parseDay(cell: Exclude<Cell, null>): Day {
  const day =
    typeof cell === 'string'
      ? dayOf(folded(cell))
      : typeof cell === 'object' && 'day' in cell
        ? cell.day
        : '';
  if (!isDay(day) || day < '1900' || day >= '2201') throw rowRules('not-a-date', { value: shown(cell) });
  return day;
}

function dayOf(text: string): string {
  const iso = ISO.exec(text);
  if (iso !== null) return `${iso[1] ?? ''}-${two(iso[2] ?? '')}-${two(iso[3] ?? '')}`;
  const numeric = NUMERIC.exec(text);
  if (numeric !== null) return `${numeric[4] ?? ''}-${two(numeric[3] ?? '')}-${two(numeric[1] ?? '')}`;
  const [, day = '', name = '', year = ''] = NAMED.exec(text) ?? [];
  const month = MONTH_BY_NAME.get(name);
  return month === undefined ? '' : `${year}-${two(month)}-${two(day)}`;
}

/**
 * A month `2023-12`: written so, or `12/2023`, `12-2023`, `Desember 2023`, `s.d. Des 2023`, `Desember`, or a date cell
 * in that month.
 *
 * @throws Refusal `not-a-month`, `year-missing`
 */
export function parseMonth(cell: Exclude<Cell, null>, context: PeriodContext): string {
  if (typeof cell === 'object' && 'day' in cell) return cell.day.slice(0, 7);
  const refused = (): Error => rowRules('not-a-month', { value: shown(cell) });
  if (typeof cell !== 'string') throw refused();
  const text = folded(cell).replace(/^(?:s\.? ?d\.?|s\/d|sampai(?: dengan)?|to) +/, '');
  const iso = /^([0-9]{4})-([0-9]{1,2})$/.exec(text);
  if (iso !== null) return month(iso[1], Number(iso[2]), refused);
  const numeric = /^([0-9]{1,2})[/-]([0-9]{4})$/.exec(text);
  if (numeric !== null) return month(numeric[2], Number(numeric[1]), refused);
  const [, name = '', year] = /^([a-z]+)\.?(?:[ -]+([0-9]{4}))?$/.exec(text) ?? [];
  const number = MONTH_BY_NAME.get(name);
  if (number === undefined) throw refused();
  return month(yearOf(year, context, cell), number, refused);
}

function month(year: string | undefined, number: number, refused: () => Error): string {
  if (year === undefined || number < 1 || number > 12) throw refused();
  return `${year}-${two(number)}`;
}

const ROMAN: { readonly [numeral: string]: number } = {
  i: 1,
  ii: 2,
  iii: 3,
  iv: 4,
  '1': 1,
  '2': 2,
  '3': 3,
  '4': 4,
};
const QUARTER =
  /^(?:triwulan|tw|quarter|q)[ ./-]*(iv|i{1,3}|[1-4])(?:[ ,/-]+(?:tahun |th\.? ?)?([0-9]{4}))?$/;
const YEAR_FIRST = /^([0-9]{4})[ /-]*(?:triwulan|tw|quarter|q)[ ./-]*(iv|i{1,3}|[1-4])$/;

/**
 * A quarter `2023-Q1`: written so, or `TW I 2023`, `Triwulan I Tahun 2023`, `TW 1/2023`, `Q1 2023`, `Triwulan I`.
 *
 * @throws Refusal `not-a-quarter`, `year-missing`
 */
export function parseQuarter(cell: Exclude<Cell, null>, context: PeriodContext): string {
  if (typeof cell !== 'string') throw rowRules('not-a-quarter', { value: shown(cell) });
  const text = folded(cell);
  const first = YEAR_FIRST.exec(text);
  if (first !== null) return `${first[1] ?? ''}-Q${String(ROMAN[first[2] ?? ''])}`;
  const [, numeral = '', year] = QUARTER.exec(text) ?? [];
  const quarter = ROMAN[numeral];
  if (quarter === undefined) throw rowRules('not-a-quarter', { value: shown(cell) });
  return `${yearOf(year, context, cell)}-Q${String(quarter)}`;
}

function yearOf(year: string | undefined, context: PeriodContext, cell: Cell): string {
  const found = year ?? context.year;
  if (found === undefined) throw rowRules('year-missing', { value: shown(cell) });
  return found;
}

/** The longest text that can be a period, in UTF-16 units. */
const LONGEST = 64;

function folded(text: string): string {
  const trimmed = text.trim();
  if (trimmed.length > LONGEST) return '';
  return trimmed.normalize('NFKC').trim().toLowerCase().replace(/\s+/g, ' ');
}

/** `2023-12` as headings show it: `Des 2023`. */
export function monthShown(period: string, language: 'id' | 'en'): string {
  const [year = '', number = ''] = period.split('-');
  return `${MONTHS_SHOWN[language][Number(number) - 1] ?? number} ${year}`;
}

/** `2023-Q4` as headings show it: `TW IV 2023`, or `2023-Q4` in English. */
export function quarterShown(period: string, language: 'id' | 'en'): string {
  const [year = '', quarter = ''] = period.split('-Q');
  return language === 'en'
    ? period
    : `TW ${['I', 'II', 'III', 'IV'][Number(quarter) - 1] ?? quarter} ${year}`;
}
