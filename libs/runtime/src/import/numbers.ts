import { MAX_RUPIAH } from '@jejak/domain';
import { type Cell, shown } from './cell';
import { rowRules } from './rules';

/** A number that is not negative, exactly: digits before and after the decimal sign. */
interface Digits {
  readonly whole: string;
  /** without zeros at its end */
  readonly decimals: string;
}

/*
 * Texts are read by the Indonesian convention: a dot between thousands, a comma before decimals. So `1.500` is one
 * thousand five hundred, and `1,500` is one and a half. A dot that cannot stand between thousands (`12.5`, `0.125`,
 * `1234.50`) is a decimal sign. What only the English convention can mean (`1,500,000`, `1,500.00`) is refused.
 */
const GROUPED = /^[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,([0-9]+))?$/;
const COMMA = /^([0-9]+)(?:,([0-9]+))?$/;
const DOT = /^([0-9]+)\.([0-9]+)$/;
const ENGLISH = /^[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?$/;

function digits(whole: string, decimals: string): Digits {
  return { whole: whole.replace(/^0+(?=[0-9])/, ''), decimals: decimals.replace(/0+$/, '') };
}

/** @throws Refusal `not-a-number`, `english-number`, `number-negative` */
function fromText(text: string): Digits {
  if (/^-\s*[0-9]/.test(text) || /^\([0-9.,]+\)$/.test(text))
    throw rowRules('number-negative', { value: text });
  const grouped = GROUPED.exec(text);
  if (grouped !== null) return digits((text.split(',')[0] ?? '').replaceAll('.', ''), grouped[1] ?? '');
  const plain = COMMA.exec(text) ?? DOT.exec(text);
  if (plain !== null) return digits(plain[1] ?? '', plain[2] ?? '');
  if (ENGLISH.test(text)) throw rowRules('english-number', { value: text });
  throw rowRules('not-a-number', { value: shown(text) });
}

/**
 * A number cell. What Excel calculates carries noise beyond its 15th digit, which is rounded away.
 *
 * @throws Refusal `not-a-number`, `number-negative`, `number-too-large`
 */
function fromNumber(value: number): Digits {
  if (!Number.isFinite(value)) throw rowRules('not-a-number', { value });
  if (value < 0) throw rowRules('number-negative', { value });
  if (value > Number.MAX_SAFE_INTEGER) throw rowRules('number-too-large', { value });
  const exact = Number.isInteger(value) ? String(value) : Number(value.toPrecision(15)).toFixed(10);
  const [whole = '0', decimals = ''] = exact.split('.');
  return digits(whole, decimals);
}

/** The longest text that can be a number, in UTF-16 units. */
export const LONGEST_NUMBER = 64;

/** @throws Refusal as `fromText` and `fromNumber` */
function digitsOf(cell: Exclude<Cell, null>, strip: RegExp): Digits {
  if (typeof cell === 'number') return fromNumber(cell);
  const text = typeof cell === 'string' ? cell.trim() : undefined;
  if (text !== undefined && text.length <= LONGEST_NUMBER) return fromText(text.replace(strip, '').trim());
  throw rowRules('not-a-number', { value: shown(cell) });
}

/** `Rp`, `IDR` before, `,-` after, as amounts are written. */
const MONEY_SIGNS = /^(?:rp\.?|idr)\s*|,-+$/gi;

/**
 * Whole rupiah: `1.500.000,00`, `1500000`, `Rp 1.500.000`, `Rp1.500.000,-`, or a number cell.
 *
 * @throws Refusal `non-zero-sen`, `number-too-large`, and those of every number
 */
export function parseMoney(cell: Exclude<Cell, null>): number {
  const { whole, decimals } = digitsOf(cell, MONEY_SIGNS);
  if (decimals !== '') throw rowRules('non-zero-sen', { value: shown(cell) });
  const amount = Number(whole);
  if (amount > MAX_RUPIAH) throw rowRules('number-too-large', { value: shown(cell) });
  return amount;
}

/**
 * A decimal string of at most 4 places, without zeros at its end: `12,5` is `12.5`.
 *
 * @throws Refusal `too-many-decimals`, `number-too-large`, and those of every number
 */
export function parseDecimal(cell: Exclude<Cell, null>): string {
  return decimal(digitsOf(cell, /^$/), cell);
}

/**
 * A percentage from 0 to 100 as a decimal string: `12,5`, `12,5 %`, 12.5, or 0.125 in a cell that shows per cent.
 *
 * @throws Refusal `not-a-percentage`, and those of decimals
 */
export function parsePercent(cell: Exclude<Cell, null>): string {
  const value = typeof cell === 'object' && 'percent' in cell ? cell.percent * 100 : cell;
  const percent = decimal(digitsOf(value, /\s*%$/), cell);
  if (Number(percent) > 100) throw rowRules('not-a-percentage', { value: shown(cell) });
  return percent;
}

function decimal({ whole, decimals }: Digits, cell: Cell): string {
  if (decimals.length > 4) throw rowRules('too-many-decimals', { value: shown(cell) });
  if (whole.length > 12) throw rowRules('number-too-large', { value: shown(cell) });
  return decimals === '' ? whole : `${whole}.${decimals}`;
}

/** @throws Refusal `not-a-year`, and those of every number */
export function parseYear(cell: Exclude<Cell, null>): number {
  // A year is never grouped: `2.023` is no year.
  const text = typeof cell === 'number' ? String(cell) : typeof cell === 'string' ? cell.trim() : '';
  const year = /^[0-9]{4}$/.test(text) ? Number(text) : NaN;
  if (!(year >= 1990 && year <= 2200)) throw rowRules('not-a-year', { value: shown(cell) });
  return year;
}
