import { said } from '@jejak/core';
import { z } from 'zod';

/** A day of the calendar, `2023-11-09`. Days compare as strings. */
export type Day = string;

/** The time zones of Indonesia, with their offset from UTC in hours: fixed, no summer time (IANA tz, since 1988). */
export const TIME_ZONES = { 'Asia/Jakarta': 7, 'Asia/Makassar': 8, 'Asia/Jayapura': 9 } as const;
export type TimeZone = keyof typeof TIME_ZONES;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysInMonth(year: number, month: number): number {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return leap ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0);
}

/** Whether the text is a day that exists: `2023-02-29` is not. */
export function isDay(text: string): boolean {
  const [, year, month, day] = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text) ?? [];
  return day !== undefined && Number(day) >= 1 && Number(day) <= daysInMonth(Number(year), Number(month));
}

/** The day of a moment (ISO, UTC) in a time zone. */
export function dayIn(zone: TimeZone, moment: string): Day {
  return new Date(Date.parse(moment) + TIME_ZONES[zone] * HOUR).toISOString().slice(0, 10);
}

/** The day that lies a number of days after another; before it, for a negative number. */
export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00.000Z`) + days * DAY).toISOString().slice(0, 10);
}

/** The last day of a month `2023-02`, or of a quarter `2023-Q1`. */
export function lastDayOf(period: string): Day {
  const [year = '', part = ''] = period.split('-');
  const month = part.startsWith('Q') ? Number(part.slice(1)) * 3 : Number(part);
  return `${year}-${String(month).padStart(2, '0')}-${String(daysInMonth(Number(year), month))}`;
}

/** The month of a day, `2023-02`. */
export function monthOf(day: Day): string {
  return day.slice(0, 7);
}

/** The quarter of a day, `2023-Q1`. */
export function quarterOf(day: Day): string {
  return `${day.slice(0, 4)}-Q${String(Math.ceil(Number(day.slice(5, 7)) / 3))}`;
}

/** Within these years a date that is figured out from another one stays a date of four digits. */
export const daySchema = z
  .string()
  .refine(
    (text) => isDay(text) && text >= '1900' && text < '2201',
    said({
      en: 'Give a day that exists, as YYYY-MM-DD, from 1900 to 2200.',
      id: 'Isi dengan tanggal yang ada, seperti YYYY-MM-DD, dari 1900 sampai 2200.',
    }),
  )
  .meta({ format: 'date' });
export const monthSchema = z
  .string()
  .regex(
    /^[0-9]{4}-(0[1-9]|1[0-2])$/,
    said({ en: 'Give a month, as YYYY-MM.', id: 'Isi dengan bulan, seperti YYYY-MM.' }),
  );
export const quarterSchema = z
  .string()
  .regex(
    /^[0-9]{4}-Q[1-4]$/,
    said({ en: 'Give a quarter, as YYYY-Q1.', id: 'Isi dengan triwulan, seperti YYYY-Q1.' }),
  );
export const yearSchema = z.int().min(1990).max(2200);
export const timeZoneSchema = z.enum(['Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura']);
