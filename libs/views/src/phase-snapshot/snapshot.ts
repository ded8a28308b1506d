import type { Day, Rule } from '@jejak/domain';
import { budgetNeeds, budgetSummaryAt } from '../budget/query';
import { csrNeeds, csrSummaryAt } from '../csr/query';
import { FIGURES_NEED, figuresAt, ruleAt } from '../fulfilment/at';
import type { AppliedRule, Figures } from '../fulfilment/figures';
import type { Documents, Need } from '../query';

/** What a snapshot needs. */
export const snapshotNeeds: readonly Need[] = [...FIGURES_NEED, ...budgetNeeds, ...csrNeeds];

/** How a programme stands at a cut-off: the figures, the budget and the CSR money. Any part of it is JSON. */
export interface Snapshot {
  readonly programme: string;
  /** the phase's code, for the snapshot of a phase */
  readonly phase?: string;
  readonly cutOff: Day;
  readonly rule: Rule;
  readonly ruleVersion: number | null;
  readonly engineVersion: number;
  readonly figures: Figures;
  readonly budget: ReturnType<typeof budgetSummaryAt>;
  readonly csr: ReturnType<typeof csrSummaryAt>;
}

export interface SnapshotRequest {
  readonly programme: string;
  readonly cutOff: Day;
  readonly phase?: string;
  /** the one in force at the cut-off when undefined */
  readonly rule?: AppliedRule;
}

/**
 * The whole snapshot document: a pure function of the documents, which may be stored ones (known now) or folded from
 * the log up to an index (known then). What the process seal-phase puts into a seal.
 *
 * @throws NotFound where the programme had not been established yet
 */
export function liveSnapshot(
  documents: Documents,
  { programme, cutOff, phase, rule }: SnapshotRequest,
): Snapshot {
  const applied = rule ?? ruleAt(documents, cutOff);
  const { ruleVersion, engineVersion, programme: figure, dimensions } = figuresAt(documents, cutOff, applied);
  return {
    programme,
    ...(phase !== undefined && { phase }),
    cutOff,
    rule: applied.rule,
    ruleVersion,
    engineVersion,
    figures: { programme: figure, dimensions },
    budget: budgetSummaryAt(documents, cutOff),
    csr: csrSummaryAt(documents, cutOff),
  };
}
