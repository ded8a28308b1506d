import type { EventMeta, ProgrammeEvent, View } from '@jejak/core';
import type { ActionEvent, Day } from '@jejak/domain';
import {
  type ActionFacts,
  addFact,
  type Completion,
  type PlanFact,
  type Progress,
  type Source,
  type WithdrawalFact,
} from '../fulfilment/facts';
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

const NONE: readonly string[] = [];

/** The actions of the plan, one document for each. */
export const actionsView: View<ActionDocument, ActionEvent> = {
  name: 'actions',
  version: 1,

  keys(event) {
    return event.stream.startsWith('action-') ? [`action/${streamCode(event)}`] : NONE;
  },

  fold(document, recorded) {
    const folded = foldFact(document, recorded);
    folded.revision = recorded.event.revision;
    return folded;
  },
};

function foldFact(
  document: ActionDocument | undefined,
  recorded: ProgrammeEvent<ActionEvent>,
): ActionDocument {
  const { event, index, position } = recorded;
  switch (event.type) {
    case 'ActionReassigned':
    case 'EvidenceAttached': {
      if (document === undefined) throw new Error(`${event.type} of an action that was not planned`);
      const { id } = event;
      if (event.type === 'ActionReassigned') {
        const { effectiveOn: on, lead, supporting } = event.data;
        document.agencies.push({ id, index, on, lead, supporting, ...told(event) });
      } else {
        const { of, digest, mediaType, bytes } = event.data;
        document.evidence.push({ id, index, of, digest, mediaType, bytes, ...told(event) });
      }
      return document;
    }
    default: {
      // The facts that count are those of the figures; here they also say who, when and what in words.
      const { facts, fact } = addFact(document, { event, index, position });
      Object.assign(fact, told(event), words(event));
      const folded = facts as ActionDocument;
      if (event.type !== 'ActionPlanned') return folded;
      const { effectiveOn: on, lead, supporting, carriedFrom } = event.data;
      const agencies = [{ id: event.id, index, on, lead, supporting, ...told(event) }];
      return Object.assign(folded, { agencies, evidence: [] }, carriedFrom && { carriedFrom });
    }
  }
}

function told({ recordedAt, meta }: { readonly recordedAt: string; readonly meta: EventMeta }): Told {
  const { actor, reason } = meta;
  const agency = actor.onBehalfOf ?? actor.agency;
  const said: { by: string; recordedAt: string; agency?: string; reason?: string } = {
    by: actor.subject,
    recordedAt,
  };
  if (agency !== undefined) said.agency = agency;
  if (reason !== undefined) said.reason = reason;
  return said;
}

function words(event: ActionEvent): object | undefined {
  switch (event.type) {
    case 'ActionPlanned':
    case 'ActionReplanned': {
      const { title, kind, targets } = event.data;
      return { title, kind, targets };
    }
    case 'ProgressReported': {
      const { occurredOn: _on, realisation: _realisation, ...said } = event.data;
      return said;
    }
    case 'ActionCompleted':
    case 'CompletionVerified':
      return event.data.note === undefined ? undefined : { note: event.data.note };
    default:
      return undefined;
  }
}
