import type { Envelope, View } from '@jejak/core';
import type { Day, LatePolicy } from '@jejak/domain';
import type { PolicyFact } from '../late';
import { timeClassOf } from '../time-class';

/** Events to a document. */
export const CHUNK = 500;

/**
 * The document `entries/<number of the chunk>`: 500 events of the programme, in columns, the event with index n at
 * place n mod 500. An index over the log, not a copy of it.
 */
export interface EntriesDocument {
  /** what the columns `type` and `agency` give the places of */
  readonly types: string[];
  readonly agencies: string[];
  readonly type: number[];
  readonly stream: string[];
  /** the agency that acted, or that the office acted for; -1 for none */
  readonly agency: number[];
  /** of reports and changes; else empty */
  readonly day: Day[];
  /** ids of what can be corrected or proved (reports and attachments); else 0 */
  readonly id: (string | 0)[];
  /** place > the id that a correction or an attachment names, and from which it has its day */
  readonly names: { [place: string]: string };
  /** the places of events that say why */
  readonly reasoned: number[];
  /** the places of those that the programme's office recorded */
  readonly office: number[];
}

export interface PhaseIndex {
  /** as it is written */
  readonly code: string;
  cutOff: Day;
  /** the PhaseClosed in force; null while none is */
  closing: number | null;
  /** indexes of the events of the phase stream that name it */
  readonly own: number[];
}

/** The document `phases`: what tells what is late, and what of it slipped past the door. */
export interface PhasesDocument {
  readonly phases: PhaseIndex[];
  readonly policies: PolicyFact[];
}

type Audited = Envelope<string, { readonly [field: string]: unknown }>;

const PHASES = 'phases';

/** Which events there are, when they hold, and which are late: what finds an auditor's events in the log. */
export const auditTrailView: View<EntriesDocument | PhasesDocument, Audited> = {
  name: 'audit-trail',
  version: 1,

  keys(event, index) {
    const entries = chunkKey(Math.floor(index / CHUNK));
    const ofPhases = event.stream.startsWith('phase-') || event.type === 'LateReportingPolicySet';
    return ofPhases ? [entries, PHASES] : [entries];
  },

  fold(document, { event, index }, key) {
    if (key === PHASES) {
      const phases = (document ?? { phases: [], policies: [] }) as PhasesDocument;
      if (event.type === 'LateReportingPolicySet') {
        phases.policies.push({ index, policy: event.data.policy as LatePolicy });
      } else {
        foldPhase(phases, event, index);
      }
      return phases;
    }
    const entries = (document ?? empty()) as EntriesDocument;
    const place = index % CHUNK;
    if (place !== entries.type.length)
      throw new Error(`index ${String(index)} does not follow the one before`);
    add(entries, event, place);
    return entries;
  },
};

let last = { chunk: -1, key: '' };
/** The key of a chunk's document. Folds ask for keys in the log's order, and for the last one again and again. */
export function chunkKey(chunk: number): string {
  if (last.chunk !== chunk) last = { chunk, key: `entries/${String(chunk).padStart(8, '0')}` };
  return last.key;
}

function empty(): EntriesDocument {
  return {
    types: [],
    agencies: [],
    type: [],
    stream: [],
    agency: [],
    day: [],
    id: [],
    names: {},
    reasoned: [],
    office: [],
  };
}

function add(entries: EntriesDocument, { id, type, stream, data, meta }: Audited, place: number): void {
  const timeClass = timeClassOf(type);
  const { role, agency, onBehalfOf } = meta.actor;
  const acting = onBehalfOf ?? agency;
  entries.type.push(placeOf(entries.types, type));
  entries.stream.push(stream);
  entries.agency.push(acting === undefined ? -1 : placeOf(entries.agencies, acting));
  if (meta.reason !== undefined) entries.reasoned.push(place);
  if (role === 'office') entries.office.push(place);
  let day: Day = '';
  let nameable = false;
  switch (timeClass) {
    case 'report':
      day = data.occurredOn as Day;
      nameable = true;
      break;
    case 'change':
      day = data.effectiveOn as Day;
      break;
    case 'correction':
      entries.names[place] = data.corrects as string;
      break;
    case 'attachment':
      entries.names[place] = data.of as string;
      nameable = true;
      break;
    case 'decision':
      break;
    default:
      timeClass satisfies never;
  }
  entries.day.push(day);
  entries.id.push(nameable ? id : 0);
}

function placeOf(values: string[], value: string): number {
  const found = values.indexOf(value);
  return found === -1 ? values.push(value) - 1 : found;
}

function foldPhase({ phases }: PhasesDocument, { type, data }: Audited, index: number): void {
  const code = data.phase as string;
  const folded = code.toLowerCase();
  let phase = phases.find((each) => each.code.toLowerCase() === folded);
  if (phase === undefined) {
    phase = { code, cutOff: data.cutOff as Day, closing: null, own: [] };
    phases.push(phase);
  }
  phase.own.push(index);
  switch (type) {
    case 'PhaseRescheduled':
      phase.cutOff = data.cutOff as Day;
      return;
    case 'PhaseClosed':
      phase.cutOff = data.cutOff as Day;
      phase.closing = index;
      return;
    case 'PhaseReopened':
      phase.closing = null;
      return;
  }
}
