import type { Day } from '@jejak/domain';
import type { Timed } from '../late';
import type { Documents } from '../query';
import { CHUNK, chunkKey, type EntriesDocument } from './view';

/** A chunk of the index that was not among the documents. */
export class Unread extends Error {
  constructor(readonly chunk: number) {
    super(`the documents lack ${chunkKey(chunk)}`);
  }
}

interface Chunk extends EntriesDocument {
  readonly reasons: ReadonlySet<number>;
  readonly offices: ReadonlySet<number>;
  /** id > place; made when it is asked for */
  places?: ReadonlyMap<string, number>;
}

/**
 * The entries by index, with the days of corrections and attachments. Chunks are looked at one by one, when an entry
 * of theirs is asked for.
 *
 * @throws Unread (each method) where the chunk that it needs is not among the documents
 */
export class Rows {
  private readonly chunks = new Map<number, Chunk>();
  /** index > the day that an event has from another */
  private readonly taken = new Map<number, Day>();

  constructor(private readonly documents: Documents) {}

  type(index: number): string {
    const { types, type } = this.chunkOf(index);
    return types[type[index % CHUNK] as number] as string;
  }

  stream(index: number): string {
    return this.chunkOf(index).stream[index % CHUNK] as string;
  }

  /** as it is written; undefined where none acted */
  agency(index: number): string | undefined {
    const { agencies, agency } = this.chunkOf(index);
    return agencies[agency[index % CHUNK] as number];
  }

  /** the event as lateness asks of it */
  timed(index: number): Timed {
    const { reasons, offices } = this.chunkOf(index);
    const place = index % CHUNK;
    return {
      index,
      type: this.type(index),
      on: this.day(index),
      ...(reasons.has(place) && { reasoned: true as const }),
      ...(offices.has(place) && { office: true as const }),
    };
  }

  /** the day on which the event holds; empty for a decision */
  day(index: number): Day {
    const { day: own, names } = this.chunkOf(index);
    const place = index % CHUNK;
    const name = own[place] === '' ? names[place] : undefined;
    if (name === undefined) return own[place] as Day;
    let day = this.taken.get(index);
    if (day === undefined) {
      day = this.dayOfNamed(name, index);
      this.taken.set(index, day);
    }
    return day;
  }

  /**
   * The day of an event that a later one names: a withdrawn verification has its day from the verification, and that
   * from a completion. What is named mostly came shortly before, so it is looked for from there back.
   */
  private dayOfNamed(id: string, before: number): Day {
    for (let chunk = Math.floor(before / CHUNK); chunk >= 0; chunk--) {
      const place = placesOf(this.chunk(chunk)).get(id);
      if (place !== undefined) return this.day(chunk * CHUNK + place);
    }
    return '';
  }

  private chunkOf(index: number): Chunk {
    return this.chunk(Math.floor(index / CHUNK));
  }

  private chunk(number: number): Chunk {
    let chunk = this.chunks.get(number);
    if (chunk === undefined) {
      const entries = this.documents.get('audit-trail', chunkKey(number)) as EntriesDocument | undefined;
      if (entries === undefined) throw new Unread(number);
      chunk = { ...entries, reasons: new Set(entries.reasoned), offices: new Set(entries.office) };
      this.chunks.set(number, chunk);
    }
    return chunk;
  }
}

function placesOf(chunk: Chunk): ReadonlyMap<string, number> {
  if (chunk.places === undefined) {
    const places = new Map<string, number>();
    chunk.id.forEach((each, place) => each !== 0 && places.set(each, place));
    chunk.places = places;
  }
  return chunk.places;
}
