import type { View } from '@jejak/core';
import { type Day, type PhaseEvent, type PhaseStatus, statusAfter } from '@jejak/domain';

export interface Closing {
  readonly id: string;
  readonly index: number;
  readonly number: number;
  readonly recordedAt: string;
}

export interface Score {
  readonly id: string;
  readonly index: number;
  readonly on: Day;
  readonly aspect: string;
  readonly score: string;
  readonly note?: string;
  /** the evaluator's subject */
  readonly by: string;
}

/** The document of a phase, `phase/<code>`. */
export interface PhaseDocument {
  readonly code: string;
  readonly name: string;
  period: { readonly from: Day; readonly to: Day };
  /** fixed at the first closing */
  cutOff: Day;
  reportDue: Day;
  status: PhaseStatus;
  readonly closings: Closing[];
  readonly reopenings: { readonly id: string; readonly index: number }[];
  /** by the order in which they were appended; seal n belongs to closing n */
  readonly seals: { readonly number: number; readonly index: number; readonly eventId: string }[];
  readonly published: { readonly seal: number; readonly index: number; readonly eventId: string }[];
  readonly scores: Score[];
}

/** The document `stream`, of the programme's phase stream, which all phases share. */
export interface StreamDocument {
  readonly revision: number;
}

type Sealed = Extract<PhaseEvent, { type: 'PhaseSealed' }>['data'];

/** The document of a seal, `seal/<phase>/<number>`: the event's data as they stand, and where they stand. */
export interface SealDocument extends Sealed {
  /** of its PhaseSealed; what is known in a seal is what was known at its closing's index */
  readonly sealing: { readonly id: string; readonly index: number; readonly recordedAt: string };
}

const NONE: readonly string[] = [];

export function phaseKey(phase: string): string {
  return `phase/${phase.toLowerCase()}`;
}
export function sealKey(phase: string, number: number): string {
  return `seal/${phase.toLowerCase()}/${String(number)}`;
}

export const STREAM_KEY = 'stream';

/** The phases and their seals. */
export const phaseSnapshotView: View<PhaseDocument | SealDocument | StreamDocument, PhaseEvent> = {
  name: 'phase-snapshot',
  version: 1,

  keys(event) {
    switch (event.type) {
      case 'PhaseSealed':
        return [STREAM_KEY, phaseKey(event.data.phase), sealKey(event.data.phase, event.data.number)];
      case 'PhaseScheduled':
      case 'PhaseRescheduled':
      case 'PhaseOpened':
      case 'PhaseClosed':
      case 'PhaseReopened':
      case 'PhasePublished':
      case 'AspectScored':
        return [STREAM_KEY, phaseKey(event.data.phase)];
      default:
        // The view sees the events of every stream.
        event satisfies never;
        return NONE;
    }
  },

  fold(document, { event, index }, key) {
    const { id, revision, recordedAt } = event;
    if (key === STREAM_KEY) return { revision };
    if (event.type === 'PhaseSealed' && key.startsWith('seal/'))
      return { ...event.data, sealing: { id, index, recordedAt } };
    if (event.type === 'PhaseScheduled') return scheduled(event);
    if (document === undefined) throw new Error(`${event.type} of a phase that was not scheduled`);
    foldPhase(document as PhaseDocument, event, index);
    return document;
  },
};

function scheduled({ data }: Extract<PhaseEvent, { type: 'PhaseScheduled' }>): PhaseDocument {
  const { phase: code, ...dates } = data;
  const lists = { closings: [], reopenings: [], seals: [], published: [], scores: [] };
  return { code, ...dates, status: 'scheduled', ...lists };
}

function foldPhase(phase: PhaseDocument, event: PhaseEvent, index: number): void {
  const { id, recordedAt } = event;
  phase.status = statusAfter(phase.status, event, phase.closings.length);
  switch (event.type) {
    case 'PhaseRescheduled':
      phase.period = event.data.period;
      phase.cutOff = event.data.cutOff;
      phase.reportDue = event.data.reportDue;
      return;
    case 'PhaseClosed':
      phase.closings.push({ id, index, number: event.data.number, recordedAt });
      return;
    case 'PhaseReopened':
      phase.reopenings.push({ id, index });
      return;
    case 'PhaseSealed':
      phase.seals.push({ number: event.data.number, index, eventId: id });
      return;
    case 'PhasePublished':
      phase.published.push({ seal: event.data.seal, index, eventId: id });
      return;
    case 'AspectScored': {
      const { occurredOn: on, aspect, score, note } = event.data;
      const by = event.meta.actor.subject;
      phase.scores.push({ id, index, on, aspect, score, ...(note !== undefined && { note }), by });
      return;
    }
    case 'PhaseScheduled':
    case 'PhaseOpened':
      return;
    default:
      event satisfies never;
  }
}
