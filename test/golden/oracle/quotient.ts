/** An exact number of the oracle's own: top over bottom, bottom above 0. */
export type Quotient = readonly [top: bigint, bottom: bigint];

export const NOTHING: Quotient = [0n, 1n];
export const WHOLE: Quotient = [1n, 1n];

export function whole(n: number | bigint): Quotient {
  return [BigInt(n), 1n];
}

/** `12.5` as 12500000/1000000. */
export function decimal(text: string): Quotient {
  const [units = '0', places = ''] = text.split('.');
  return [BigInt(units) * 1_000_000n + BigInt(places.padEnd(6, '0')), 1_000_000n];
}

export function added(a: Quotient, b: Quotient): Quotient {
  return lowest([a[0] * b[1] + b[0] * a[1], a[1] * b[1]]);
}
export function multiplied(a: Quotient, b: Quotient): Quotient {
  return [a[0] * b[0], a[1] * b[1]];
}
export function divided(a: Quotient, b: Quotient): Quotient {
  return [a[0] * b[1], a[1] * b[0]];
}
export function equal(a: Quotient, b: Quotient): boolean {
  return a[0] * b[1] === b[0] * a[1];
}
export function less(a: Quotient, b: Quotient): boolean {
  return a[0] * b[1] < b[0] * a[1];
}
export function summed(values: readonly Quotient[]): Quotient {
  return values.reduce(added, NOTHING);
}

function divisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : divisor(b, a % b);
}

/** In lowest terms. */
export function lowest([top, bottom]: Quotient): Quotient {
  const common = divisor(top < 0n ? -top : top, bottom);
  return common === 0n ? [0n, 1n] : [top / common, bottom / common];
}

/** `25/26`, or `1`. */
export function exactly(value: Quotient): string {
  const [top, bottom] = lowest(value);
  return bottom === 1n ? String(top) : `${String(top)}/${String(bottom)}`;
}

/** Rounded half up to so many digits; for values of 0 or more. */
export function roundedTo(digits: number, [top, bottom]: Quotient): string {
  const scale = 10n ** BigInt(digits);
  // The nearest: the whole part of value * scale + 1/2.
  const units = (2n * top * scale + bottom) / (2n * bottom);
  return digits === 0
    ? String(units)
    : `${String(units / scale)}.${String(units % scale).padStart(digits, '0')}`;
}
