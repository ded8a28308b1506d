import type Database from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import { UnsafeDatabase } from './database';

/** The version of the tables below. */
const SCHEMA = '1';

const TABLES = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    revision INTEGER NOT NULL,
    programme TEXT NOT NULL,
    idx INTEGER NOT NULL,
    envelope TEXT NOT NULL,
    UNIQUE (stream, revision),
    UNIQUE (programme, idx)
  ) STRICT;
  CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
  CREATE TRIGGER events_are_not_removed BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are never removed'); END;
`;

/**
 * The log's id. A file without tables gets them, and a random id that it keeps.
 *
 * @throws UnsafeDatabase for tables of another version, or a file that holds something else
 */
export function prepareLog(db: Database.Database): string {
  const tables = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  if (tables.length === 0) {
    if (db.readonly) throw new UnsafeDatabase('there is no log in this file yet');
    create(db);
  } else if (!tables.includes('meta') || !tables.includes('events')) {
    throw new UnsafeDatabase('the file holds something else than a log');
  }
  const meta = new Map(db.prepare<[], [string, string]>('SELECT name, value FROM meta').raw().all());
  const logId = meta.get('logId');
  if (meta.get('schema') !== SCHEMA || logId === undefined) {
    throw new UnsafeDatabase(
      `the log's tables are of version ${String(meta.get('schema'))}; this version of the software reads ${SCHEMA}`,
    );
  }
  return logId;
}

function create(db: Database.Database): void {
  db.transaction(() => {
    db.exec(TABLES);
    const insert = db.prepare('INSERT INTO meta (name, value) VALUES (?, ?)');
    insert.run('schema', SCHEMA);
    insert.run('logId', randomUUID());
  }).immediate();
}
