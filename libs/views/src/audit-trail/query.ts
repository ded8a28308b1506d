import { said } from '@jejak/core';
import { codeSchema, type Day, daySchema, sameCode } from '@jejak/domain';
import { z } from 'zod';
import { isLate, type PolicyFact, slippedPast } from '../late';
import type { Page } from '../page';
import { type Documents, NotFound, type Query } from '../query';
import { Rows } from './rows';
import type { PhaseIndex, PhasesDocument } from './view';

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
  cursor: z
    .string()
    .regex(
      /^[0-9]{1,15}$/,
      said({ en: 'Give a cursor that this list gave.', id: 'Isi dengan kursor dari daftar ini.' }),
    )
    .optional(),
});
type AuditParams = z.output<typeof auditParams>;

/**
 * The trail of a phase, or of the whole programme: which events are in it. The events themselves are in the log, by
 * their index; `auditEntry` joins both.
 */
export const auditTrail: Query<AuditParams, Page<AuditItem>> = {
  name: 'audit-trail',
  params: auditParams,
  needs: () => [
    { view: 'audit-trail', keys: ['phases'] },
    { view: 'audit-trail', prefix: 'entries/' },
  ],
  answer(documents, params) {
    const { phases, policies } = phasesFor(documents, params);
    const rows = new Rows(documents);
    const wanted = filterOf(rows, phases, params);
    const newest = params.order === 'newest';
    const cursor = params.cursor === undefined ? undefined : Number(params.cursor);
    const items: AuditItem[] = [];
    let total = 0;
    let more = false;
    for (let n = 0; n < rows.length; n++) {
      const index = newest ? rows.length - 1 - n : n;
      if (!wanted(index)) continue;
      total++;
      if (cursor !== undefined && (newest ? index >= cursor : index <= cursor)) continue;
      if (items.length < params.limit) items.push(itemOf(rows, index, phases, policies));
      else more = true;
    }
    return { items, total, next: more ? String(items.at(-1)?.index) : null };
  },
};

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

function filterOf(
  rows: Rows,
  phases: readonly PhaseIndex[],
  params: AuditParams,
): (index: number) => boolean {
  const { phase, type, stream, agency, late } = params;
  const tests: ((index: number) => boolean)[] = [];
  const within = (from: Day, to: Day) => (index: number) => {
    const day = rows.day(index);
    return day !== '' && day >= from && day <= to;
  };
  if (phase !== undefined) {
    const [{ cutOff, own }] = phases as [PhaseIndex];
    const names = new Set(own);
    const holds = within('', cutOff);
    tests.push((index) => holds(index) || names.has(index));
  }
  if (params.from !== undefined || params.to !== undefined) {
    tests.push(within(params.from ?? '', params.to ?? '9999-12-31'));
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
  return (index) => tests.every((test) => test(index));
}

/** By the closing in force; nothing is late for a phase while none is. */
function isLateFor(rows: Rows, index: number, { closing, cutOff }: PhaseIndex): boolean {
  return closing !== null && isLate({ index, on: rows.day(index) }, { closing, cutOff });
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
