import { codeSchema, daySchema } from '@jejak/domain';
import { z } from 'zod';
import { cutOffOf } from '../cut-off';
import type { Query } from '../query';
import { FIGURES_NEED, figuresAt, type FiguresAt } from './at';
import { type Explanation, explained } from './explain';
import { foreign, ruleParam } from './rule-param';

const cutOff = daySchema
  .optional()
  .describe('the last day that counts; today, or the last of the programme, when left out');

const fulfilmentParams = z.strictObject({ cutOff, rule: ruleParam });
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
    return { ...official, other: figuresAt(documents, day, foreign(documents, params.rule)) };
  },
};

const explainParams = z.strictObject({
  cutOff,
  rule: ruleParam,
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
    const day = cutOffOf(documents, params.cutOff, context);
    const other = params.rule === undefined ? undefined : foreign(documents, params.rule);
    return explained(documents, day, params.dimension, other);
  },
};
