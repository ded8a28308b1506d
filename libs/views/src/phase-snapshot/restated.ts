import type { Day, Rule } from '@jejak/domain';
import type { LineDocument } from '../budget/view';
import { programmeOf } from '../cut-off';
import type { ContributionDocument } from '../csr/view';
import { actionsOf } from '../fulfilment/at';
import {
  type Cause,
  cause,
  completionCauses,
  planCauses,
  progressCauses,
  withdrawalCauses,
} from '../fulfilment/causes';
import { isLate, slippedPast } from '../late';
import type { Documents } from '../query';
import { liveSnapshot, type Snapshot } from './snapshot';
import type { PhaseDocument, SealDocument } from './view';

/** An event after the closing that concerns what the seal counted: its date is not after the cut-off. */
export interface Difference extends Cause {
  readonly stream: 'action' | 'budget' | 'csr';
  /** of the action or the budget line, as it is written; of the contribution, in lower case */
  readonly code: string;
  /** by the seal's closing (semantics 5): that is, always */
  readonly late: true;
  /** a late report or change that the policy of its time does not let in: it slipped past the shut door */
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
  const { policies } = programmeOf(documents);
  const difference = concerning(documents, rule)
    .filter((each) => isLate(each, { closing: closing.index, cutOff }))
    .map((each): Difference => {
      const withoutReason = closedAt(phase, each.index) && slippedPast(each, policies);
      return { ...each, late: true, withoutReason };
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

type Concerning = Cause & Pick<Difference, 'stream' | 'code'>;

/** Every event that figures under the rule, or the sums of budget and CSR money, can depend on. */
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
  const ofLines = documents.list('budget', 'line/').flatMap(({ value }): Concerning[] => {
    const line = value as LineDocument;
    return lineCauses(line).map((each) => ({ ...each, stream: 'budget', code: line.code }));
  });
  const ofCsr = documents.list('csr', 'csr/').flatMap(({ value }): Concerning[] => {
    const contribution = value as ContributionDocument;
    return csrCauses(contribution).map((each) => ({ ...each, stream: 'csr', code: contribution.code }));
  });
  return [...ofActions, ...ofLines, ...ofCsr];
}

function lineCauses({
  ceilings,
  plans,
  disbursements,
  returns,
  physical,
  corrections,
}: LineDocument): Cause[] {
  return [
    ...ceilings.map((each, n) => cause(each, n === 0 ? 'BudgetAllocated' : 'BudgetRevised', each.on)),
    ...plans.map((each) => cause(each, 'BudgetPlanned', each.on)),
    ...disbursements.map((each) => cause(each, 'BudgetDisbursed', each.on)),
    ...returns.map((each) => cause(each, 'DisbursementReturned', each.on)),
    ...physical.map((each) => cause(each, 'PhysicalProgressReported', each.on)),
    ...corrections,
  ];
}

function csrCauses({ pledges, receipts, allocations, returns, corrections }: ContributionDocument): Cause[] {
  return [
    ...pledges.map((each) => cause(each, 'CsrPledged', each.on)),
    ...receipts.map((each) => cause(each, 'CsrReceived', each.on)),
    ...allocations.map((each) => cause(each, 'CsrAllocated', each.on)),
    ...returns.map((each) => cause(each, 'CsrReturned', each.on)),
    ...corrections,
  ];
}

/** Whether a closing of the phase was in force when the event of that index was recorded: the door was shut. */
function closedAt({ closings, reopenings }: PhaseDocument, index: number): boolean {
  const last = (events: readonly { readonly index: number }[]): number =>
    events.findLast((event) => event.index < index)?.index ?? -1;
  return last(closings) > last(reopenings);
}
