import fc from 'fast-check';
import {
  compare,
  decimalSchema,
  exactText,
  type Fraction,
  fraction,
  fromDecimal,
  least,
  minus,
  ONE,
  over,
  percentSchema,
  percentText,
  plus,
  rounded,
  times,
  ZERO,
} from './fraction';

/** A value as a pair of small integers, not reduced: the brute force works on these. */
const pair = fc.tuple(
  fc.integer({ min: -60, max: 60 }),
  fc.integer({ min: -60, max: 60 }).filter((d) => d !== 0),
);
const runs = { numRuns: 1000 };

/** Whether the fraction is n/d, found by cross-multiplication of whole numbers. */
function isValue({ n, d }: Fraction, top: number, bottom: number): boolean {
  return n * BigInt(bottom) === BigInt(top) * d;
}

describe('a fraction', () => {
  it('is in lowest terms with a denominator above 0', () => {
    fc.assert(
      fc.property(pair, ([n, d]) => {
        const value = fraction(n, d);
        expect(isValue(value, n, d)).toBe(true);
        expect(value.d > 0n).toBe(true);
        let common = 2n;
        while (common <= value.d && (value.d % common !== 0n || value.n % common !== 0n)) common++;
        expect(common > value.d).toBe(true);
      }),
      runs,
    );
  });

  it('is added, subtracted, multiplied, divided and compared exactly', () => {
    fc.assert(
      fc.property(pair, pair, ([a, b], [c, d]) => {
        const [x, y] = [fraction(a, b), fraction(c, d)];
        expect(isValue(plus(x, y), a * d + c * b, b * d)).toBe(true);
        expect(isValue(minus(x, y), a * d - c * b, b * d)).toBe(true);
        expect(isValue(times(x, y), a * c, b * d)).toBe(true);
        if (c !== 0) expect(isValue(over(x, y), a * d, b * c)).toBe(true);
        // The sign of a/b - c/d, by its whole numerator and the sign of its denominator.
        expect(compare(x, y)).toBe(Math.sign((a * d - c * b) * b * d) + 0);
        expect(least(x, y)).toEqual(compare(x, y) <= 0 ? x : y);
        for (const result of [plus(x, y), minus(x, y), times(x, y)]) {
          expect(result).toEqual(fraction(result.n, result.d));
        }
      }),
      runs,
    );
  });

  it('is equal to itself in other terms', () => {
    expect(compare(fraction(2, 4), fraction(-1, -2))).toBe(0);
    expect(compare(ZERO, fraction(0, -7))).toBe(0);
  });

  it('has no denominator of 0', () => {
    expect(() => fraction(1, 0)).toThrow(RangeError);
    expect(() => over(ONE, ZERO)).toThrow(RangeError);
  });

  it('reads decimals and writes itself', () => {
    expect(fromDecimal('12.5')).toEqual(fraction(25, 2));
    expect(fromDecimal('0.0001')).toEqual(fraction(1, 10_000));
    expect(fromDecimal('7')).toEqual(fraction(7));
    expect(exactText(fraction(50, 52))).toBe('25/26');
    expect(exactText(fraction(-3, 9))).toBe('-1/3');
    expect(exactText(fraction(52, 52))).toBe('1');
    expect(exactText(ZERO)).toBe('0');
  });

  it('reads back every decimal that it writes', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 999_999_999_999_9999n }), (units) => {
        const value = fraction(units, 10_000);
        expect(fromDecimal(rounded(value, 4))).toEqual(value);
        expect(decimalSchema.safeParse(rounded(value, 4)).success).toBe(true);
      }),
      runs,
    );
  });
});

describe('rounding', () => {
  it('is half up: the one number of that many places that the value is nearest to, halves going away from 0', () => {
    fc.assert(
      fc.property(pair, fc.nat({ max: 4 }), ([n, d], digits) => {
        const text = rounded(fraction(n, d), digits);
        expect(text).toMatch(
          digits === 0 ? /^-?[0-9]+$/ : new RegExp(`^-?[0-9]+\\.[0-9]{${String(digits)}}$`),
        );
        const shown = BigInt(text.replace('-', '').replace('.', ''));
        const [top, bottom] = [BigInt(Math.abs(n)) * 10n ** BigInt(digits), BigInt(Math.abs(d))];
        // shown - 1/2 <= |value| x 10^digits < shown + 1/2
        expect((2n * shown - 1n) * bottom <= 2n * top).toBe(true);
        expect(2n * top < (2n * shown + 1n) * bottom).toBe(true);
        expect(text.startsWith('-')).toBe(n * d < 0 && shown !== 0n);
      }),
      runs,
    );
  });

  it.each<[bigint, bigint, number, string]>([
    [50n, 52n, 1, '96.2'],
    [51n, 52n, 1, '98.1'],
    [49n, 52n, 1, '94.2'],
    [8n, 9n, 0, '89'],
    [6n, 7n, 0, '86'],
    [9n, 9n, 0, '100'],
    [181n, 189n, 2, '95.77'],
    [0n, 52n, 1, '0.0'],
    [1n, 200n, 0, '1'],
    [1n, 2000n, 1, '0.1'],
    [49_999n, 10_000_000n, 0, '0'],
    [199n, 200n, 0, '100'],
  ])('shows %p/%p with %p digits as %p percent', (n, d, digits, shown) => {
    expect(percentText(fraction(n, d), digits)).toBe(shown);
  });

  it('comes last: means are of exact fractions', () => {
    const dimensions = [ONE, ONE, ONE, ONE, fraction(8, 9), fraction(6, 7)];
    const mean = over(dimensions.reduce(plus, ZERO), fraction(6));
    expect(exactText(mean)).toBe('181/189');
    const published = [100, 100, 100, 100, 89, 86].map((percent) => fraction(percent, 100));
    expect(percentText(over(published.reduce(plus, ZERO), fraction(6)), 2)).toBe('95.83');
  });
});

describe('a decimal on the wire', () => {
  it.each(['0', '7', '12.5', '0.0001', '999999999999.9999', '100.00'])('may be "%s"', (text) => {
    expect(decimalSchema.safeParse(text).success).toBe(true);
  });
  it.each([
    '',
    '.5',
    '5.',
    '00',
    '01',
    '-1',
    '+1',
    '1e3',
    '1,5',
    '0.00001',
    '1000000000000',
    ' 1',
    '1\n',
    5,
    null,
  ])('is never %j', (value) => {
    expect(decimalSchema.safeParse(value).success).toBe(false);
  });
  it('is a percentage from 0 to 100', () => {
    const fits = (text: string) => percentSchema.safeParse(text).success;
    expect(['0', '100', '100.0000', '99.9999'].every(fits)).toBe(true);
    expect(['100.0001', '101', '-1', 'x'].some(fits)).toBe(false);
  });
});
