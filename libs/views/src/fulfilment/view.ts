import type { View } from '@jejak/core';
import type { ActionEvent, BudgetEvent, Day } from '@jejak/domain';
import { marked, type Source } from '../source';
import { streamCode } from '../stream-code';
import {
  type ActionFacts,
  type Completion,
  type CountedEvent,
  placed,
  type PlanFact,
  type Progress,
  wholeTarget,
  type WithdrawalFact,
} from './facts';

/** What a budget line gives and to which actions, from a day on. */
export interface CeilingFact extends Source {
  readonly type: 'BudgetAllocated' | 'BudgetRevised';
  readonly on: Day;
  /** rupiah */
  readonly ceiling: number;
  readonly actions: readonly { readonly code: string; readonly share: string }[];
}

/** The document of a budget line, `line/<code>`: what the weighting `budget` needs of it, in the log's order. */
export interface LineFacts {
  /** as it is written */
  readonly code: string;
  readonly ceilings: CeilingFact[];
}

type Counted = CountedEvent | Extract<BudgetEvent, { type: 'BudgetAllocated' | 'BudgetRevised' }>;

const NONE: readonly string[] = [];

/**
 * What counts towards the figures: a document for each action, `action/<code>`, and for each budget line,
 * `line/<code>`. What the programme is, its rules with it, is in the view `programmes`.
 */
export const fulfilmentView: View<ActionFacts | LineFacts, ActionEvent | BudgetEvent> = {
  name: 'fulfilment',
  version: 2,

  keys(event) {
    switch (event.type) {
      case 'ActionPlanned':
      case 'ActionReplanned':
      case 'ActionWithdrawn':
      case 'ProgressReported':
      case 'ActionCompleted':
      case 'CompletionVerified':
      case 'CompletionRejected':
      case 'CompletionRetracted':
      case 'ProgressVoided':
      case 'VerificationWithdrawn':
        return [`action/${streamCode(event)}`];
      case 'BudgetAllocated':
      case 'BudgetRevised':
        return [`line/${streamCode(event)}`];
      default:
        return NONE;
    }
  },

  fold(document, recorded) {
    const { event, index } = recorded as { event: Counted; index: number };
    const fact = marked(factOf(event, index), event.meta);
    switch (event.type) {
      case 'BudgetAllocated':
        return { code: event.data.line, ceilings: [fact as CeilingFact] };
      case 'BudgetRevised':
        if (document === undefined || !('ceilings' in document))
          throw new Error('a revision before its allocation');
        document.ceilings.push(fact as CeilingFact);
        return document;
      default:
        return placed(document as ActionFacts | undefined, event, fact);
    }
  },
};

/** What counts of an event. Literals, each whole: a fold of a million events has no time for spreading objects. */
function factOf(event: Counted, index: number): Source {
  const { id } = event;
  switch (event.type) {
    case 'ActionPlanned':
    case 'ActionReplanned': {
      const { effectiveOn: on, dimension, weight, targets } = event.data;
      const plan: PlanFact = { id, index, on, dimension, weight, target: wholeTarget(targets) };
      return plan;
    }
    case 'ActionWithdrawn': {
      const withdrawal: WithdrawalFact = { id, index, on: event.data.effectiveOn };
      return withdrawal;
    }
    case 'ProgressReported': {
      const progress: Progress = {
        id,
        index,
        on: event.data.occurredOn,
        realisation: event.data.realisation,
      };
      return progress;
    }
    case 'ActionCompleted': {
      const completion: Completion = { id, index, on: event.data.occurredOn, verifications: [] };
      return completion;
    }
    case 'BudgetAllocated':
    case 'BudgetRevised': {
      const { effectiveOn: on, ceiling, actions } = event.data;
      const fact: CeilingFact = { id, index, type: event.type, on, ceiling, actions };
      return fact;
    }
    case 'CompletionVerified':
    case 'CompletionRejected':
    case 'CompletionRetracted':
    case 'ProgressVoided':
    case 'VerificationWithdrawn':
      return { id, index };
    default:
      return event satisfies never;
  }
}
