import type { ActionEvent, Day } from '@jejak/domain';
import type { Source } from '../source';

/** What an action is from a day on. */
export interface PlanFact extends Source {
  readonly on: Day;
  readonly dimension: string;
  readonly weight: string;
  /** the whole target: that of the last quarter */
  readonly target: string;
}

export interface WithdrawalFact extends Source {
  readonly on: Day;
  /** the id of the plan that put it right, where it no longer stands */
  undone?: string;
}

export interface Verification extends Source {
  withdrawn?: Source;
}

export interface Completion extends Source {
  readonly on: Day;
  readonly verifications: Verification[];
  rejected?: Source;
  retracted?: Source;
}

export interface Progress extends Source {
  readonly on: Day;
  readonly realisation: string;
  voided?: Source;
}

/** What decides whether, from when and how far an action counts, in the log's order. Nothing is forgotten. */
export interface ActionFacts {
  /** as it is written */
  readonly code: string;
  /** the first is the planning itself: before its day there is no action */
  readonly plans: PlanFact[];
  readonly withdrawals: WithdrawalFact[];
  readonly completions: Completion[];
  readonly progress: Progress[];
}

/** The events that an action's part in a figure can depend on. */
export type CountedEvent = Exclude<ActionEvent, { type: 'ActionReassigned' | 'EvidenceAttached' }>;

/**
 * Puts what is kept of an event where it belongs among an action's facts.
 *
 * @param fact what the event says: a `PlanFact` for a plan, and so on
 * @returns the facts, changed in place
 * @throws Error where the event names something that is not there, which no decider lets happen
 */
export function placed(facts: ActionFacts | undefined, event: CountedEvent, fact: Source): ActionFacts {
  if (event.type === 'ActionPlanned') {
    const plans = [fact as PlanFact];
    return { code: event.data.code, plans, withdrawals: [], completions: [], progress: [] };
  }
  if (facts === undefined) throw new Error(`${event.type} of an action that was not planned`);
  switch (event.type) {
    case 'ActionReplanned': {
      const plan = fact as PlanFact;
      facts.plans.push(plan);
      // A plan of the very day of the withdrawal puts it right.
      const last = facts.withdrawals.at(-1);
      if (last?.undone !== undefined || last?.on !== plan.on) return facts;
      for (const withdrawal of facts.withdrawals) withdrawal.undone ??= plan.id;
      return facts;
    }
    case 'ActionWithdrawn':
      facts.withdrawals.push(fact as WithdrawalFact);
      return facts;
    case 'ProgressReported':
      facts.progress.push(fact as Progress);
      return facts;
    case 'ActionCompleted':
      facts.completions.push(fact as Completion);
      return facts;
    case 'CompletionVerified':
      byId(facts.completions, event.data.of).verifications.push(fact);
      return facts;
    case 'CompletionRejected':
      byId(facts.completions, event.data.corrects).rejected = fact;
      return facts;
    case 'CompletionRetracted':
      byId(facts.completions, event.data.corrects).retracted = fact;
      return facts;
    case 'ProgressVoided':
      byId(facts.progress, event.data.corrects).voided = fact;
      return facts;
    case 'VerificationWithdrawn': {
      const { corrects } = event.data;
      const verified = facts.completions.find((each) => each.verifications.some(({ id }) => id === corrects));
      byId(verified?.verifications ?? [], corrects).withdrawn = fact;
      return facts;
    }
    default:
      return event satisfies never;
  }
}

/** The whole target of a plan: its last quarter's. */
export function wholeTarget({
  quarters,
}: {
  readonly quarters: readonly { readonly target: string }[];
}): string {
  return quarters[quarters.length - 1]?.target ?? '0';
}

function byId<F extends Source>(facts: readonly F[], id: string): F {
  const fact = facts.findLast((each) => each.id === id);
  if (fact === undefined) throw new Error(`${id} is not there to be named`);
  return fact;
}
