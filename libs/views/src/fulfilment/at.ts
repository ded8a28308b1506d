import {
  type Day,
  DEFAULT_RULE,
  type Fraction,
  fraction,
  fromDecimal,
  ONE,
  over,
  plus,
  times,
  ZERO,
} from '@jejak/domain';
import { PROGRAMME_NEED, programmeOf } from '../cut-off';
import { latest } from '../dated';
import type { RuleFact } from '../programmes/view';
import type { Documents, Need } from '../query';
import { inForce, planOn, valueOn } from './counting';
import type { ActionFacts } from './facts';
import {
  type AppliedRule,
  type DimensionFigure,
  type Figure,
  figuresOf,
  ENGINE_VERSION,
  type Part,
} from './figures';
import type { CeilingFact, LineFacts } from './view';

/** What every figure needs. */
export const FIGURES_NEED: readonly Need[] = [PROGRAMME_NEED, { view: 'fulfilment' }];

/** The figures at a cut-off, with the rule that gave them. */
export interface FiguresAt {
  readonly cutOff: Day;
  readonly rule: AppliedRule['rule'];
  /** null for a rule that is none of the programme's */
  readonly ruleVersion: number | null;
  readonly engineVersion: number;
  readonly programme: Figure | null;
  readonly dimensions: readonly DimensionFigure[];
}

/** Every action of the programme, in the order of their codes. */
export function actionsOf(documents: Documents): readonly ActionFacts[] {
  return documents.list('fulfilment', 'action/').map(({ value }) => value as ActionFacts);
}

/** The fact of the rule in force at a cut-off; before the first one's day, the first. */
export function ruleFactAt(rules: readonly RuleFact[], cutOff: Day): RuleFact | undefined {
  return latest(rules, cutOff) ?? rules[0];
}

/**
 * The rule in force at a cut-off, or the programme's rule of a version.
 *
 * @throws NotFound where the programme had not been established yet
 */
export function ruleAt(documents: Documents, cutOff: Day, version?: number): AppliedRule {
  const { rules } = programmeOf(documents);
  const fact =
    version === undefined ? ruleFactAt(rules, cutOff) : rules.find((each) => each.version === version);
  return fact ?? { rule: DEFAULT_RULE, version: 0 };
}

/**
 * The figures at a cut-off; needs `FIGURES_NEED`.
 *
 * @param applied the rule; the one in force at the cut-off when undefined
 * @throws NotFound where the programme had not been established yet
 */
export function figuresAt(documents: Documents, cutOff: Day, applied = ruleAt(documents, cutOff)): FiguresAt {
  const { rule, version: ruleVersion } = applied;
  const weighing = weighingAt(documents, cutOff, applied);
  const parts = actionsOf(documents)
    .filter((action) => inForce(action, cutOff))
    .map((action) => partOf(action, cutOff, applied, weighing));
  const figures = figuresOf(applied, programmeOf(documents).dimensions, parts);
  return { cutOff, rule, ruleVersion, engineVersion: ENGINE_VERSION, ...figures };
}

/** What an action that is in the plan brings to the figures. */
export function partOf(action: ActionFacts, cutOff: Day, { rule }: AppliedRule, weighing: Weighing): Part {
  const plan = planOn(action.plans, cutOff);
  const weight = weighing(action);
  const value = valueOn(action, rule.counts, cutOff);
  return { code: action.code, dimension: plan.dimension.toLowerCase(), weight, value };
}

export type Weighing = (action: ActionFacts) => Fraction;

/** What each action weighs under the rule, at a cut-off. */
export function weighingAt(documents: Documents, cutOff: Day, { rule }: AppliedRule): Weighing {
  switch (rule.weighting) {
    case 'equal':
      return () => ONE;
    case 'weight':
      return (action) => fromDecimal(planOn(action.plans, cutOff).weight);
    case 'budget': {
      const weights = new Map<string, Fraction>();
      for (const { ceiling } of ceilingsAt(documents, cutOff)) {
        for (const { code, amount } of partsOf(ceiling))
          weights.set(code, plus(weights.get(code) ?? ZERO, amount));
      }
      return (action) => weights.get(action.code.toLowerCase()) ?? ZERO;
    }
    default:
      return rule.weighting satisfies never;
  }
}

/** The budget lines at a cut-off, each with the ceiling in force. */
export function ceilingsAt(
  documents: Documents,
  cutOff: Day,
): { readonly line: string; readonly ceiling: CeilingFact }[] {
  return documents.list('fulfilment', 'line/').flatMap(({ value }) => {
    const { code, ceilings } = value as LineFacts;
    const ceiling = latest(ceilings, cutOff);
    return ceiling === undefined ? [] : [{ line: code, ceiling }];
  });
}

/** What a line gives to each of its actions (codes in lower case): exactly, not in whole rupiah. */
export function partsOf({
  ceiling,
  actions,
}: CeilingFact): { readonly code: string; readonly amount: Fraction }[] {
  const shares = actions.map(({ code, share }) => ({ code: code.toLowerCase(), share: fromDecimal(share) }));
  const whole = shares.reduce((sum, { share }) => plus(sum, share), ZERO);
  return shares.map(({ code, share }) => ({ code, amount: over(times(fraction(ceiling), share), whole) }));
}
