import type {
  Appended,
  Clock,
  CopyableLog,
  Envelope,
  EventLog,
  Gate,
  Head,
  NewEvent,
  ProgrammeEvent,
} from '@jejak/core';
import { LogUnavailable } from '@jejak/core';
import type Database from 'better-sqlite3';
import { setImmediate as breathe } from 'node:timers/promises';
import { Appender } from './appender';
import { openLogFile } from './database';
import { Gates } from './gates';
import { prepareLog } from './log-schema';
import { Wake } from './wake';

/** Events in a page, at most; and how much text of envelopes, in UTF-16 units, ends a page early. */
const PAGE = 5_000;
const PAGE_TEXT = 16_000_000;

/** Events in a page after which others of this thread get their turn. */
const BREATH = 500;

/** How often a follower looks by itself, in milliseconds, should nobody wake it. */
const POLL = 1_000;

export interface SqliteLogOptions {
  /** the path of `log.db` */
  readonly file: string;
  readonly clock: Clock;
  /** for a second connection, in this or another process: everything but appending; the file must exist */
  readonly readOnly?: boolean;
}

type Row = [position: number, index: number, envelope: string];
type HeadRow = [programme: string, index: number, position: number];

const HEAD = 'SELECT programme, idx, position FROM events WHERE programme = ? ORDER BY idx DESC LIMIT 1';

/** From one programme to the next in the index, without passing over the events in between. */
const PROGRAMMES = `
  WITH RECURSIVE each (programme) AS (
    SELECT min(programme) FROM events
    UNION ALL
    SELECT (SELECT min(programme) FROM events WHERE programme > each.programme)
    FROM each WHERE each.programme IS NOT NULL
  )
  SELECT programme FROM each WHERE programme IS NOT NULL`;

/** The log of one machine: one SQLite file. One connection may write it, any number may read (see DataDirectoryLock). */
export class SqliteLog implements EventLog, CopyableLog {
  readonly logId: string;
  private readonly appender: Appender | undefined;
  private readonly gates: Gates;
  private readonly news = new Wake();
  private readonly listeners = new Set<() => void>();
  private readonly ofStream: Database.Statement<[string, number], Row>;
  private readonly ofLog: Database.Statement<[number, number], Row>;
  private readonly lastUpTo: Database.Statement<[string, number], number>;
  private readonly ofProgramme: Database.Statement<[string, number, number, number], Row>;
  private readonly headOf: Database.Statement<[string], HeadRow>;
  private readonly programmes: Database.Statement<[], string>;

  private constructor(
    private readonly db: Database.Database,
    options: SqliteLogOptions,
  ) {
    this.logId = prepareLog(db);
    this.gates = new Gates(db);
    if (options.readOnly !== true) {
      this.appender = new Appender(db, options.clock, this.gates, () => {
        this.wake();
        for (const listener of this.listeners) listener();
      });
    }
    const rows = <P extends unknown[]>(where: string): Database.Statement<P, Row> =>
      db.prepare<P, Row>(`SELECT position, idx, envelope FROM events WHERE ${where}`).raw();
    this.ofStream = rows('stream = ? AND revision >= ? ORDER BY revision');
    this.ofLog = rows('position > ? ORDER BY position LIMIT ?');
    this.ofProgramme = rows('programme = ? AND idx BETWEEN ? AND ? ORDER BY idx LIMIT ?');
    this.lastUpTo = db
      .prepare<[string, number], number>(
        'SELECT idx FROM events WHERE programme = ? AND position <= ? ORDER BY idx DESC LIMIT 1',
      )
      .pluck();
    this.headOf = db.prepare<[string], HeadRow>(HEAD).raw();
    this.programmes = db.prepare<[], string>(PROGRAMMES).pluck();
  }

  /**
   * Opens the log, and makes it where there is none. A log whose last writer died needs no repair.
   *
   * @throws UnsafeDatabase where appends could not be durable, or the file is not a log of this version
   */
  static open(options: SqliteLogOptions): SqliteLog {
    const db = openLogFile(options.file, options.readOnly === true);
    try {
      return new SqliteLog(db, options);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Why the log takes no writes; undefined while it does. */
  get failure(): string | undefined {
    return this.appender === undefined ? 'the log was opened for reading only' : this.appender.failure;
  }

  async append(stream: string, expectedRevision: number, events: readonly NewEvent[]): Promise<Appended> {
    return this.writer().append(stream, expectedRevision, events);
  }

  async readStream(stream: string, fromRevision = 0): Promise<readonly ProgrammeEvent[]> {
    // Who alone appends knows where a stream ends, and most reads are of a tail that is not there.
    if (this.appender?.endsBefore(stream, fromRevision) === true) return [];
    return this.ofStream.all(stream, fromRevision).map(recorded);
  }

  async readAll(after: string | undefined, limit: number): Promise<readonly ProgrammeEvent[]> {
    return this.ofLog.all(positionOf(after), limit).map(recorded);
  }

  /** As EventLog.follow; on SQLite the events come with their index. Also ends when the log is closed. */
  async *follow(after: string | undefined, signal: AbortSignal): AsyncGenerator<readonly ProgrammeEvent[]> {
    let position = positionOf(after);
    while (!signal.aborted && this.db.open) {
      const page = pageOf(this.ofLog.iterate(position, PAGE));
      const last = page.at(-1);
      if (last === undefined) {
        await this.news.sleep(POLL, signal);
      } else {
        position = Number(last.position);
        yield page;
        if (page.length >= BREATH) await breathe();
      }
    }
  }

  async *readProgramme(
    programme: string,
    fromIndex: number,
    toIndex = Number.MAX_SAFE_INTEGER,
  ): AsyncGenerator<readonly ProgrammeEvent[]> {
    for (let next = fromIndex; next <= toIndex;) {
      const page = pageOf(this.ofProgramme.iterate(programme, next, toIndex, PAGE));
      const last = page.at(-1);
      if (last === undefined) return;
      next = last.index + 1;
      yield page;
      if (page.length >= BREATH) await breathe();
    }
  }

  async heads(): Promise<readonly Head[]> {
    return this.programmes.all().flatMap((programme) => this.headRow(programme) ?? []);
  }

  async head(programme: string): Promise<Head | undefined> {
    return this.headRow(programme);
  }

  eventsOf(programme: string, after?: string): AsyncIterable<readonly ProgrammeEvent[]> {
    const last = after === undefined ? undefined : this.lastUpTo.get(programme, positionOf(after));
    return this.readProgramme(programme, (last ?? -1) + 1);
  }

  async appendAsWere(events: readonly Envelope[]): Promise<void> {
    this.writer().appendAsWere(events);
  }

  async gate(programme: string): Promise<Gate | undefined> {
    return this.gates.of(programme);
  }

  /** As CopyableLog.setGate: what is appended from the next call on finds the gate as it is now. */
  async setGate(programme: string, gate: Gate | undefined): Promise<void> {
    this.writer().flush();
    this.gates.set(programme, gate);
  }

  /** Tells followers to look: for who learns from elsewhere, such as another thread, that something was appended. */
  wake(): void {
    this.news.wake();
  }

  /** Calls the listener after each commit of this connection, until the function that it gives is called. */
  onCommit(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  /** Commits what waits, ends followers and closes the file. */
  async close(): Promise<void> {
    if (!this.db.open) return;
    this.appender?.close();
    this.db.close();
    this.news.wake();
  }

  private writer(): Appender {
    if (this.appender !== undefined) return this.appender;
    throw new LogUnavailable('the log was opened for reading only');
  }

  private headRow(programme: string): Head | undefined {
    const row = this.headOf.get(programme);
    return row && { programme: row[0], index: row[1], position: String(row[2]) };
  }
}

/** As many rows as make a page. The statement is finished when it returns: a page never holds the WAL back. */
function pageOf(rows: Iterable<Row>): readonly ProgrammeEvent[] {
  const page: ProgrammeEvent[] = [];
  let text = 0;
  for (const row of rows) {
    page.push(recorded(row));
    text += row[2].length;
    if (text > PAGE_TEXT) break;
  }
  return page;
}

function recorded([position, index, envelope]: Row): ProgrammeEvent {
  return { event: JSON.parse(envelope) as Envelope, position: String(position), index };
}

/** @throws RangeError for what is no position of a log */
function positionOf(after: string | undefined): number {
  if (after === undefined) return 0;
  const position = Number(after);
  if (/^[0-9]+$/.test(after) && Number.isSafeInteger(position)) return position;
  throw new RangeError(`"${after}" is not a position of this log`);
}
