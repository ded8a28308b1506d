import type { Day, LatePolicy } from '@jejak/domain';
import type { Source } from './source';
import { timeClassOf } from './time-class';

/** What lateness is a question of: an event, and the day on which it holds (that of what it corrects or proves). */
export interface Timed extends Omit<Source, 'id'> {
  readonly type: string;
  /** empty for a decision */
  readonly on: Day;
}

/** The index of a PhaseClosed, and the cut-off that it fixed. */
export interface ClosedPhase {
  readonly closing: number;
  readonly cutOff: Day;
}

/** A programme's policy for late reports and changes, in force from its index. */
export interface PolicyFact {
  readonly index: number;
  readonly policy: LatePolicy;
}

/**
 * Whether an event is late for a phase (semantics 5): recorded after a closing of it, of a day that the phase counts.
 *
 * @param phase the closing in force; for an answer about a seal, that seal's
 */
export function isLate(
  { index, on }: Pick<Timed, 'index' | 'on'>,
  { closing, cutOff }: ClosedPhase,
): boolean {
  return index > closing && on !== '' && on <= cutOff;
}

/** The policy in force where an event was recorded. Before the first is set, a reason is asked for. */
export function policyAt(policies: readonly PolicyFact[], index: number): LatePolicy {
  return policies.findLast((each) => each.index < index)?.policy ?? 'needs-reason';
}

/**
 * Whether a late event slipped past the door: a report or a change that the policy in force where it was recorded
 * does not let in. Corrections, attachments and decisions pass always.
 */
export function slippedPast(event: Timed, policies: readonly PolicyFact[]): boolean {
  const timeClass = timeClassOf(event.type);
  if (timeClass !== 'report' && timeClass !== 'change') return false;
  const policy = policyAt(policies, event.index);
  switch (policy) {
    case 'needs-reason':
      return event.reasoned !== true;
    case 'office-only':
      return event.office !== true;
    case 'refused':
      return true;
    default:
      return policy satisfies never;
  }
}
