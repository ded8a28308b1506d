import type { Envelope, EventTypes, View } from '@jejak/core';
import {
  accessEvents,
  accountEvents,
  actionEvents,
  budgetEvents,
  csrEvents,
  type Day,
  findingEvents,
  phaseEvents,
  programmeEvents,
  type TimeClass,
} from '@jejak/domain';

/** Events to a document. */
const CHUNK = 500;

/**
 * `.` and a value > the place in its chunk where it first occurs, by which the columns name it. The dot keeps a value
 * such as `constructor` from being found where nobody put it.
 */
export interface Names {
  [value: string]: number;
}

/**
 * The document `entries/<number of the chunk>`: 500 events of the programme, in columns, the event with index n at
 * place n mod 500. An index over the log, not a copy of it.
 */
export interface EntriesDocument {
  readonly types: Names;
  readonly streams: Names;
  readonly agencies: Names;
  readonly type: number[];
  readonly stream: number[];
  /** the agency that acted, or that the office acted for; -1 for none */
  readonly agency: number[];
  /** of reports and changes: the day as a number, 20231109; else 0 */
  readonly day: number[];
  /** 1 where the event says why */
  readonly reason: number[];
  /** ids of what can be corrected or proved (reports and attachments); else 0 */
  readonly id: (string | 0)[];
  /** place > the id that a correction or an attachment names, and from which it has its date */
  readonly names: { [place: string]: string };
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

/** The document `phases`. */
export interface PhasesDocument {
  readonly phases: PhaseIndex[];
}

type Audited = Envelope<string, { readonly [field: string]: unknown }>;

const CLASSES = new Map<string, TimeClass>(
  [
    accessEvents,
    accountEvents,
    actionEvents,
    budgetEvents,
    csrEvents,
    findingEvents,
    phaseEvents,
    programmeEvents,
  ].flatMap((types: EventTypes) =>
    Object.entries(types).map(([type, { timeClass }]): [string, TimeClass] => [type, timeClass as TimeClass]),
  ),
);

/** @throws Error for a type that no stream has */
export function timeClassOf(type: string): TimeClass {
  const found = CLASSES.get(type);
  if (found === undefined) throw new Error(`${type} is no type of event`);
  return found;
}

const PHASES = 'phases';

/** Which events there are, when they hold, and which are late: what finds an auditor's events in the log. */
export const auditTrailView: View<EntriesDocument | PhasesDocument, Audited> = {
  name: 'audit-trail',
  version: 1,

  keys(event, index) {
    const entries = `entries/${String(Math.floor(index / CHUNK)).padStart(8, '0')}`;
    return event.stream.startsWith('phase-') ? [entries, PHASES] : [entries];
  },

  fold(document, { event, index }, key) {
    if (key === PHASES) {
      const phases = (document ?? { phases: [] }) as PhasesDocument;
      foldPhase(phases, event, index);
      return phases;
    }
    const entries = (document ?? empty()) as EntriesDocument;
    const place = index % CHUNK;
    if (place > entries.type.length) throw new Error(`there is a gap before index ${String(index)}`);
    if (place === entries.type.length) add(entries, event, place);
    return entries;
  },
};

function empty(): EntriesDocument {
  const names = { types: {}, streams: {}, agencies: {}, names: {} };
  return { ...names, type: [], stream: [], agency: [], day: [], reason: [], id: [] };
}

function add(entries: EntriesDocument, event: Audited, place: number): void {
  const { type, data, meta } = event;
  const { agency, onBehalfOf } = meta.actor;
  const acting = onBehalfOf ?? agency;
  entries.type.push((entries.types[`.${type}`] ??= place));
  entries.stream.push((entries.streams[`.${event.stream}`] ??= place));
  entries.agency.push(acting === undefined ? -1 : (entries.agencies[`.${acting.toLowerCase()}`] ??= place));
  entries.reason.push(meta.reason === undefined ? 0 : 1);
  let day = 0;
  let id: string | 0 = 0;
  const timeClass = timeClassOf(type);
  switch (timeClass) {
    case 'report':
      day = dayNumber(data.occurredOn as Day);
      id = event.id;
      break;
    case 'change':
      day = dayNumber(data.effectiveOn as Day);
      break;
    case 'correction':
      entries.names[place] = data.corrects as string;
      break;
    case 'attachment':
      entries.names[place] = data.of as string;
      id = event.id;
      break;
    case 'decision':
      break;
    default:
      timeClass satisfies never;
  }
  entries.day.push(day);
  entries.id.push(id);
}

/** 2023-11-09 as 20231109: days compare alike, and take less room. */
export function dayNumber(day: Day): number {
  return Number(day.slice(0, 4)) * 10_000 + Number(day.slice(5, 7)) * 100 + Number(day.slice(8, 10));
}

export function dayText(day: number): Day {
  const text = String(day);
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
}

function foldPhase({ phases }: PhasesDocument, { type, data }: Audited, index: number): void {
  const code = data.phase as string;
  const folded = code.toLowerCase();
  let phase = phases.find((each) => each.code.toLowerCase() === folded);
  if (phase === undefined) {
    phase = { code, cutOff: data.cutOff as Day, closing: null, own: [] };
    phases.push(phase);
  }
  if ((phase.own.at(-1) ?? -1) >= index) return;
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
