import type { View } from '@jejak/core';
import type { ActionEvent, Day } from '@jejak/domain';
import {
  type ActionFacts,
  type Completion,
  placed,
  type PlanFact,
  type Progress,
  wholeTarget,
  type WithdrawalFact,
} from '../fulfilment/facts';
import type { Source } from '../source';
import { streamCode } from '../stream-code';

/** Who reported it, for which agency, and when it was recorded (ISO, UTC). */
export interface Told {
  readonly by: string;
  readonly agency?: string;
  readonly recordedAt: string;
  readonly reason?: string;
}

export type Plan = PlanFact &
  Told &
  Pick<Extract<ActionEvent, { type: 'ActionReplanned' }>['data'], 'title' | 'kind' | 'targets'>;

export interface AgenciesFact extends Source, Told {
  readonly on: Day;
  readonly lead: string;
  readonly supporting: readonly string[];
}

type Note = { readonly note?: string };
type Said = Source & Told & Note;

/** A completion as it was reported, and what was said of it since. */
export interface CompletionTold extends Completion, Told, Note {
  readonly verifications: (Said & { withdrawn?: Said })[];
  rejected?: Said;
  retracted?: Said;
}

type ReportData = Extract<ActionEvent, { type: 'ProgressReported' }>['data'];

/** A quarterly report, with what was said in it. */
export interface ProgressTold
  extends
    Progress,
    Told,
    Pick<ReportData, 'quarter' | 'explanation' | 'supporting' | 'hindering' | 'followUp'> {
  voided?: Said;
}

export interface EvidenceTold extends Source, Told {
  /** the id of the report that it proves */
  readonly of: string;
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: number;
}

/** The document of an action, `action/<code>`: all that was ever said of it, in the log's order. */
export interface ActionDocument extends ActionFacts {
  readonly plans: Plan[];
  readonly agencies: AgenciesFact[];
  readonly withdrawals: (WithdrawalFact & Told)[];
  readonly completions: CompletionTold[];
  readonly progress: ProgressTold[];
  readonly evidence: EvidenceTold[];
  readonly carriedFrom?: { readonly programme: string; readonly action: string };
  /** of the action's stream */
  revision: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const NONE: readonly string[] = [];

/** The actions of the plan, one document for each. */
export const actionsView: View<ActionDocument, ActionEvent> = {
  name: 'actions',
  version: 2,

  keys(event) {
    return event.stream.startsWith('action-') ? [`action/${streamCode(event)}`] : NONE;
  },

  fold(document, { event, index }) {
    const action = folded(document, event, index);
    action.revision = event.revision;
    return action;
  },
};

function folded(document: ActionDocument | undefined, event: ActionEvent, index: number): ActionDocument {
  const fact = told(event, index);
  const { actor, reason } = event.meta;
  const agency = actor.onBehalfOf ?? actor.agency;
  if (agency !== undefined) fact.agency = agency;
  if (reason !== undefined) fact.reason = reason;
  switch (event.type) {
    case 'ActionReassigned':
    case 'EvidenceAttached':
      if (document === undefined) throw new Error(`${event.type} of an action that was not planned`);
      if (event.type === 'ActionReassigned') document.agencies.push(fact as AgenciesFact);
      else document.evidence.push(fact as EvidenceTold);
      return document;
    case 'ActionPlanned': {
      const planned = placed(undefined, event, fact) as Writable<ActionDocument>;
      const { effectiveOn: on, lead, supporting, carriedFrom } = event.data;
      const agencies: AgenciesFact = {
        id: event.id,
        index,
        on,
        by: actor.subject,
        recordedAt: event.recordedAt,
        lead,
        supporting,
      };
      planned.agencies = [agencies];
      planned.evidence = [];
      if (carriedFrom !== undefined) planned.carriedFrom = carriedFrom;
      return planned;
    }
    default:
      return placed(document, event, fact) as ActionDocument;
  }
}

type Telling = Source & Writable<Told>;

/**
 * What an event says: what counts, as the figures have it, and beside that who, when and what in words. Literals, each
 * whole: a fold of a million events has no time for spreading objects.
 */
function told(event: ActionEvent, index: number): Telling {
  const { id, recordedAt } = event;
  const by = event.meta.actor.subject;
  switch (event.type) {
    case 'ActionPlanned':
    case 'ActionReplanned': {
      const { effectiveOn: on, dimension, weight, targets, title, kind } = event.data;
      const target = wholeTarget(targets);
      const plan: Plan = { id, index, on, by, recordedAt, dimension, weight, target, title, kind, targets };
      return plan;
    }
    case 'ActionReassigned': {
      const { effectiveOn: on, lead, supporting } = event.data;
      const agencies: AgenciesFact = { id, index, on, by, recordedAt, lead, supporting };
      return agencies;
    }
    case 'ActionWithdrawn': {
      const withdrawal: WithdrawalFact & Told = { id, index, on: event.data.effectiveOn, by, recordedAt };
      return withdrawal;
    }
    case 'ProgressReported': {
      const {
        occurredOn: on,
        realisation,
        quarter,
        explanation,
        supporting,
        hindering,
        followUp,
      } = event.data;
      const report: Writable<ProgressTold> = { id, index, on, by, recordedAt, realisation, quarter };
      if (explanation !== undefined) report.explanation = explanation;
      if (supporting !== undefined) report.supporting = supporting;
      if (hindering !== undefined) report.hindering = hindering;
      if (followUp !== undefined) report.followUp = followUp;
      return report;
    }
    case 'ActionCompleted': {
      const { occurredOn: on, note } = event.data;
      const completion: Writable<CompletionTold> = { id, index, on, by, recordedAt, verifications: [] };
      if (note !== undefined) completion.note = note;
      return completion;
    }
    case 'CompletionVerified': {
      const verification: Writable<Said> = { id, index, by, recordedAt };
      if (event.data.note !== undefined) verification.note = event.data.note;
      return verification;
    }
    case 'EvidenceAttached': {
      const { of, digest, mediaType, bytes } = event.data;
      const evidence: EvidenceTold = { id, index, by, recordedAt, of, digest, mediaType, bytes };
      return evidence;
    }
    case 'CompletionRejected':
    case 'CompletionRetracted':
    case 'ProgressVoided':
    case 'VerificationWithdrawn':
      return { id, index, by, recordedAt };
    default:
      return event satisfies never;
  }
}
