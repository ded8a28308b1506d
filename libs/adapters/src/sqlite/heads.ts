import { parseStream } from '@jejak/core';
import type Database from 'better-sqlite3';
import { LRUCache } from 'lru-cache';

/** Where a stream ends. */
export interface StreamHead {
  readonly programme: string;
  /** of its last event; -1 when it has none */
  revision: number;
}

/** Where a programme ends, for who appends to it. */
export interface ProgrammeHead {
  /** of its last event; -1 when it has none */
  index: number;
  /** when its last event was recorded, in milliseconds since 1970 */
  recordedAt: number;
}

/** Streams of which the end is kept in memory. */
const STREAMS = 20_000;

/** The ends of streams and programmes, read from the indexes when first asked for and kept up by the one appender. */
export class Heads {
  private readonly streams = new LRUCache<string, StreamHead>({ max: STREAMS });
  private readonly programmes = new Map<string, ProgrammeHead>();
  private readonly lastOfStream: Database.Statement<[string], number | null>;
  private readonly lastOfProgramme: Database.Statement<[string], [number, string]>;

  constructor(db: Database.Database) {
    this.lastOfStream = db
      .prepare<[string], number | null>('SELECT max(revision) FROM events WHERE stream = ?')
      .pluck();
    this.lastOfProgramme = db
      .prepare<[string], [number, string]>(
        "SELECT idx, envelope ->> 'recordedAt' FROM events WHERE programme = ? ORDER BY idx DESC LIMIT 1",
      )
      .raw();
  }

  /** @throws BadName where that is not the name of a stream */
  stream(stream: string): StreamHead {
    let head = this.streams.get(stream);
    if (head === undefined) {
      const { programme } = parseStream(stream);
      head = { programme, revision: this.lastOfStream.get(stream) ?? -1 };
      this.streams.set(stream, head);
    }
    return head;
  }

  programme(programme: string): ProgrammeHead {
    let head = this.programmes.get(programme);
    if (head === undefined) {
      const [index, recordedAt] = this.lastOfProgramme.get(programme) ?? [-1, ''];
      head = { index, recordedAt: recordedAt === '' ? -Infinity : Date.parse(recordedAt) };
      this.programmes.set(programme, head);
    }
    return head;
  }

  /** Forgets everything: what is in memory may be ahead of what was committed. */
  forget(): void {
    this.streams.clear();
    this.programmes.clear();
  }
}
