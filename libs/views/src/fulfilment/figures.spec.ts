import { DEFAULT_RULE, type Fraction, fraction, ONE, type Rule, ZERO } from '@jejak/domain';
import { type Figures, figuresOf, type Part } from './figures';

const dimension = (code: string) => ({ code, name: code });

/** So many actions of a dimension, the first of which count. */
function parts(code: string, counted: number, all: number, weight: Fraction = ONE): Part[] {
  return Array.from({ length: all }, (_, n) => ({
    code: `${code}-${String(n + 1)}`,
    dimension: code,
    weight,
    value: n < counted ? ONE : ZERO,
  }));
}

function figures(
  rule: Partial<Rule>,
  all: readonly Part[],
  codes = [...new Set(all.map((part) => part.dimension))],
): Figures {
  return figuresOf({ rule: { ...DEFAULT_RULE, ...rule }, version: 1 }, codes.map(dimension), all);
}

const malang = [
  ...parts('governance', 9, 9),
  ...parts('living', 9, 9),
  ...parts('society', 9, 9),
  ...parts('environment', 9, 9),
  ...parts('branding', 8, 9),
  ...parts('economy', 6, 7),
];

describe('the published case of Malang', () => {
  it('is the pooled figure of 50 of 52 actions', () => {
    expect(figures({}, malang).programme).toEqual({
      numerator: '50',
      denominator: '52',
      exact: '25/26',
      displayed: '96.2',
      rule: DEFAULT_RULE.name,
      ruleVersion: 1,
    });
  });

  it('has the dimensions 100, 100, 100, 100, 89, 86', () => {
    const { dimensions } = figures({}, malang);
    expect(dimensions.map(({ figure }) => figure?.displayed)).toEqual([
      '100',
      '100',
      '100',
      '100',
      '89',
      '86',
    ]);
    expect(dimensions[4]?.figure).toMatchObject({ numerator: '8', denominator: '9', exact: '8/9' });
    expect(dimensions[4]?.counted).toHaveLength(8);
    expect(dimensions[4]?.missing).toEqual(['branding-9']);
  });

  it('is 181/189, shown as 95.77, as a mean of exact fractions: not 95.83, the mean of the published roundings', () => {
    const { programme } = figures({ combine: 'mean', digits: { dimension: 0, programme: 2 } }, malang);
    expect(programme).toMatchObject({
      numerator: '181',
      denominator: '189',
      exact: '181/189',
      displayed: '95.77',
    });
  });
});

describe('rounding', () => {
  it('is half up, from the exact value, to the digits of the level', () => {
    const digits = { dimension: 1, programme: 0 };
    // 1/8 = 12.5 %, 5/8 = 62.5 %
    expect(figures({ digits }, parts('a', 1, 8)).programme?.displayed).toBe('13');
    expect(figures({ digits }, parts('a', 1, 8)).dimensions[0]?.figure?.displayed).toBe('12.5');
    expect(figures({ digits }, parts('a', 5, 8)).programme?.displayed).toBe('63');
  });
});

describe('a dimension without anything that weighs', () => {
  const all = [...parts('a', 1, 2), ...parts('c', 1, 1, ZERO)];

  it('has no figure and no part in the mean', () => {
    const { programme, dimensions } = figures({ combine: 'mean' }, all, ['a', 'b', 'c']);
    expect(dimensions.map(({ figure }) => figure?.exact ?? null)).toEqual(['1/2', null, null]);
    expect(dimensions[2]).toMatchObject({ counted: ['c-1'], missing: [] });
    expect(programme?.exact).toBe('1/2');
  });

  it('has none in given weights', () => {
    const weights = { A: '1', b: '3', c: '5' };
    expect(figures({ combine: 'given', weights }, all, ['a', 'b', 'c']).programme?.exact).toBe('1/2');
  });

  it.each(['pooled', 'mean', 'given'] as const)(
    'leaves the programme without a figure where there is no other: %s',
    (combine) => {
      const weights = { a: '1', b: '1' };
      expect(figures({ combine, weights }, [], ['a', 'b']).programme).toBeNull();
    },
  );

  it('leaves it without one where only what has no figure weighs', () => {
    const weights = { a: '0', b: '1' };
    expect(figures({ combine: 'given', weights }, parts('a', 1, 2), ['a', 'b']).programme).toBeNull();
  });
});

describe('given weights', () => {
  it('weigh dimensions, whatever the case of their codes', () => {
    const all = [...parts('a', 1, 2), ...parts('b', 1, 4)];
    const { programme } = figures({ combine: 'given', weights: { A: '3', b: '1.5' } }, all);
    // (3 * 1/2 + 1.5 * 1/4) / 4.5
    expect(programme).toMatchObject({ numerator: '5', denominator: '12', exact: '5/12', displayed: '41.7' });
  });
});

describe('numerator and denominator', () => {
  it('are the sums as decimals', () => {
    const all = [...parts('a', 1, 1, fraction(5, 2)), ...parts('a', 0, 1, fraction(1, 4))];
    expect(figures({}, all).programme).toMatchObject({
      numerator: '2.5',
      denominator: '2.75',
      exact: '10/11',
    });
  });

  it('are made whole together where a sum is no decimal', () => {
    const third: Part = { code: 'a-1', dimension: 'a', weight: ONE, value: fraction(1, 3) };
    const half: Part = { code: 'a-2', dimension: 'a', weight: ONE, value: fraction(1, 2) };
    const { programme, dimensions } = figures({ counts: 'progress' }, [third, half]);
    expect(programme).toMatchObject({ numerator: '5', denominator: '12', exact: '5/12' });
    expect(dimensions[0]).toMatchObject({ counted: [], missing: ['a-1', 'a-2'] });
  });

  it('stay exact for sums that no float holds', () => {
    const weight = fraction(9_007_199_254_740_993n);
    const { programme } = figures({}, parts('a', 1, 2, weight));
    expect(programme).toMatchObject({
      numerator: '9007199254740993',
      denominator: '18014398509481986',
      exact: '1/2',
    });
  });
});
