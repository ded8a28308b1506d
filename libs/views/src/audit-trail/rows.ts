import type { Day } from '@jejak/domain';
import type { Timed } from '../late';
import type { Documents } from '../query';
import type { EntriesDocument } from './view';

/** The entries of all chunks, by index, with the days of corrections and attachments. */
export class Rows {
  readonly length: number;
  private readonly chunks: readonly EntriesDocument[];
  private readonly reasoned: readonly ReadonlySet<number>[];
  private readonly office: readonly ReadonlySet<number>[];
  /** events to a chunk; all but the last are full */
  private readonly size: number;
  /** index > the day that an event has from another */
  private readonly taken = new Map<number, Day>();

  constructor(documents: Documents) {
    this.chunks = documents.list('audit-trail', 'entries/').map(({ value }) => value as EntriesDocument);
    this.size = this.chunks[0]?.type.length ?? 1;
    this.length = this.chunks.reduce((sum, { type }) => sum + type.length, 0);
    this.reasoned = this.chunks.map(({ reasoned }) => new Set(reasoned));
    this.office = this.chunks.map(({ office }) => new Set(office));
    this.findDays();
  }

  type(index: number): string {
    const { types, type } = this.chunk(index);
    return types[type[index % this.size] as number] as string;
  }

  stream(index: number): string {
    return this.chunk(index).stream[index % this.size] as string;
  }

  /** as it is written; undefined where none acted */
  agency(index: number): string | undefined {
    const { agencies, agency } = this.chunk(index);
    return agencies[agency[index % this.size] as number];
  }

  /** the event as lateness asks of it */
  timed(index: number): Timed {
    const [chunk, place] = [Math.floor(index / this.size), index % this.size];
    return {
      index,
      type: this.type(index),
      on: this.day(index),
      ...(this.reasoned[chunk]?.has(place) === true && { reasoned: true as const }),
      ...(this.office[chunk]?.has(place) === true && { office: true as const }),
    };
  }

  /** the day on which the event holds; empty for a decision */
  day(index: number): Day {
    const day = this.chunk(index).day[index % this.size] as Day;
    return day === '' ? (this.taken.get(index) ?? '') : day;
  }

  private chunk(index: number): EntriesDocument {
    return this.chunks[Math.floor(index / this.size)] as EntriesDocument;
  }

  /** In the log's order: a withdrawn verification has its day from the verification, and that from a completion. */
  private findDays(): void {
    const named = new Set(this.chunks.flatMap(({ names }) => Object.values(names)));
    if (named.size === 0) return;
    const days = new Map<string, Day>();
    let index = 0;
    for (const { day: own, id: ids, names } of this.chunks) {
      for (let place = 0; place < own.length; place++, index++) {
        let day = own[place] as Day;
        const name = day === '' ? names[place] : undefined;
        if (name !== undefined) {
          day = days.get(name) ?? '';
          this.taken.set(index, day);
        }
        const id = ids[place] as string | 0;
        if (id !== 0 && named.has(id)) days.set(id, day);
      }
    }
  }
}
