import { canonical, type Envelope, type Json, type ProgrammeEvent } from '@jejak/core';
import type { Day } from '@jejak/domain';
import { timeClassOf } from '../time-class';
import type { AuditItem } from './query';

type Fields = { readonly [field: string]: Json };

/** What an event changed: of its fields, those that were another before. */
export interface Change {
  /** as it was; a field that there was not is left out; null where there was nothing at all */
  readonly before: Fields | null;
  /** as it is; null where nothing is left */
  readonly after: Fields | null;
}

/** An event of the audit trail, as people read it: who, what, when it happened, when it was recorded, why. */
export interface AuditEntry extends AuditItem, Partial<Change> {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  readonly who: {
    readonly subject: string;
    readonly role: string;
    readonly agency: string | null;
    readonly onBehalfOf: string | null;
  };
  readonly recordedAt: string;
  /** when it was really written, where it was entered later as a history */
  readonly importedAt: string | null;
  readonly reason: string | null;
  readonly data: unknown;
}

/**
 * An event of the trail, whole.
 *
 * @param recorded the event that `item` names, upcast
 * @param change what `beforeAndAfter` says of it
 */
export function auditEntry({ event, index }: ProgrammeEvent, item: AuditItem, change?: Change): AuditEntry {
  if (index !== item.index)
    throw new Error(`event ${String(index)} for entry ${String(item.index)} of the trail`);
  const { id, type, stream, revision, recordedAt, data } = event;
  const { actor, reason, importedAt } = event.meta;
  const { subject, role, agency, onBehalfOf } = actor;
  const { occurred, late, lateWithoutReason } = item;
  return {
    index,
    id,
    type,
    stream,
    revision,
    who: { subject, role, agency: agency ?? null, onBehalfOf: onBehalfOf ?? null },
    occurred,
    recordedAt,
    importedAt: importedAt ?? null,
    reason: reason ?? null,
    late,
    lateWithoutReason,
    data,
    ...change,
  };
}

/** Whether an event may replace something: what `beforeAndAfter` says nothing of needs no earlier events. */
export function mayReplace({ type }: Pick<Envelope, 'type'>): boolean {
  const timeClass = timeClassOf(type);
  return timeClass === 'change' || timeClass === 'correction' || REPLACING.includes(type);
}

/**
 * What an event changed. For a change: the fields that differ from the fact in force just before, on the day from
 * which it holds. For a correction: what it takes away. For a phase put off, or another policy for late reports, which
 * replace something too: the fields that differ.
 *
 * @param event upcast
 * @param earlier the events of the same stream, upcast, in order; those from the event's revision on are passed over
 * @returns undefined for events that replace nothing
 */
export function beforeAndAfter(event: Envelope, earlier: readonly Envelope[]): Change | undefined {
  const past = earlier.filter(({ revision }) => revision < event.revision);
  switch (timeClassOf(event.type)) {
    case 'correction': {
      const { corrects } = event.data as { corrects: string };
      const corrected = past.find(({ id }) => id === corrects);
      return corrected === undefined ? undefined : { before: corrected.data as Fields, after: null };
    }
    case 'change':
      return difference(event, past);
    case 'decision':
      return REPLACING.includes(event.type) ? difference(event, past) : undefined;
    case 'report':
    case 'attachment':
      return undefined;
  }
}

/** Decisions that replace what an earlier one set, and those that set it. */
const REPLACING = ['PhaseRescheduled', 'LateReportingPolicySet'];
const SETTING = [...REPLACING, 'PhaseScheduled', 'ProgrammeEstablished'];

function difference(event: Envelope, past: readonly Envelope[]): Change {
  const day = dayOf(event);
  const about = subjectOf(event);
  const inForce = new Map<string, { readonly day: Day; readonly value: Json }>();
  for (const each of past) {
    const theirs = dayOf(each);
    if (theirs > day || subjectOf(each) !== about || !sets(each)) continue;
    for (const [field, value] of Object.entries(fieldsOf(each))) {
      const known = inForce.get(field);
      if (known === undefined || known.day <= theirs) inForce.set(field, { day: theirs, value });
    }
  }
  const before: Record<string, Json> = {};
  const after: Record<string, Json> = {};
  let any = false;
  for (const [field, value] of Object.entries(fieldsOf(event))) {
    const known = inForce.get(field);
    if (known !== undefined) any = true;
    if (known !== undefined && same(known.value, value)) continue;
    if (known !== undefined) before[field] = known.value;
    after[field] = value;
  }
  return { before: any ? before : null, after };
}

function sets({ type }: Envelope): boolean {
  return timeClassOf(type) === 'change' || SETTING.includes(type);
}

/** Decisions follow each other in the log's order, as if all were of one day. */
function dayOf({ data }: Envelope): Day {
  return (data as { effectiveOn?: Day }).effectiveOn ?? '';
}

/** What in its stream the event is about: an agency, or a phase; elsewhere the stream is about one thing. */
function subjectOf({ type, data }: Envelope): string {
  const { agency, phase } = data as { agency?: string; phase?: string };
  if (type === 'AgencyEnrolled' || type === 'AgencyWithdrawn')
    return `agency ${String(agency).toLowerCase()}`;
  return phase === undefined ? '' : `phase ${phase.toLowerCase()}`;
}

/** The fields that an event sets, with those that its type alone says. */
function fieldsOf({ type, data }: Envelope): Fields {
  const { effectiveOn: _effectiveOn, ...fields } = data as { readonly [field: string]: Json };
  switch (type) {
    case 'BudgetAllocated':
      return { document: null, ...fields, stage: 'murni' };
    case 'BudgetRevised':
      return { document: null, ...fields };
    case 'ActionPlanned':
      return { ...fields, withdrawn: false };
    case 'ActionWithdrawn':
      return { withdrawn: true };
    case 'AgencyEnrolled':
      return { ...fields, enrolled: true };
    case 'AgencyWithdrawn':
      return { enrolled: false };
    case 'ProgrammeEstablished':
      return { policy: 'needs-reason' };
    default:
      return fields;
  }
}

function same(a: Json, b: Json): boolean {
  return a === b || canonical(a) === canonical(b);
}
