import type { Json } from '@jejak/core';
import { compare, type Day, fromDecimal, sameCode } from '@jejak/domain';
import type { ProgrammeDocument } from '@jejak/views';
import type { Column, Columns, Row } from '../columns';
import { rowRules } from '../rules';

export const KIND_NAMES = [
  'agencies',
  'actions',
  'budget-lines',
  'monthly-plans',
  'disbursements',
  'csr',
  'progress',
] as const;
/** The kinds of sheets, in the order in which they build on each other. */
export type KindName = (typeof KIND_NAMES)[number];

/**
 * What a row becomes: a command, or nothing where the log says it already. The columns `reason` and `agency` mean the
 * same in every kind, and are put into the body by whoever gives the command.
 */
export type Planned =
  { readonly type: string; readonly body: { readonly [field: string]: Json | undefined } } | 'there';

/** Of what a row speaks. */
export interface RowContext {
  readonly programme: ProgrammeDocument;
}

/** A kind of sheet: its columns, and how its rows are read and written. */
export interface Kind<C extends Columns, D> {
  readonly name: KindName;
  /** the sheet's names: the first two are written, all are understood */
  readonly sheet: { readonly id: string; readonly en: string; readonly more: readonly string[] };
  readonly columns: C;
  /** the view whose document of the stream a row is compared with */
  readonly view: string;
  /** kind and code of the stream that the row is about */
  place(row: Row<C>): { readonly kind: string; readonly code: string };
  /**
   * What the row becomes.
   *
   * @param recorded the stream's document; undefined where the stream has no event
   * @throws Refusal of the row's rules, its field being the column's
   */
  plan(row: Row<C>, recorded: D | undefined, context: RowContext): Planned;
  /** the rows that give what stands, in an order in which they can be imported */
  rows(document: D, day: Day): readonly Partial<Row<C>>[];
  /**
   * a body's field, without the numbers of list items > the columns that it may have come from; others have the same
   * name
   */
  readonly fields: { readonly [bodyField: string]: readonly (keyof C & string)[] };
}

/** A kind of any columns, as the import holds it. */
export type AnyKind = Kind<Columns, unknown>;

/** Forgets the columns of a kind: from here on rows are handed only to the kind that read them. */
export function defineKind<C extends Columns, D>(kind: Kind<C, D>): AnyKind {
  return kind;
}

const REASON: Column<'text'> = {
  kind: 'text',
  heading: { id: ['Alasan'], en: ['Reason'] },
  hint: {
    id: 'Wajib untuk laporan terlambat dan untuk laporan atas nama perangkat daerah.',
    en: 'Needed for what comes late, and for what the office reports on behalf of an agency.',
  },
};

/** Columns that changes have. */
export const changeColumns = {
  effectiveOn: {
    kind: 'day',
    heading: { id: ['Berlaku Sejak', 'Tanggal Berlaku'], en: ['Effective from', 'Effective on'] },
    hint: {
      id: 'Hari mulai berlaku; kosong berarti hari pertama program.',
      en: "The day from which it holds; empty means the programme's first day.",
    },
  },
  reason: REASON,
} as const satisfies Columns;

/** Columns that reports have, beside their date. */
export const reportColumns = {
  agency: {
    kind: 'code',
    heading: { id: ['Perangkat Daerah Pelapor', 'OPD Pelapor'], en: ['Reporting agency'] },
    hint: {
      id: 'Kode perangkat daerah yang melapor; wajib bila sekretariat melapor atas namanya.',
      en: 'The code of the agency that reports; needed where the office reports on its behalf.',
    },
    offers: 'agencies',
  },
  reason: REASON,
} as const satisfies Columns;

/** The value of a cell that this row cannot do without. */
export function needed<V>(value: V | undefined, field: string): V {
  if (value === undefined) throw rowRules('cell-required', {}, field);
  return value;
}

/** Cells that make no sense in this row. */
export function unwanted(row: { readonly [field: string]: unknown }, fields: readonly string[]): void {
  const found = fields.find((field) => {
    const value = row[field];
    return value !== undefined && !(Array.isArray(value) && value.length === 0);
  });
  if (found !== undefined) throw rowRules('cell-not-wanted', {}, found);
}

/** What a row says beside what is recorded: equal, by the meaning of the values. An empty cell says nothing. */
export interface Comparison {
  readonly field: string;
  readonly given: unknown;
  readonly recorded: unknown;
  readonly as?: 'code' | 'decimal';
}

/** Whether a row says what is recorded, or says nothing else. */
export function isEqual(comparisons: readonly Comparison[]): boolean {
  return comparisons.every(({ given, recorded, as }) => given === undefined || isSame(given, recorded, as));
}

/**
 * Holds a row against what its natural key finds.
 *
 * @param name what it is that is recorded, for the sentence
 * @returns 'there' where they are equal
 * @throws Refusal `differs-from-existing` for the first column that is not
 */
export function compared(name: string, comparisons: readonly Comparison[]): 'there' {
  for (const { field, given, recorded, as } of comparisons) {
    if (given === undefined || isSame(given, recorded, as)) continue;
    throw rowRules('differs-from-existing', { name, recorded: textOf(recorded) }, field);
  }
  return 'there';
}

function isSame(given: unknown, recorded: unknown, as: Comparison['as']): boolean {
  if (typeof given === 'string' && typeof recorded === 'string') {
    if (as === 'code') return sameCode(given, recorded);
    if (as === 'decimal') return compare(fromDecimal(given), fromDecimal(recorded)) === 0;
  }
  return given === recorded;
}

function textOf(recorded: unknown): string {
  const text = typeof recorded === 'string' || typeof recorded === 'number' ? String(recorded) : '';
  if (text === '') return '–';
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

/** Values of periods as one text, so that they compare and can be shown. */
export function periodsText(
  values: readonly { readonly period: string; readonly value: string | number }[],
): string {
  return [...values]
    .sort((a, b) => (a.period < b.period ? -1 : 1))
    .map(({ period, value }) => `${period}: ${String(value)}`)
    .join('; ');
}

/** A decimal without zeros at its end, as rows are read: `1.50` is `1.5`. */
export function plain(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}

/** The facts in force along the line of dates, earliest first: of one day the one that was recorded last. */
export function alongDates<F extends { readonly on: Day }>(facts: readonly F[], day: Day): F[] {
  const byDay = new Map<Day, F>();
  for (const fact of facts) if (fact.on <= day) byDay.set(fact.on, fact);
  return [...byDay.values()].sort((a, b) => (a.on < b.on ? -1 : 1));
}

/** What was recorded for exactly that day, last. */
export function onDay<F extends { readonly on: Day }>(facts: readonly F[], day: Day): F | undefined {
  return facts.findLast(({ on }) => on === day);
}
