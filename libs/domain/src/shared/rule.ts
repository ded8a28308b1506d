import { z } from 'zod';
import { decimalSchema } from './fraction';
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
