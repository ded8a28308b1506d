import type Database from 'better-sqlite3';
import { Sqlite } from '@jejak/adapters/sqlite';

/** What a row of the log holds. */
export interface RawRow {
  readonly stream: string;
  readonly revision: number;
  readonly programme: string;
  readonly idx: number;
  readonly envelope: string;
}

/**
 * The baseline of every write: better-sqlite3 with the log's table and indexes, `synchronous=FULL`, and whatever is
 * asked for in one turn committed together. It checks nothing and makes nothing.
 */
export class RawStore {
  readonly db: Database.Database;
  private readonly insert: Database.Statement;
  private waiting: { row: RawRow; done: () => void }[] = [];

  constructor(file: string) {
    this.db = new Sqlite(file);
    this.db.pragma('journal_mode = WAL');
    this.db.pragma('synchronous = FULL');
    this.db.exec(`
      CREATE TABLE events (position INTEGER PRIMARY KEY, stream TEXT NOT NULL, revision INTEGER NOT NULL,
        programme TEXT NOT NULL, idx INTEGER NOT NULL, envelope TEXT NOT NULL,
        UNIQUE (stream, revision), UNIQUE (programme, idx)) STRICT`);
    this.insert = this.db.prepare(
      'INSERT INTO events (stream, revision, programme, idx, envelope) VALUES (?, ?, ?, ?, ?)',
    );
  }

  append(row: RawRow): Promise<void> {
    return new Promise((done) => {
      if (this.waiting.push({ row, done }) === 1) setImmediate(() => this.flush());
    });
  }

  close(): void {
    this.db.close();
  }

  private flush(): void {
    const group = this.waiting;
    this.waiting = [];
    this.db.exec('BEGIN IMMEDIATE');
    for (const { row } of group)
      this.insert.run(row.stream, row.revision, row.programme, row.idx, row.envelope);
    this.db.exec('COMMIT');
    for (const { done } of group) done();
  }
}
