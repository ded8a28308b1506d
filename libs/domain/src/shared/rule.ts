import { defineRules, type Refusal } from '@jejak/core';
import { z } from 'zod';
import { compare, decimalSchema, fromDecimal, ZERO } from './fraction';
import { codeSchema, titleSchema } from './schema';

/** How fulfilment is figured out (semantics 6): data, versioned by its place among the programme's rules. */
export const ruleSchema = z.strictObject({
  name: titleSchema.describe('what the rule is called, such as "verified, pooled"'),
  counts: z.enum(['completed', 'verified', 'progress']).describe('what an action needs to count'),
  weighting: z
    .enum(['equal', 'weight', 'budget'])
    .describe('what an action weighs: 1, its weight, or its share of the ceilings in force'),
  combine: z.enum(['pooled', 'mean', 'given']).describe('how dimensions combine to the programme'),
  weights: z
    .record(codeSchema, decimalSchema)
    .optional()
    .describe('for `given`: the weight of each dimension'),
  digits: z.strictObject({ dimension: z.int().min(0).max(4), programme: z.int().min(0).max(4) }),
  rounding: z.literal('half-up'),
});
export type Rule = z.output<typeof ruleSchema>;

/** The rule of a programme that names none: verified actions, each worth the same, pooled. */
export const DEFAULT_RULE: Rule = {
  name: 'verified, pooled',
  counts: 'verified',
  weighting: 'equal',
  combine: 'pooled',
  digits: { dimension: 0, programme: 1 },
  rounding: 'half-up',
};

/** What a rule must be to be a programme's. */
export const ruleRules = defineRules({
  'weights-not-used': {
    en: 'The rule gives weights to dimensions but does not combine them by given weights.',
    id: 'Aturan memberi bobot pada dimensi tetapi tidak menggabungkannya menurut bobot yang ditentukan.',
  },
  'weights-not-the-dimensions': {
    en: 'A rule with given weights has one for each dimension and for nothing else: {dimensions}.',
    id: 'Aturan dengan bobot yang ditentukan memiliki satu bobot untuk setiap dimensi dan tidak untuk yang lain: {dimensions}.',
  },
  'weights-all-zero': {
    en: 'At least one dimension must weigh more than 0.',
    id: 'Sedikitnya satu dimensi harus berbobot lebih dari 0.',
  },
});

/**
 * Why a programme cannot have a rule: its weights are not exactly those of the dimensions, where it combines by given
 * weights, or are there where it does not.
 *
 * @param dimensions the programme's, in lower case
 * @param field where the weights are, in what was sent
 * @returns undefined where it can
 */
export function ruleRefusal(rule: Rule, dimensions: readonly string[], field: string): Refusal | undefined {
  const { combine, weights } = rule;
  if (combine !== 'given') {
    return weights === undefined ? undefined : ruleRules('weights-not-used', {}, field);
  }
  const given = Object.keys(weights ?? {}).map((code) => code.toLowerCase());
  const complete = dimensions.every((code) => given.includes(code));
  if (!complete || given.length !== dimensions.length) {
    return ruleRules('weights-not-the-dimensions', { dimensions: dimensions.join(', ') }, field);
  }
  const nothing = Object.values(weights ?? {}).every((weight) => compare(fromDecimal(weight), ZERO) === 0);
  return nothing ? ruleRules('weights-all-zero', {}, field) : undefined;
}
