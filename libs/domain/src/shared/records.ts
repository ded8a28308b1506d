import { type Command, defineRules, type Refusal } from '@jejak/core';
import { calendarRules } from './calendar';
import type { Day } from './dates';
import { MoneyOverflow, type Rupiah, sum } from './money';
import { sameCode } from './schema';

/** Rules about what a command names, alike for every stream of records. */
export const recordRules = defineRules({
  'code-mismatch': {
    en: 'The code {code} is not the one that this is recorded under, {stream}.',
    id: 'Kode {code} tidak sama dengan kode tempat data ini dicatat, {stream}.',
  },
  'not-correctable': {
    en: '{id} is not a record here that can be corrected in this way.',
    id: '{id} bukan catatan di sini yang dapat dikoreksi dengan cara ini.',
  },
  'already-corrected': {
    en: '{id} has already been corrected and no longer stands.',
    id: '{id} sudah dikoreksi dan tidak berlaku lagi.',
  },
  'evidence-of-nothing': {
    en: '{id} is not a report here that stands: evidence can be attached only to one that does.',
    id: '{id} bukan laporan yang berlaku di sini: bukti dukung hanya dapat dilampirkan pada laporan yang berlaku.',
  },
  'amount-overflow': {
    en: 'Together with this amount the sum is more than 9,007,199,254,740,991 rupiah.',
    id: 'Bersama jumlah ini totalnya melebihi 9.007.199.254.740.991 rupiah.',
  },
});

/** A record that stands until it is corrected. */
interface Standing {
  /** the id of its event */
  readonly id: string;
  /** the day that it speaks of */
  readonly on: Day;
}

/**
 * Puts a record in its place along the line of dates, after those of the same day. `records` are in order of date
 * already, and stay as they were.
 */
export function placed<T extends Standing>(records: readonly T[], record: T): readonly T[] {
  let at = records.length;
  while (at > 0 && (records[at - 1] as T).on > record.on) at--;
  return [...records.slice(0, at), record, ...records.slice(at)];
}

/**
 * The standing record that a correction names.
 *
 * @param corrected the ids of the records that no longer stand
 * @throws Refusal `already-corrected`, `not-correctable`
 */
export function toCorrect<T extends Standing>(
  id: string,
  records: readonly T[],
  corrected: readonly string[],
): T {
  const record = records.find((each) => each.id === id);
  if (record === undefined) throw notStanding(id, corrected);
  return record;
}

/** The refusal of a correction whose record does not stand: it is corrected already, or never was one. */
export function notStanding(id: string, corrected: readonly string[]): Refusal {
  return recordRules(corrected.includes(id) ? 'already-corrected' : 'not-correctable', { id }, 'corrects');
}

/**
 * The standing report that evidence is attached to.
 *
 * @throws Refusal `evidence-of-nothing`
 */
export function toProve<T extends Standing>(id: string, reports: readonly T[]): T {
  const report = reports.find((each) => each.id === id);
  if (report === undefined) throw recordRules('evidence-of-nothing', { id }, 'of');
  return report;
}

/**
 * Whether the code in the body is that of the stream.
 *
 * @throws Refusal `code-mismatch`
 */
export function mustNameItsStream(command: Pick<Command, 'code'>, code: string, field: string): void {
  if (!sameCode(code, command.code))
    throw recordRules('code-mismatch', { code, stream: command.code }, field);
}

/**
 * Who verifies, evaluates or raises does so in his own name.
 *
 * @throws Refusal `on-behalf-office-only`
 */
export function mustActForNobody({ actor }: Pick<Command, 'actor'>): void {
  if (actor.onBehalfOf !== undefined) throw calendarRules('on-behalf-office-only', {}, 'onBehalfOf');
}

/** What of a body the event's data keeps: all but what goes to its meta. */
export function dataOf<B extends object>(body: B): Omit<B, 'reason' | 'onBehalfOf'> {
  const { reason, onBehalfOf, ...data } = body as B & { reason?: unknown; onBehalfOf?: unknown };
  return data;
}

/**
 * The sum of amounts in rupiah.
 *
 * @throws Refusal `amount-overflow`
 */
export function total(amounts: readonly Rupiah[], field: string): Rupiah {
  try {
    return sum(...amounts);
  } catch (error) {
    if (error instanceof MoneyOverflow) throw recordRules('amount-overflow', {}, field);
    throw error;
  }
}
