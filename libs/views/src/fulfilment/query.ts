import { codeSchema, daySchema, ruleSchema } from '@jejak/domain';
import { z } from 'zod';
import { cutOffOf } from '../cut-off';
import type { Query } from '../query';
import { FIGURES_NEED, figuresAt, type FiguresAt } from './at';
import { type Explanation, explained } from './explain';

const cutOff = daySchema
  .optional()
  .describe('the last day that counts; today, or the last of the programme, when left out');

const rule = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'a rule, as JSON' });
      return z.NEVER;
    }
  })
  .pipe(ruleSchema)
  .optional()
  .describe('another rule (JSON) to figure it out by');

const fulfilmentParams = z.strictObject({ cutOff, rule });
export type FulfilmentParams = z.output<typeof fulfilmentParams>;

/** The official figures, and beside them those of another rule. */
export interface FulfilmentAnswer extends FiguresAt {
  readonly other?: FiguresAt;
}

/** How far the programme has come. */
export const fulfilment: Query<FulfilmentParams, FulfilmentAnswer> = {
  name: 'fulfilment',
  params: fulfilmentParams,
  needs: () => FIGURES_NEED,
  answer(documents, params, context) {
    const day = cutOffOf(documents, params.cutOff, context);
    const official = figuresAt(documents, day);
    if (params.rule === undefined) return official;
    return { ...official, other: figuresAt(documents, day, { rule: params.rule, version: null }) };
  },
};

const explainParams = z.strictObject({
  cutOff,
  rule,
  dimension: codeSchema
    .optional()
    .describe("the dimension whose figure it is; the programme's when left out"),
});
export type ExplainParams = z.output<typeof explainParams>;

/** How one figure came about, down to the events. */
export const explain: Query<ExplainParams, Explanation> = {
  name: 'explain',
  params: explainParams,
  needs: () => FIGURES_NEED,
  answer(documents, params, context) {
    return explained(documents, cutOffOf(documents, params.cutOff, context), params.dimension, params.rule);
  },
};
