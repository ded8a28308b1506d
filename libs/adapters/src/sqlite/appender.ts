import {
  type Appended,
  type Clock,
  CopyConflict,
  type Envelope,
  envelopeText,
  isoMoment,
  LogUnavailable,
  type LoggedEvent,
  type NewEvent,
  parseStream,
  ProgrammeClosed,
  WrongExpectedRevision,
} from '@jejak/core';
import type Database from 'better-sqlite3';
import { sqliteCode } from './database';
import type { Gates } from './gates';
import { Heads, type ProgrammeHead, type StreamHead } from './heads';

/** Events in one transaction; an append is never split. It bounds how long the thread is held. */
const GROUP = 1_000;

interface Waiting {
  readonly stream: string;
  readonly expected: number;
  readonly events: readonly NewEvent[];
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
}

/** What an append will write. Until all of it is ready, nothing of it is written. */
interface Prepared {
  readonly stream: StreamHead;
  readonly programme: ProgrammeHead;
  readonly recordedAt: number;
  readonly envelopes: readonly Envelope[];
  readonly texts: readonly string[];
}

/**
 * Commits appends in groups: whatever was asked for in one turn of the event loop goes to the disk in one transaction,
 * each append checked by itself, and is acknowledged when COMMIT has returned.
 *
 * When a group cannot be committed, none of it is acknowledged and nothing more is written until the log is opened
 * again: after a failed fsync nobody knows what the disk holds, and opening it is how SQLite finds out.
 */
export class Appender {
  private readonly heads: Heads;
  private readonly begin: Database.Statement<[]>;
  private readonly commit: Database.Statement<[]>;
  private readonly insert: Database.Statement<[string, number, string, number, string]>;
  private readonly stored: Database.Statement<[string, number, number], [number, string]>;
  private waiting: Waiting[] = [];
  private scheduled = false;
  private stopped: string | undefined;

  /** @param committed called after each group that was committed */
  constructor(
    private readonly db: Database.Database,
    private readonly clock: Clock,
    private readonly gates: Gates,
    private readonly committed: () => void,
  ) {
    this.heads = new Heads(db);
    this.begin = db.prepare('BEGIN IMMEDIATE');
    this.commit = db.prepare('COMMIT');
    this.insert = db.prepare(
      'INSERT INTO events (stream, revision, programme, idx, envelope) VALUES (?, ?, ?, ?, ?)',
    );
    this.stored = db
      .prepare<[string, number, number], [number, string]>(
        'SELECT position, envelope FROM events WHERE stream = ? AND revision > ? ORDER BY revision LIMIT ?',
      )
      .raw();
  }

  /** Why nothing is written any more; undefined while the log takes writes. */
  get failure(): string | undefined {
    return this.stopped;
  }

  /** As EventLog.append. */
  append(stream: string, expected: number, events: readonly NewEvent[]): Promise<Appended> {
    return new Promise((resolve, reject) => {
      if (this.stopped === undefined) {
        this.waiting.push({ stream, expected, events, resolve, reject });
        this.schedule();
      } else {
        reject(new LogUnavailable(this.stopped));
      }
    });
  }

  /** As CopyableLog.appendAsWere: all of them in one transaction. */
  appendAsWere(events: readonly Envelope[]): void {
    if (this.stopped !== undefined) throw new LogUnavailable(this.stopped);
    try {
      this.begin.run();
      for (const event of events) this.insertAsWas(event);
      this.commit.run();
    } catch (error) {
      if (sqliteCode(error) !== undefined) throw this.giveUp(error);
      this.heads.forget();
      this.db.exec('ROLLBACK');
      throw error;
    }
    this.committed();
  }

  /**
   * Whether the stream has no event from a revision on. What memory says of its end was committed, since a group is
   * written and committed without a pause.
   *
   * @throws BadName where that is not the name of a stream
   */
  endsBefore(stream: string, revision: number): boolean {
    return this.heads.stream(stream).revision < revision;
  }

  /** Commits what waits. */
  flush(): void {
    while (this.waiting.length > 0) this.commitGroup(this.take());
  }

  /** Commits what waits, then takes no more. */
  close(): void {
    this.flush();
    this.stopped ??= 'the log is closed';
  }

  private schedule(): void {
    if (this.scheduled || this.waiting.length === 0) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.commitGroup(this.take());
      this.schedule();
    });
  }

  private take(): readonly Waiting[] {
    let events = 0;
    let n = 0;
    while (n < this.waiting.length && events < GROUP) events += (this.waiting[n++] as Waiting).events.length;
    return this.waiting.splice(0, n);
  }

  private commitGroup(group: readonly Waiting[]): void {
    if (group.length === 0) return;
    const answers: (() => void)[] = [];
    try {
      this.begin.run();
      for (const each of group) answers.push(this.write(each));
      this.commit.run();
    } catch (error) {
      const unavailable = this.giveUp(error);
      for (const { reject } of group) reject(unavailable);
      return;
    }
    for (const answer of answers) answer();
    this.committed();
  }

  /** Appends to the open transaction and gives the answer to send once that is committed. Throws for the group. */
  private write(append: Waiting): () => void {
    const { stream, expected, events, resolve, reject } = append;
    let prepared: Prepared | Appended;
    try {
      prepared = this.prepare(stream, expected, events);
    } catch (error) {
      if (sqliteCode(error) !== undefined) throw error;
      return () => {
        reject(error);
      };
    }
    const appended = 'events' in prepared ? prepared : this.insertAll(prepared);
    return () => {
      resolve(appended);
    };
  }

  /** What is to be written, or what was written when the same append came before. */
  private prepare(stream: string, expected: number, events: readonly NewEvent[]): Prepared | Appended {
    if (events.length === 0) throw new RangeError('an append has at least one event');
    const head = this.heads.stream(stream);
    const gate = this.gates.of(head.programme);
    if (gate !== undefined) throw new ProgrammeClosed(head.programme, gate);
    if (head.revision !== expected) {
      const before = this.repeated(stream, expected, events);
      if (before === undefined) throw new WrongExpectedRevision(stream, expected, head.revision);
      return before;
    }
    const programme = this.heads.programme(head.programme);
    const recordedAt = Math.max(this.clock(), programme.recordedAt);
    const iso = isoMoment(recordedAt);
    const envelopes = events.map((event, n): Envelope => {
      if (event.programme !== head.programme) {
        throw new RangeError(`an event of ${event.programme} does not belong in ${stream}`);
      }
      const { id, type, version, programme, data, meta } = event;
      const revision = expected + 1 + n;
      // In the order of the canonical form, which then has nothing to sort.
      return { data, id, meta, programme, recordedAt: iso, revision, stream, type, version };
    });
    return { stream: head, programme, recordedAt, envelopes, texts: envelopes.map(envelopeText) };
  }

  private repeated(stream: string, expected: number, events: readonly NewEvent[]): Appended | undefined {
    const stored = this.stored.all(stream, expected, events.length).map(([position, text]): LoggedEvent => {
      return { event: JSON.parse(text) as Envelope, position: String(position) };
    });
    const same = events.every(({ id }, n) => {
      const event = stored[n]?.event;
      return event?.id === id && event.revision === expected + 1 + n;
    });
    return same ? { events: stored, repeated: true } : undefined;
  }

  private insertAll({ stream, programme, recordedAt, envelopes, texts }: Prepared): Appended {
    const events = envelopes.map((event, n): LoggedEvent => {
      stream.revision++;
      programme.index++;
      const text = texts[n] as string;
      const row = this.insert.run(event.stream, stream.revision, event.programme, programme.index, text);
      return { event, position: String(row.lastInsertRowid) };
    });
    programme.recordedAt = recordedAt;
    return { events, repeated: false };
  }

  private insertAsWas(event: Envelope): void {
    const { stream, revision } = event;
    if (parseStream(stream).programme !== event.programme) {
      throw new RangeError(`an event of ${event.programme} does not belong in ${stream}`);
    }
    const text = envelopeText(event);
    const head = this.heads.stream(stream);
    if (revision <= head.revision) {
      const [there] = this.stored.all(stream, revision - 1, 1);
      if (there?.[1] === text) return;
    }
    if (revision !== head.revision + 1) throw new CopyConflict(stream, revision);
    const programme = this.heads.programme(event.programme);
    this.insert.run(stream, revision, event.programme, programme.index + 1, text);
    head.revision++;
    programme.index++;
    programme.recordedAt = Math.max(programme.recordedAt, Date.parse(event.recordedAt));
  }

  private giveUp(error: unknown): LogUnavailable {
    this.heads.forget();
    try {
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
    } catch {
      // The first error is the one to tell; a transaction that cannot be rolled back is not committed either.
    }
    const code = sqliteCode(error);
    const why = `${error instanceof Error ? error.message : String(error)}${code === undefined ? '' : ` (${code})`}`;
    // Another process holds the file: nothing was written, and the next group may have better luck.
    if (code?.startsWith('SQLITE_BUSY') === true)
      return new LogUnavailable(`the log is held by another: ${why}`);
    this.stopped = `the log could not be written, and takes no writes until it is opened again: ${why}`;
    const unavailable = new LogUnavailable(this.stopped);
    for (const { reject } of this.waiting.splice(0)) reject(unavailable);
    return unavailable;
  }
}
