import { said } from '@jejak/core';
import { type Rule, ruleSchema, ruleRefusal } from '@jejak/domain';
import { z } from 'zod';
import { programmeOf } from '../cut-off';
import { type Documents, InvalidParams } from '../query';
import type { AppliedRule } from './figures';

/** The parameter of questions that can be asked by another rule than the programme's. */
export const ruleParam = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({
        code: 'custom',
        message: said({ en: 'Give a rule, as JSON.', id: 'Isi dengan aturan, sebagai JSON.' }),
      });
      return z.NEVER;
    }
  })
  .pipe(ruleSchema)
  .optional()
  .describe('another rule (JSON) to figure it out by');

/**
 * A rule that is none of the programme's, to be applied to it all the same. Needs `PROGRAMME_NEED`.
 *
 * @throws InvalidParams where the programme could not have the rule; NotFound where it had not been established yet
 */
export function foreign(documents: Documents, rule: Rule): AppliedRule {
  const dimensions = programmeOf(documents).dimensions.map(({ code }) => code.toLowerCase());
  const refusal = ruleRefusal(rule, dimensions, 'rule/weights');
  if (refusal !== undefined) {
    throw new InvalidParams([
      { field: refusal.field ?? 'rule', message: { en: refusal.sentence('en'), id: refusal.sentence('id') } },
    ]);
  }
  return { rule, version: null };
}
