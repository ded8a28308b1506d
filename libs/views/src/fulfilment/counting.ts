import {
  compare,
  type Day,
  type Fraction,
  fromDecimal,
  least,
  ONE,
  over,
  type Rule,
  ZERO,
} from '@jejak/domain';
import { latest } from '../dated';
import type { ActionFacts, Completion, PlanFact, Progress, Verification } from './facts';

/** Whether the action is in the plan on a day: planned by then, and not withdrawn from then or an earlier day. */
export function inForce(action: ActionFacts, day: Day): boolean {
  const [planned] = action.plans;
  return planned !== undefined && planned.on <= day && withdrawnOn(action, day) === undefined;
}

/** The day from which the action is withdrawn, where that is the day asked for or an earlier one. */
export function withdrawnOn(action: ActionFacts, day: Day): Day | undefined {
  let first: Day | undefined;
  for (const { on, undone } of action.withdrawals) {
    if (undone === undefined && on <= day && (first === undefined || on < first)) first = on;
  }
  return first;
}

/** The plan in force on a day; before the first one, the first. */
export function planOn<P extends PlanFact>(plans: readonly P[], day: Day): P {
  return latest(plans, day) ?? (plans[0] as P);
}

export function stands({ rejected, retracted }: Completion): boolean {
  return rejected === undefined && retracted === undefined;
}

/** The completion that stands and lies on or before the day. */
export function completionBy<C extends Completion>(completions: readonly C[], day: Day): C | undefined {
  return completions.find((each) => each.on <= day && stands(each));
}

/** The verification of a completion that stands. It takes the completion's date. */
export function verificationOf<V extends Verification>(completion: {
  readonly verifications: readonly V[];
}): V | undefined {
  return completion.verifications.find((each) => each.withdrawn === undefined);
}

/** The last report of progress that stands, of those on or before the day. */
export function progressBy<P extends Progress>(reports: readonly P[], day: Day): P | undefined {
  return latest(
    reports.filter((each) => each.voided === undefined),
    day,
  );
}

/** How far the action has come by a day (semantics 2): realisation over the whole target in force, at most 1. */
export function progressOn(action: ActionFacts, day: Day): Fraction {
  const report = progressBy(action.progress, day);
  const target = fromDecimal(planOn(action.plans, day).target);
  if (report === undefined || compare(target, ZERO) === 0) return ZERO;
  return least(over(fromDecimal(report.realisation), target), ONE);
}

/** How much of the action counts by a day, from 0 to 1. */
export function valueOn(action: ActionFacts, counts: Rule['counts'], day: Day): Fraction {
  switch (counts) {
    case 'progress':
      return progressOn(action, day);
    case 'completed':
      return completionBy(action.completions, day) === undefined ? ZERO : ONE;
    case 'verified': {
      const completion = completionBy(action.completions, day);
      return completion !== undefined && verificationOf(completion) !== undefined ? ONE : ZERO;
    }
    default:
      return counts satisfies never;
  }
}
