import { codeSchema, type Day, daySchema, sameCode } from '@jejak/domain';
import { z } from 'zod';
import type { Page } from '../page';
import { type Documents, NotFound, type Query } from '../query';
import {
  dayNumber,
  dayText,
  type EntriesDocument,
  type PhaseIndex,
  type PhasesDocument,
  timeClassOf,
} from './view';

/** An event of the trail: where it is in the log, and what the log alone does not say of it. */
export interface AuditItem {
  readonly index: number;
  /** the day on which it holds: its own, or that of the event that it corrects or proves; null for a decision */
  readonly occurred: Day | null;
  /** the phases for which it is late (semantics 5), as they are written */
  readonly late: readonly string[];
  /** late, although nobody said why: a report or a change that slipped past the door */
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
    .regex(/^[0-9]{1,15}$/, 'a cursor that this list gave')
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
    const phases = phasesFor(documents, params);
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
      if (items.length < params.limit) items.push(itemOf(rows, index, phases));
      else more = true;
    }
    return { items, total, next: more ? String(items.at(-1)?.index) : null };
  },
};

/** The phase that is asked for, or all of them. */
function phasesFor(documents: Documents, { phase: asked }: AuditParams): readonly PhaseIndex[] {
  const { phases } = (documents.get('audit-trail', 'phases') ?? { phases: [] }) as PhasesDocument;
  if (asked === undefined) return phases;
  const phase = phases.find(({ code }) => sameCode(code, asked));
  if (phase === undefined) throw new NotFound(`there is no phase ${asked}`);
  return [phase];
}

function filterOf(
  rows: Rows,
  phases: readonly PhaseIndex[],
  params: AuditParams,
): (index: number) => boolean {
  const { phase, type, stream, agency, late } = params;
  const tests: ((index: number) => boolean)[] = [];
  const within = (from: number, to: number) => (index: number) => {
    const day = rows.day(index);
    return day !== 0 && day >= from && day <= to;
  };
  if (phase !== undefined) {
    const [{ cutOff, own }] = phases as [PhaseIndex];
    const names = new Set(own);
    const holds = within(0, dayNumber(cutOff));
    tests.push((index) => holds(index) || names.has(index));
  }
  if (params.from !== undefined || params.to !== undefined) {
    tests.push(within(dayNumber(params.from ?? '0000-00-00'), dayNumber(params.to ?? '9999-99-99')));
  }
  if (type !== undefined) tests.push((index) => rows.type(index) === type);
  if (stream !== undefined) {
    const folded = stream.toLowerCase();
    tests.push((index) => rows.stream(index) === folded);
  }
  if (agency !== undefined) {
    const folded = agency.toLowerCase();
    tests.push((index) => rows.agency(index) === folded);
  }
  if (late !== undefined) {
    tests.push((index) => phases.some((each) => isLate(rows, index, each)) === (late === 'true'));
  }
  return (index) => tests.every((test) => test(index));
}

/** Recorded after the closing in force, of a day that the phase counts. */
function isLate(rows: Rows, index: number, { closing, cutOff }: PhaseIndex): boolean {
  if (closing === null || index <= closing) return false;
  const day = rows.day(index);
  return day !== 0 && day <= dayNumber(cutOff);
}

function itemOf(rows: Rows, index: number, phases: readonly PhaseIndex[]): AuditItem {
  const day = rows.day(index);
  const late = phases.filter((phase) => isLate(rows, index, phase)).map(({ code }) => code);
  const timeClass = timeClassOf(rows.type(index));
  const asked = timeClass === 'report' || timeClass === 'change';
  return {
    index,
    occurred: day === 0 ? null : dayText(day),
    late,
    lateWithoutReason: late.length > 0 && asked && !rows.hasReason(index),
  };
}

/** The entries of all chunks by index, with the days of corrections and attachments found. */
class Rows {
  readonly length: number;
  private readonly chunks: readonly EntriesDocument[];
  private readonly names: readonly { types: Values; streams: Values; agencies: Values }[];
  /** events to a chunk; all but the last are full */
  private readonly size: number;
  /** index > the day that it has from another event */
  private readonly taken = new Map<number, number>();

  constructor(documents: Documents) {
    this.chunks = documents.list('audit-trail', 'entries/').map(({ value }) => value as EntriesDocument);
    this.size = this.chunks[0]?.type.length ?? 1;
    this.length = this.chunks.reduce((sum, { type }) => sum + type.length, 0);
    this.names = this.chunks.map(({ types, streams, agencies }) => ({
      types: valuesOf(types),
      streams: valuesOf(streams),
      agencies: valuesOf(agencies),
    }));
    this.findDays();
  }

  type(index: number): string {
    const [chunk, place, names] = this.at(index);
    return names.types.get(chunk.type[place] as number) as string;
  }
  stream(index: number): string {
    const [chunk, place, names] = this.at(index);
    return names.streams.get(chunk.stream[place] as number) as string;
  }
  agency(index: number): string | undefined {
    const [chunk, place, names] = this.at(index);
    return names.agencies.get(chunk.agency[place] as number);
  }
  hasReason(index: number): boolean {
    const [chunk, place] = this.at(index);
    return chunk.reason[place] === 1;
  }
  /** 0 where it has none */
  day(index: number): number {
    const [chunk, place] = this.at(index);
    return (chunk.day[place] as number) || (this.taken.get(index) ?? 0);
  }

  private at(index: number): [EntriesDocument, number, { types: Values; streams: Values; agencies: Values }] {
    const chunk = Math.floor(index / this.size);
    return [
      this.chunks[chunk] as EntriesDocument,
      index % this.size,
      this.names[chunk] as { types: Values; streams: Values; agencies: Values },
    ];
  }

  /** In the log's order, since a withdrawn verification has its day from the verification, and that from a report. */
  private findDays(): void {
    const named = new Set(this.chunks.flatMap(({ names }) => Object.values(names)));
    if (named.size === 0) return;
    const days = new Map<string, number>();
    let index = 0;
    for (const chunk of this.chunks) {
      for (let place = 0; place < chunk.type.length; place++, index++) {
        let day = chunk.day[place] as number;
        if (day === 0) {
          const name = chunk.names[place];
          if (name === undefined) continue;
          day = days.get(name) ?? 0;
          this.taken.set(index, day);
        }
        const id = chunk.id[place] as string | 0;
        if (id !== 0 && named.has(id)) days.set(id, day);
      }
    }
  }
}

type Values = ReadonlyMap<number, string>;

function valuesOf(names: EntriesDocument['types']): Values {
  return new Map(Object.entries(names).map(([name, place]) => [place, name.slice(1)]));
}
