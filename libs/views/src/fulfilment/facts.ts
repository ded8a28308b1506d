import type { ProgrammeEvent } from '@jejak/core';
import type { ActionEvent, Day } from '@jejak/domain';

/** The event that a fact comes from. */
export interface Source {
  readonly id: string;
  readonly index: number;
  /** whether the event says why */
  readonly reasoned?: true;
}

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

function sourceOf({ event, index }: ProgrammeEvent): Source {
  return event.meta.reason === undefined ? { id: event.id, index } : { id: event.id, index, reasoned: true };
}

/**
 * Adds an event's fact to an action's.
 *
 * @returns the facts (changed in place), and the fact that was added or corrected
 * @throws Error where the event names something that is not there, which no decider lets happen
 */
export function addFact(
  facts: ActionFacts | undefined,
  recorded: ProgrammeEvent<CountedEvent>,
): { readonly facts: ActionFacts; readonly fact: Source } {
  const { event } = recorded;
  const source = sourceOf(recorded);
  if (event.type === 'ActionPlanned') {
    const plan = planFact(source, event.data);
    const planned = { code: event.data.code, plans: [plan], withdrawals: [], completions: [], progress: [] };
    return { facts: planned, fact: plan };
  }
  if (facts === undefined) throw new Error(`${event.type} of an action that was not planned`);
  return { facts, fact: fold(facts, event, source) };
}

function fold(
  facts: ActionFacts,
  event: Exclude<CountedEvent, { type: 'ActionPlanned' }>,
  source: Source,
): Source {
  switch (event.type) {
    case 'ActionReplanned':
      return pushed(facts.plans, planFact(source, event.data));
    case 'ActionWithdrawn':
      return pushed(facts.withdrawals, { ...source, on: event.data.effectiveOn });
    case 'ProgressReported': {
      const { occurredOn: on, realisation } = event.data;
      return pushed(facts.progress, { ...source, on, realisation });
    }
    case 'ActionCompleted':
      return pushed<Completion>(facts.completions, {
        ...source,
        on: event.data.occurredOn,
        verifications: [],
      });
    case 'CompletionVerified':
      return pushed<Verification>(byId(facts.completions, event.data.of).verifications, { ...source });
    case 'CompletionRejected':
      return (byId(facts.completions, event.data.corrects).rejected = source);
    case 'CompletionRetracted':
      return (byId(facts.completions, event.data.corrects).retracted = source);
    case 'ProgressVoided':
      return (byId(facts.progress, event.data.corrects).voided = source);
    case 'VerificationWithdrawn': {
      const { corrects } = event.data;
      const verified = facts.completions.find((each) => each.verifications.some(({ id }) => id === corrects));
      return (byId(verified?.verifications ?? [], corrects).withdrawn = source);
    }
    default:
      return event satisfies never;
  }
}

function planFact(source: Source, data: Extract<ActionEvent, { type: 'ActionReplanned' }>['data']): PlanFact {
  const { effectiveOn: on, dimension, weight, targets } = data;
  return { ...source, on, dimension, weight, target: targets.quarters.at(-1)?.target ?? '0' };
}

function pushed<F>(facts: F[], fact: F): F {
  facts.push(fact);
  return fact;
}

function byId<F extends Source>(facts: readonly F[], id: string): F {
  const fact = facts.findLast((each) => each.id === id);
  if (fact === undefined) throw new Error(`${id} is not there to be named`);
  return fact;
}
