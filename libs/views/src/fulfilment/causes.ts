import type { Day } from '@jejak/domain';
import { marksOf, type Source } from '../source';
import type { ActionFacts, Completion, Progress } from './facts';
import type { CeilingFact } from './view';

/** An event that had a hand in a figure. */
export interface Cause extends Source {
  readonly type: string;
  /** the day that it counts from; that of what it corrects or belongs to, for a correction or a verification */
  readonly on: Day;
}

/** A completion and what was said of it since. All of it takes the completion's date. */
export function completionCauses(completion: Completion): Cause[] {
  const { on, verifications, rejected, retracted } = completion;
  return [
    cause(completion, 'ActionCompleted', on),
    ...verifications.flatMap((each) => [
      cause(each, 'CompletionVerified', on),
      ...causeOf(each.withdrawn, 'VerificationWithdrawn', on),
    ]),
    ...causeOf(rejected, 'CompletionRejected', on),
    ...causeOf(retracted, 'CompletionRetracted', on),
  ];
}

export function progressCauses(report: Progress): Cause[] {
  return [
    cause(report, 'ProgressReported', report.on),
    ...causeOf(report.voided, 'ProgressVoided', report.on),
  ];
}

/** The plans of an action: the first and every change of it. */
export function planCauses({ plans }: ActionFacts): Cause[] {
  return plans.map((plan, n) => cause(plan, n === 0 ? 'ActionPlanned' : 'ActionReplanned', plan.on));
}

export function withdrawalCauses({ withdrawals }: Pick<ActionFacts, 'withdrawals'>): Cause[] {
  return withdrawals.map((withdrawal) => cause(withdrawal, 'ActionWithdrawn', withdrawal.on));
}

export function ceilingCause(ceiling: CeilingFact): Cause {
  return cause(ceiling, ceiling.type, ceiling.on);
}

export function cause(source: Source, type: string, on: Day): Cause {
  const { id, index } = source;
  return { id, index, type, on, ...marksOf(source) };
}

function causeOf(source: Source | undefined, type: string, on: Day): Cause[] {
  return source === undefined ? [] : [cause(source, type, on)];
}
