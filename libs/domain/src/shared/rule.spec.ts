import { DEFAULT_RULE, type Rule, ruleRefusal, ruleSchema } from './rule';

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

describe('a rule that a programme can have', () => {
  const refusal = (more: Partial<Rule>) =>
    ruleRefusal({ ...DEFAULT_RULE, ...more }, ['living', 'economy'], 'weights');

  it('weighs exactly its dimensions, in any case, where weights are given, and none elsewhere', () => {
    expect(refusal({})).toBeUndefined();
    expect(refusal({ combine: 'given', weights: { Living: '0', ECONOMY: '1' } })).toBeUndefined();
  });

  it.each<[Partial<Rule>, string]>([
    [{ weights: {} }, 'weights-not-used'],
    [{ combine: 'mean', weights: { living: '1', economy: '1' } }, 'weights-not-used'],
    [{ combine: 'given' }, 'weights-not-the-dimensions'],
    [{ combine: 'given', weights: { living: '1', other: '1' } }, 'weights-not-the-dimensions'],
    [{ combine: 'given', weights: { living: '1', Living: '1' } }, 'weights-not-the-dimensions'],
    [{ combine: 'given', weights: { living: '0', economy: '0.00' } }, 'weights-all-zero'],
  ])('is not %j', (more, code) => {
    expect(refusal(more)).toMatchObject({ code, field: 'weights' });
  });
});
