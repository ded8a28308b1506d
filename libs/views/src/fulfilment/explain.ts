import { compare, type Day, exactText, ONE, type Rule, sameCode, ZERO } from '@jejak/domain';
import { programmeOf } from '../cut-off';
import { type Documents, NotFound } from '../query';
import {
  actionsOf,
  ceilingsAt,
  figuresAt,
  type FiguresAt,
  partOf,
  partsOf,
  ruleAt,
  ruleFactAt,
  weighingAt,
} from './at';
import {
  type Cause,
  cause,
  ceilingCause,
  completionCauses,
  planCauses,
  progressCauses,
  withdrawalCauses,
} from './causes';
import { inForce, planOn, withdrawnOn } from './counting';
import type { ActionFacts } from './facts';
import type { AppliedRule } from './figures';

export interface ExplainedAction {
  readonly code: string;
  readonly dimension: string;
  /** exact numbers: `1`, `25/2` */
  readonly weight: string;
  readonly value: string;
  /** `withdrawn`: it was in the plan and no longer is, so that it weighs and counts 0 */
  readonly counts: 'whole' | 'part' | 'nothing' | 'withdrawn';
  /** in the log's order */
  readonly events: readonly Cause[];
}

export interface Explanation extends Omit<FiguresAt, 'programme'> {
  readonly figure: FiguresAt['programme'];
  /** the event that brought the rule; null for one that is none of the programme's */
  readonly ruleEvent: Cause | null;
  readonly actions: readonly ExplainedAction[];
}

/**
 * How a figure came about, down to the events: for each action that is in the plan its plan, its completions with
 * verifications and corrections, for `progress` its reports, for `budget` the ceilings that it has a share in; with
 * its plan what withdrew it, and what undid that.
 *
 * @param other a rule to be applied instead of the one in force at the cut-off
 * @param dimension the dimension whose figure it is; the programme's when undefined
 * @throws NotFound where there is no such dimension, or the programme had not been established yet
 */
export function explained(
  documents: Documents,
  cutOff: Day,
  dimension?: string,
  other?: AppliedRule,
): Explanation {
  const { dimensions: known, rules } = programmeOf(documents);
  const applied = other ?? ruleAt(documents, cutOff);
  const { programme, dimensions, ...rest } = figuresAt(documents, cutOff, applied);
  const asked = dimension === undefined ? known : known.filter(({ code }) => sameCode(code, dimension));
  if (asked.length === 0) throw new NotFound(`the programme has no dimension ${dimension ?? ''}`);
  const shown = dimensions.filter(({ code }) => asked.some((each) => each.code === code));
  const figure = dimension === undefined ? programme : (shown[0]?.figure ?? null);
  const weighing = weighingAt(documents, cutOff, applied);
  const shares = applied.rule.weighting === 'budget' ? shareCauses(documents, cutOff) : undefined;
  const actions = actionsOf(documents).flatMap((action): ExplainedAction[] => {
    if (!inForce(action, cutOff)) return withdrawn(action, cutOff, asked);
    const part = partOf(action, cutOff, applied, weighing);
    const own = asked.find(({ code }) => sameCode(code, part.dimension));
    if (own === undefined) return [];
    const { code, weight, value } = part;
    const counts = compare(value, ONE) === 0 ? 'whole' : compare(value, ZERO) === 0 ? 'nothing' : 'part';
    const causes = [...causesOf(action, cutOff, applied.rule), ...(shares?.get(code.toLowerCase()) ?? [])];
    const events = causes.sort((a, b) => a.index - b.index);
    return [
      { code, dimension: own.code, weight: exactText(weight), value: exactText(value), counts, events },
    ];
  });
  const fact = other === undefined ? ruleFactAt(rules, cutOff) : undefined;
  const ruleEvent = fact === undefined ? null : cause(fact, 'FulfilmentRuleRevised', fact.on);
  return { ...rest, figure, dimensions: shown, ruleEvent, actions };
}

/** An action that had been planned by the cut-off and withdrawn; none where it had not been planned yet. */
function withdrawn(
  action: ActionFacts,
  cutOff: Day,
  asked: readonly { readonly code: string }[],
): ExplainedAction[] {
  const [first] = action.plans;
  if (withdrawnOn(action, cutOff) === undefined || first === undefined || first.on > cutOff) return [];
  const { dimension } = planOn(action.plans, cutOff);
  const own = asked.find(({ code }) => sameCode(code, dimension));
  if (own === undefined) return [];
  const events = planned(action, cutOff).sort((a, b) => a.index - b.index);
  return [{ code: action.code, dimension: own.code, weight: '0', value: '0', counts: 'withdrawn', events }];
}

/** The planning, the change of it that is in force, and the withdrawals with the plans that undid them. */
function planned(action: ActionFacts, cutOff: Day): Cause[] {
  const plan = planOn(action.plans, cutOff);
  const withdrawn = action.withdrawals.filter(({ on }) => on <= cutOff);
  const undoing = new Set(withdrawn.map(({ undone }) => undone));
  return [
    ...planCauses(action).filter(({ id }, n) => n === 0 || id === plan.id || undoing.has(id)),
    ...withdrawalCauses({ withdrawals: withdrawn }),
  ];
}

function causesOf(action: ActionFacts, cutOff: Day, rule: Rule): Cause[] {
  const causes = planned(action, cutOff);
  causes.push(...action.completions.filter(({ on }) => on <= cutOff).flatMap(completionCauses));
  if (rule.counts === 'progress') {
    causes.push(...action.progress.filter(({ on }) => on <= cutOff).flatMap(progressCauses));
  }
  return causes;
}

function shareCauses(documents: Documents, cutOff: Day): Map<string, Cause[]> {
  const causes = new Map<string, Cause[]>();
  for (const { ceiling } of ceilingsAt(documents, cutOff)) {
    for (const { code } of partsOf(ceiling)) {
      const own = causes.get(code) ?? [];
      own.push(ceilingCause(ceiling));
      causes.set(code, own);
    }
  }
  return causes;
}
