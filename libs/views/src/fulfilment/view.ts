import type { View } from '@jejak/core';
import type { ActionEvent, BudgetEvent, Day } from '@jejak/domain';
import { streamCode } from '../stream-code';
import { type ActionFacts, addFact, type CountedEvent, type Source } from './facts';

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
  version: 1,

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
    const { event, index, position } = recorded as { event: Counted; index: number; position: string };
    switch (event.type) {
      case 'BudgetAllocated':
      case 'BudgetRevised': {
        const { effectiveOn: on, ceiling, actions } = event.data;
        const fact: CeilingFact = {
          type: event.type,
          id: event.id,
          index,
          ...(event.meta.reason !== undefined && { reasoned: true }),
          on,
          ceiling,
          actions,
        };
        if (event.type === 'BudgetAllocated') return { code: event.data.line, ceilings: [fact] };
        if (document === undefined || !('ceilings' in document))
          throw new Error('a revision before its allocation');
        document.ceilings.push(fact);
        return document;
      }
      default:
        return addFact(document as ActionFacts | undefined, { event, index, position }).facts;
    }
  },
};
