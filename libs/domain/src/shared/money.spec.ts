import fc from 'fast-check';
import { fraction, type Fraction, fromDecimal, times, ZERO } from './fraction';
import { MAX_RUPIAH, MoneyOverflow, positiveRupiahSchema, rupiahSchema, split, sum } from './money';

const equal = (count: number): Fraction[] => Array.from({ length: count }, () => fraction(1));
const decimals = (...texts: string[]): Fraction[] => texts.map(fromDecimal);

describe('a sum of money', () => {
  it('is exact up to what a JSON number carries', () => {
    expect(sum()).toBe(0);
    expect(sum(1_500_000_000, 570_000_000_000)).toBe(571_500_000_000);
    expect(sum(5, -3)).toBe(2);
    expect(sum(MAX_RUPIAH, 0)).toBe(MAX_RUPIAH);
  });

  it('is refused beyond', () => {
    expect(() => sum(MAX_RUPIAH, 1)).toThrow(MoneyOverflow);
    expect(() => sum(MAX_RUPIAH, MAX_RUPIAH, -MAX_RUPIAH)).toThrow(MoneyOverflow);
    expect(() => sum(-MAX_RUPIAH, -1)).toThrow(MoneyOverflow);
  });
});

describe('a split of money', () => {
  it('gives the rupiah left over to the parts that lost most, the first of equals first', () => {
    expect(split(100, equal(3))).toEqual([34, 33, 33]);
    expect(split(101, equal(3))).toEqual([34, 34, 33]);
    expect(split(1, decimals('1', '2'))).toEqual([0, 1]);
    expect(split(10, decimals('0.5', '1.5', '1'))).toEqual([2, 5, 3]);
    expect(split(7, decimals('0', '0.0001', '0'))).toEqual([0, 7, 0]);
    expect(split(0, equal(4))).toEqual([0, 0, 0, 0]);
    expect(split(MAX_RUPIAH, equal(1))).toEqual([MAX_RUPIAH]);
    expect(split(MAX_RUPIAH, equal(2))).toEqual([4_503_599_627_370_496, 4_503_599_627_370_495]);
  });

  it('needs an amount and something to share it by', () => {
    expect(() => split(1, [])).toThrow(RangeError);
    expect(() => split(1, [ZERO, ZERO])).toThrow('at least one share above 0');
    expect(() => split(1, [fraction(-1), fraction(2)])).toThrow(RangeError);
    expect(() => split(-1, equal(2))).toThrow(RangeError);
    expect(() => split(0.5, equal(2))).toThrow(RangeError);
  });

  const amount = fc.oneof(
    fc.nat({ max: 100 }),
    fc.nat({ max: 1_000_000_000_000 }),
    fc.integer({ min: 0, max: MAX_RUPIAH }),
  );
  const share = fc.oneof(
    fc.constant(ZERO),
    fc.tuple(fc.nat({ max: 20 }), fc.constantFrom(1, 2, 3, 7)).map(([n, d]) => fraction(n, d)),
    fc.nat({ max: 9_999_999 }).map((units) => fraction(units, 10_000)),
  );
  const shares = fc
    .array(share, { minLength: 1, maxLength: 12 })
    .filter((all) => all.some(({ n }) => n > 0n));

  it('sums to the total, each part within a rupiah of exact, and always the same (10,000 splits)', () => {
    let splits = 0;
    fc.assert(
      fc.property(amount, shares, fc.integer({ min: 1, max: 1000 }), (total, by, scale) => {
        const parts = split(total, by);
        splits++;
        const same = (others: readonly number[]) => others.every((other, n) => other === parts[n]);
        const all = (good: (n: number) => boolean) => parts.every((_, n) => good(n));
        // Exact: total x share / sum of shares, as integers over one denominator.
        const common = by.reduce((product, { d }) => product * d, 1n);
        const weights = by.map(({ n, d }) => (n * common) / d);
        const whole = weights.reduce((sum, weight) => sum + weight, 0n);
        const off = parts.map((part, n) => BigInt(part) * whole - BigInt(total) * (weights[n] as bigint));
        const scaled = by.map((each) => times(each, fraction(scale, 7)));
        expect({
          parts: parts.length,
          total: parts.reduce((sum, part) => sum + BigInt(part), 0n),
          withinOne: off.every((each) => each < whole && each > -whole),
          moreForMore: all((n) => all((m) => weights[m]! >= weights[n]! || parts[m]! <= parts[n]!)),
          again: same(split(total, by)),
          inOtherUnits: same(split(total, scaled)),
        }).toEqual({
          parts: by.length,
          total: BigInt(total),
          withinOne: true,
          moreForMore: true,
          again: true,
          inOtherUnits: true,
        });
      }),
      { numRuns: 10_000 },
    );
    expect(splits).toBe(10_000);
  });
});

describe('an amount on the wire', () => {
  it.each([0, 1, 1_500_000_000, MAX_RUPIAH])('may be %p', (value) => {
    expect(rupiahSchema.safeParse(value).success).toBe(true);
    expect(positiveRupiahSchema.safeParse(value).success).toBe(value > 0);
  });
  it.each([-1, 0.5, MAX_RUPIAH + 1, Number.NaN, Infinity, '100', null])('is never %p', (value) => {
    expect(rupiahSchema.safeParse(value).success).toBe(false);
    expect(positiveRupiahSchema.safeParse(value).success).toBe(false);
  });
});
