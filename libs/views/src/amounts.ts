import { exactText, fraction, MAX_RUPIAH, percentText, type Rupiah } from '@jejak/domain';

/**
 * Rupiah, summed over several streams. No single stream goes beyond what JSON carries exactly, but nothing can keep
 * their sum from it: such a sum is a decimal string.
 */
export type Sum = Rupiah | string;

export function sumOf(exact: bigint): Sum {
  return exact <= MAX_RUPIAH && exact >= -MAX_RUPIAH ? Number(exact) : String(exact);
}

/** A part of a whole, exact until it is shown: `displayed` is a percentage with 2 digits, rounded half up. */
export interface Ratio {
  readonly numerator: string;
  readonly denominator: string;
  /** in lowest terms: `25/26`, or `1` */
  readonly exact: string;
  readonly displayed: string;
}

/** @returns null where the whole is 0 */
export function ratioOf(part: bigint, whole: bigint): Ratio | null {
  if (whole === 0n) return null;
  const value = fraction(part, whole);
  return {
    numerator: String(part),
    denominator: String(whole),
    exact: exactText(value),
    displayed: percentText(value, 2),
  };
}
