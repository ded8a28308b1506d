import type { Day, Rule } from '@jejak/domain';
import { actionsOf } from '../fulfilment/at';
import {
  type Cause,
  ceilingCause,
  completionCauses,
  planCauses,
  progressCauses,
  withdrawalCauses,
} from '../fulfilment/causes';
import type { LineFacts } from '../fulfilment/view';
import type { Documents } from '../query';
import { liveSnapshot, type Snapshot } from './snapshot';
import type { PhaseDocument, SealDocument } from './view';

/** An event after the closing that concerns what the seal counted: its date is not after the cut-off. */
export interface Difference extends Cause {
  readonly stream: 'action' | 'budget';
  /** of the action or the budget line, as it is written */
  readonly code: string;
  /** recorded while a closing was in force, not while the phase was reopened */
  readonly late: boolean;
  /** a late report or change that says no reason: it slipped past the door */
  readonly withoutReason: boolean;
}

/** A seal beside the same question asked of what is known now. */
export interface Restated {
  readonly phase: string;
  readonly seal: number;
  readonly cutOff: Day;
  readonly closing: SealDocument['closing'];
  readonly sealed: SealDocument['snapshot'];
  /** the same cut-off and rule, known now */
  readonly restated: Snapshot;
  /** the events that make the difference between the figures, in the log's order */
  readonly difference: readonly Difference[];
}

/** Needs `snapshotNeeds` and the documents of the phase and the seal. */
export function restatedOf(
  documents: Documents,
  programme: string,
  phase: PhaseDocument,
  seal: SealDocument,
): Restated {
  const { cutOff, closing, rule, ruleVersion } = seal;
  const restated = liveSnapshot(documents, {
    programme,
    cutOff,
    phase: phase.code,
    rule: { rule, version: ruleVersion },
  });
  const since = ({ index, on }: Cause): boolean => index > closing.index && on <= cutOff;
  const difference = concerning(documents, rule)
    .filter(since)
    .map((each): Difference => {
      const late = closedBefore(phase, each.index);
      return { ...each, late, withoutReason: late && REASONED.has(each.type) && each.reasoned !== true };
    })
    .sort((a, b) => a.index - b.index);
  return {
    phase: phase.code,
    seal: seal.number,
    cutOff,
    closing,
    sealed: seal.snapshot,
    restated,
    difference,
  };
}

/** The reports and changes: what the door asks a reason of when they come late. */
const REASONED: ReadonlySet<string> = new Set([
  'ActionPlanned',
  'ActionReplanned',
  'ActionWithdrawn',
  'ProgressReported',
  'ActionCompleted',
  'BudgetAllocated',
  'BudgetRevised',
]);

type Concerning = Cause & Pick<Difference, 'stream' | 'code'>;

/** Every event that figures under the rule can depend on. */
function concerning(documents: Documents, rule: Rule): Concerning[] {
  const ofActions = actionsOf(documents).flatMap((action): Concerning[] => {
    const causes = [
      ...planCauses(action),
      ...withdrawalCauses(action),
      ...action.completions.flatMap(completionCauses),
      ...(rule.counts === 'progress' ? action.progress.flatMap(progressCauses) : []),
    ];
    return causes.map((each) => ({ ...each, stream: 'action', code: action.code }));
  });
  if (rule.weighting !== 'budget') return ofActions;
  const ofLines = documents.list('fulfilment', 'line/').flatMap(({ value }): Concerning[] => {
    const { code, ceilings } = value as LineFacts;
    return ceilings.map((ceiling) => ({ ...ceilingCause(ceiling), stream: 'budget', code }));
  });
  return [...ofActions, ...ofLines];
}

/** Whether a closing of the phase was in force when the event of that index was recorded. */
function closedBefore({ closings, reopenings }: PhaseDocument, index: number): boolean {
  const last = (events: readonly { readonly index: number }[]): number =>
    events.findLast((event) => event.index < index)?.index ?? -1;
  return last(closings) > last(reopenings);
}
