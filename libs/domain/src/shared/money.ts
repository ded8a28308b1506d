import { said } from '@jejak/core';
import { z } from 'zod';
import { compare, type Fraction, ZERO } from './fraction';

/** Money in whole rupiah. */
export type Rupiah = number;

/** The largest amount, and the largest sum: 2^53 - 1 rupiah, which JSON carries exactly. */
export const MAX_RUPIAH = Number.MAX_SAFE_INTEGER;

/** A sum beyond `MAX_RUPIAH`, which JSON would not carry exactly. */
export class MoneyOverflow extends RangeError {
  readonly code = 'money-overflow';
}

/** @throws MoneyOverflow where the sum cannot be carried exactly */
export function sum(...amounts: readonly Rupiah[]): Rupiah {
  let total = 0;
  for (const amount of amounts) {
    total += amount;
    if (!Number.isSafeInteger(total))
      throw new MoneyOverflow('the sum is more than 9,007,199,254,740,991 rupiah');
  }
  return total;
}

/**
 * Splits an amount in proportion to shares, in whole rupiah: each part is rounded down, and the rupiah left over go
 * one by one to the parts that lost most, the first of equals first (largest remainder). The parts sum to the total.
 *
 * @throws RangeError for a negative total, and where there is no share, a negative one, or all are 0
 */
export function split(total: Rupiah, shares: readonly Fraction[]): Rupiah[] {
  if (total < 0) throw new RangeError('an amount of 0 or more');
  if (shares.length === 0 || shares.some((share) => compare(share, ZERO) < 0))
    throw new RangeError('shares of 0 or more');
  const common = shares.reduce((product, share) => product * share.d, 1n);
  const weights = shares.map((share) => share.n * (common / share.d));
  const whole = weights.reduce((all, weight) => all + weight, 0n);
  if (whole === 0n) throw new RangeError('at least one share above 0');
  const exact = weights.map((weight) => BigInt(total) * weight);
  const parts = exact.map((value) => value / whole);
  let left = Number(BigInt(total) - parts.reduce((all, part) => all + part, 0n));
  const byLoss = exact
    .map((value, index) => ({ index, lost: value % whole }))
    .sort((a, b) => (a.lost === b.lost ? a.index - b.index : a.lost < b.lost ? 1 : -1));
  for (const { index } of byLoss) {
    if (left === 0) break;
    parts[index] = (parts[index] as bigint) + 1n;
    left--;
  }
  return parts.map(Number);
}

const WHOLE = said({
  en: 'Give whole rupiah, as a number.',
  id: 'Isi dengan rupiah bulat, sebagai bilangan.',
});
export const rupiahSchema = z.int(WHOLE).min(0).max(MAX_RUPIAH);
export const positiveRupiahSchema = z.int(WHOLE).min(1).max(MAX_RUPIAH);
