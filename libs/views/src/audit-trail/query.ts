import { said } from '@jejak/core';
import { codeSchema, type Day, daySchema, sameCode } from '@jejak/domain';
import { z } from 'zod';
import { isLate, type PolicyFact, slippedPast } from '../late';
import { type Documents, NotFound, type Query } from '../query';
import { Rows, Unread } from './rows';
import { CHUNK, chunkKey, type PhaseIndex, type PhasesDocument } from './view';

/** An event of the trail: where it is in the log, and what the log alone does not say of it. */
export interface AuditItem {
  readonly index: number;
  /** the day on which it holds: its own, or that of the event that it corrects or proves; null for a decision */
  readonly occurred: Day | null;
  /** the phases for which it is late (semantics 5), as they are written */
  readonly late: readonly string[];
  /** late, and a report or a change that the policy of its time does not let in: it slipped past the door */
  readonly lateWithoutReason: boolean;
}

const auditParams = z.strictObject({
  phase: codeSchema
    .optional()
    .describe(
      'what holds on or before its cut-off, and the events that name it: scheduled, closed, sealed ...',
    ),
  type: z.string().max(100).optional(),
  stream: z.string().max(200).optional(),
  agency: codeSchema.optional().describe('the agency that acted, or that the office acted for'),
  from: daySchema.optional().describe('the first day on which it may hold; what has no day is left out'),
  to: daySchema.optional().describe('the last day'),
  late: z.enum(['true', 'false']).optional().describe('for the phase, or for any where none is named'),
  order: z.enum(['newest', 'oldest']).default('newest').describe('by when it was recorded'),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  total: z
    .enum(['true', 'false'])
    .default('false')
    .describe('whether to count all that the filters let through, which reads the whole index'),
  cursor: z
    .string()
    .regex(
      /^[0-9]{1,15}$/,
      said({ en: 'Give a cursor that this list gave.', id: 'Isi dengan kursor dari daftar ini.' }),
    )
    .optional(),
});
type AuditParams = z.output<typeof auditParams>;

/** A page of the trail, and how to go on. */
export interface TrailPage<T = AuditItem> {
  readonly items: readonly T[];
  /** how many there are on all pages; null where nobody asked for it and this page does not show it */
  readonly total: number | null;
  /** the cursor of the next page; null on the last */
  readonly next: string | null;
}

/**
 * The trail of a phase, or of the whole programme: which events are in it. The events themselves are in the log, by
 * their index; `auditEntry` joins both. Reads the chunks of the index that the page lies in, and those that name a day
 * on it.
 */
export const auditTrail: Query<AuditParams, TrailPage> = {
  name: 'audit-trail',
  params: auditParams,
  needs: () => [{ view: 'audit-trail', keys: ['phases'] }],
  further(documents, params, { index }) {
    try {
      pageOf(documents, params, index);
      return [];
    } catch (error) {
      if (!(error instanceof Unread)) throw error;
      return [{ view: 'audit-trail', keys: around(error.chunk, documents, index) }];
    }
  },
  answer: (documents, params, { index }) => pageOf(documents, params, index),
};

/** The keys of a chunk and of some beside it that were not read either: as many again as were. */
function around(chunk: number, documents: Documents, index: number): string[] {
  const isUnread = (n: number): boolean => documents.get('audit-trail', chunkKey(n)) === undefined;
  const reads = Math.max(1, documents.list('audit-trail', 'entries/').length);
  // What was not read lies on the way that the page goes: up where all before was read, else down.
  const up = chunk > 0 && !isUnread(chunk - 1);
  const keys: string[] = [];
  for (let n = chunk; keys.length < reads; n += up ? 1 : -1) {
    if (n < 0 || n > Math.floor(index / CHUNK) || !isUnread(n)) break;
    keys.push(chunkKey(n));
  }
  return keys;
}

/** @throws Unread where a chunk that it needs is not among the documents */
function pageOf(documents: Documents, params: AuditParams, last: number): TrailPage {
  const { phases, policies } = phasesFor(documents, params);
  const rows = new Rows(documents);
  const tests = testsOf(rows, phases, params);
  const { order, limit } = params;
  const newest = order === 'newest';
  const cursor = params.cursor === undefined ? undefined : Number(params.cursor);
  const isFiltered = tests.length > 0;
  const counts = isFiltered && params.total === 'true';
  const begin = newest ? last : 0;
  const after = cursor === undefined ? begin : newest ? Math.min(cursor - 1, last) : cursor + 1;
  const items: AuditItem[] = [];
  let found = 0;
  let more = false;
  for (let index = counts ? begin : after; index >= 0 && index <= last; index += newest ? -1 : 1) {
    if (more && !counts) break;
    if (!tests.every((test) => test(index))) continue;
    found++;
    if (newest ? index > after : index < after) continue;
    if (items.length < limit) items.push(itemOf(rows, index, phases, policies));
    else more = true;
  }
  const seen = counts || (cursor === undefined && !more);
  const total = !isFiltered ? last + 1 : seen ? found : null;
  return { items, total, next: more ? String(items.at(-1)?.index) : null };
}

/** The phase that is asked for, or all of them, and the programme's policies. */
function phasesFor(documents: Documents, { phase: asked }: AuditParams): PhasesDocument {
  const { phases, policies } = (documents.get('audit-trail', 'phases') ?? {
    phases: [],
    policies: [],
  }) as PhasesDocument;
  if (asked === undefined) return { phases, policies };
  const phase = phases.find(({ code }) => sameCode(code, asked));
  if (phase === undefined) throw new NotFound(`there is no phase ${asked}`);
  return { phases: [phase], policies };
}

/** What an entry has to pass. First what its own chunk tells: the day may be that of an event far back. */
function testsOf(
  rows: Rows,
  phases: readonly PhaseIndex[],
  params: AuditParams,
): ((index: number) => boolean)[] {
  const { phase, type, stream, agency, late } = params;
  const tests: ((index: number) => boolean)[] = [];
  const within = (from: Day, to: Day) => (index: number) => {
    const day = rows.day(index);
    return day !== '' && day >= from && day <= to;
  };
  if (late === 'true') {
    // Nothing before the first closing is late: no chunk is read for it.
    tests.push((index) => phases.some(({ closing }) => closing !== null && index > closing));
  }
  if (type !== undefined) tests.push((index) => rows.type(index) === type);
  if (stream !== undefined) {
    const folded = stream.toLowerCase();
    tests.push((index) => rows.stream(index) === folded);
  }
  if (agency !== undefined) {
    const folded = agency.toLowerCase();
    tests.push((index) => rows.agency(index)?.toLowerCase() === folded);
  }
  if (late !== undefined) {
    tests.push((index) => phases.some((each) => isLateFor(rows, index, each)) === (late === 'true'));
  }
  if (phase !== undefined) {
    const [{ cutOff, own }] = phases as [PhaseIndex];
    const names = new Set(own);
    const holds = within('', cutOff);
    tests.push((index) => names.has(index) || holds(index));
  }
  if (params.from !== undefined || params.to !== undefined) {
    tests.push(within(params.from ?? '', params.to ?? '9999-12-31'));
  }
  return tests;
}

/** By the closing in force; nothing is late for a phase while none is. */
function isLateFor(rows: Rows, index: number, { closing, cutOff }: PhaseIndex): boolean {
  return closing !== null && index > closing && isLate({ index, on: rows.day(index) }, { closing, cutOff });
}

function itemOf(
  rows: Rows,
  index: number,
  phases: readonly PhaseIndex[],
  policies: readonly PolicyFact[],
): AuditItem {
  const day = rows.day(index);
  const late = phases.filter((phase) => isLateFor(rows, index, phase)).map(({ code }) => code);
  return {
    index,
    occurred: day === '' ? null : day,
    late,
    lateWithoutReason: late.length > 0 && slippedPast(rows.timed(index), policies),
  };
}
