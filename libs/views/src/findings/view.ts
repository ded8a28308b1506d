import type { View } from '@jejak/core';
import type { Day, FindingEvent } from '@jejak/domain';
import { type EvidenceEntry, evidenceEntry } from '../evidence';
import { streamCode } from '../stream-code';

/** BPK's states: 1 sesuai, 2 belum sesuai, 3 belum ditindaklanjuti, 4 tidak dapat ditindaklanjuti. */
export type State = 1 | 2 | 3 | 4;

interface Reported {
  readonly id: string;
  readonly on: Day;
}
/** What was done about a finding: the agency answers, the evaluator assesses. */
export type Step =
  | (Reported & { readonly kind: 'answer'; readonly answer: string })
  | (Reported & { readonly kind: 'assessment'; readonly state: State; readonly note?: string });

export interface Reminder {
  readonly id: string;
  /** a decision has no date of its own: when it was sent is when it was recorded */
  readonly recordedAt: string;
  readonly dueOn: Day;
}

/** The document of a finding, `finding/<code>`. Its facts are in the log's order. */
export interface FindingDocument {
  /** as it is written, as phase and agency are */
  readonly code: string;
  readonly id: string;
  readonly raisedOn: Day;
  readonly phase: string;
  readonly agency: string;
  readonly title: string;
  readonly description: string;
  readonly recommendation: string;
  /** the day by which it is to be answered */
  readonly dueOn: Day;
  readonly steps: Step[];
  readonly reminders: Reminder[];
  readonly evidence: EvidenceEntry[];
  /** of the finding's stream */
  revision: number;
}

const NONE: readonly string[] = [];

/** Findings and what became of them: one document for each. */
export const findingsView: View<FindingDocument, FindingEvent> = {
  name: 'findings',
  version: 1,

  keys(event) {
    switch (event.type) {
      case 'FindingRaised':
      case 'FindingAnswered':
      case 'FindingAssessed':
      case 'ReminderSent':
        return [`finding/${streamCode(event)}`];
      case 'EvidenceAttached':
        return event.stream.startsWith('finding-') ? [`finding/${streamCode(event)}`] : NONE;
      default:
        return NONE;
    }
  },

  fold(finding, { event }) {
    const { id, revision } = event;
    if (finding === undefined) {
      if (event.type !== 'FindingRaised') throw new Error(`${event.type} of a finding that was not raised`);
      const { occurredOn: raisedOn, ...data } = event.data;
      return { id, raisedOn, ...data, steps: [], reminders: [], evidence: [], revision };
    }
    finding.revision = revision;
    switch (event.type) {
      case 'FindingRaised':
        throw new Error('a finding is raised once');
      case 'FindingAnswered':
        finding.steps.push({ kind: 'answer', id, on: event.data.occurredOn, answer: event.data.answer });
        return finding;
      case 'FindingAssessed': {
        const { occurredOn: on, state, note } = event.data;
        finding.steps.push({ kind: 'assessment', id, on, state, ...(note !== undefined && { note }) });
        return finding;
      }
      case 'ReminderSent':
        finding.reminders.push({ id, recordedAt: event.recordedAt, dueOn: event.data.dueOn });
        return finding;
      case 'EvidenceAttached':
        finding.evidence.push(evidenceEntry(event));
        return finding;
      default:
        return event satisfies never;
    }
  },
};
