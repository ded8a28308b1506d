import { said } from '@jejak/core';
import { z } from 'zod';

/** An exact number: numerator over denominator, in lowest terms, the denominator positive. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** @throws RangeError for a denominator of 0 */
export function fraction(n: bigint | number, d: bigint | number = 1n): Fraction {
  let [top, bottom] = [BigInt(n), BigInt(d)];
  if (bottom === 0n) throw new RangeError('a fraction needs a denominator');
  if (bottom < 0n) [top, bottom] = [-top, -bottom];
  const common = gcd(top, bottom);
  return common === 1n ? { n: top, d: bottom } : { n: top / common, d: bottom / common };
}

export const ZERO: Fraction = { n: 0n, d: 1n };
export const ONE: Fraction = { n: 1n, d: 1n };

export function plus(a: Fraction, b: Fraction): Fraction {
  return a.d === b.d ? fraction(a.n + b.n, a.d) : fraction(a.n * b.d + b.n * a.d, a.d * b.d);
}
export function minus(a: Fraction, b: Fraction): Fraction {
  return plus(a, { n: -b.n, d: b.d });
}
export function times(a: Fraction, b: Fraction): Fraction {
  return fraction(a.n * b.n, a.d * b.d);
}
/** @throws RangeError for a divisor of 0 */
export function over(a: Fraction, b: Fraction): Fraction {
  return fraction(a.n * b.d, a.d * b.n);
}
/** Below 0, 0 or above 0 as a is less than, equal to or more than b. */
export function compare(a: Fraction, b: Fraction): number {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
export function least(a: Fraction, b: Fraction): Fraction {
  return compare(a, b) <= 0 ? a : b;
}

/** A decimal string of at most 4 places as an exact number. */
export function fromDecimal(text: string): Fraction {
  const [whole = '0', places = ''] = text.split('.');
  return fraction(BigInt(whole + places), 10n ** BigInt(places.length));
}

/** The exact number as text: `25/26`, or `1`. */
export function exactText(value: Fraction): string {
  return value.d === 1n ? String(value.n) : `${String(value.n)}/${String(value.d)}`;
}

/** Rounded half up (away from zero), with exactly that many places: `96.2`. */
export function rounded(value: Fraction, digits: number): string {
  const scale = 10n ** BigInt(digits);
  const negative = value.n < 0n;
  const top = (negative ? -value.n : value.n) * scale * 2n + value.d;
  const units = top / (value.d * 2n);
  const text = String(units).padStart(digits + 1, '0');
  const shown = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  return negative && units !== 0n ? `-${shown}` : shown;
}

/** The value as a percentage, rounded half up: 50/52 with 1 digit is `96.2`. */
export function percentText(value: Fraction, digits: number): string {
  return rounded(times(value, { n: 100n, d: 1n }), digits);
}

/** A quantity that is not money: a decimal string of at most 4 places, not negative. */
export const decimalSchema = z.string().regex(/^(0|[1-9][0-9]{0,11})(\.[0-9]{1,4})?$/, {
  error: said({
    en: 'Write a decimal of at most 4 places, as a text: "12.5".',
    id: 'Tulis desimal dengan paling banyak 4 angka di belakang titik, sebagai teks: "12.5".',
  }),
  // Without it zod goes on to refinements around it, which read the text as a number and throw.
  abort: true,
});
/** A percentage from 0 to 100, as a decimal string. */
export const percentSchema = decimalSchema.refine(
  (text) => compare(fromDecimal(text), { n: 100n, d: 1n }) <= 0,
  said({ en: 'Give a percentage from 0 to 100.', id: 'Isi dengan persentase dari 0 sampai 100.' }),
);
