import { DEFAULT_RULE, ruleSchema } from './rule';

const fits = (more: object) => ruleSchema.safeParse({ ...DEFAULT_RULE, ...more }).success;

describe('a rule of fulfilment', () => {
  it('is data, and the default one is a rule', () => {
    expect(ruleSchema.parse(DEFAULT_RULE)).toEqual(DEFAULT_RULE);
    expect(DEFAULT_RULE).toMatchObject({ counts: 'verified', weighting: 'equal', combine: 'pooled' });
  });

  it.each([
    { counts: 'completed' },
    { counts: 'progress' },
    { weighting: 'weight' },
    { weighting: 'budget' },
    { combine: 'mean' },
    { combine: 'given', weights: { Branding: '0.25', constructor: '1' } },
    { digits: { dimension: 4, programme: 0 } },
  ])('may be %j', (more) => {
    expect(fits(more)).toBe(true);
  });

  it.each([
    { counts: 'planned' },
    { weighting: 'none' },
    { combine: 'median' },
    { rounding: 'half-even' },
    { digits: { dimension: 5, programme: 1 } },
    { digits: { dimension: -1, programme: 1 } },
    { digits: { dimension: 0 } },
    { weights: { 'not a code': '1' } },
    { weights: { branding: '-1' } },
    { weights: { branding: 1 } },
    { name: ' ' },
    { other: true },
  ])('is never %j', (more) => {
    expect(fits(more)).toBe(false);
  });
});
