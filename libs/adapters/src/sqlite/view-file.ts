import type Database from 'better-sqlite3';
import { Sqlite } from './binding';
import fs from 'node:fs';
import { makeForOwner, sqliteCode } from './database';

/** Goes up when the tables change: a file of another version is thrown away and built anew. */
const VERSION = 1;

/** Says in the file's header whose file it is ("Jejv"), so that nobody else's is ever thrown away. */
const APPLICATION = 0x4a656a76;

const SCHEMA = `
  CREATE TABLE generations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    view TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('building', 'current')),
    UNIQUE (view, state)
  );
  CREATE TABLE documents (
    generation INTEGER NOT NULL,
    programme TEXT NOT NULL,
    key TEXT NOT NULL,
    idx INTEGER NOT NULL,
    value TEXT,
    PRIMARY KEY (generation, programme, key)
  ) WITHOUT ROWID;
  CREATE TABLE markers (
    generation INTEGER NOT NULL,
    programme TEXT NOT NULL,
    idx INTEGER NOT NULL,
    position TEXT NOT NULL,
    stopped TEXT,
    PRIMARY KEY (generation, programme)
  ) WITHOUT ROWID;
  CREATE TABLE checkpoints (consumers TEXT PRIMARY KEY, position TEXT NOT NULL) WITHOUT ROWID;
`;

/** The view store cannot be read. It holds nothing of its own: the next start throws it away and builds it anew. */
export class ViewStoreBroken extends Error {
  readonly code = 'view-store-broken';
}

/** The file is not one of views: it is left as it is. */
export class NotAViewStore extends Error {
  readonly code = 'not-a-view-store';
}

/**
 * Opens a file of views. One that cannot be read, or is of another version, is thrown away by who may write, and made
 * anew.
 *
 * @param keep throw nothing away, though the file may be written
 * @param onDiscarded told why, when that was done
 * @throws ViewStoreBroken to who only reads, or keeps what is there; NotAViewStore where the file is another program's database
 */
export function openViewFile(
  file: string,
  {
    readOnly,
    keep,
    onDiscarded,
  }: {
    readonly readOnly: boolean;
    readonly keep: boolean;
    readonly onDiscarded?: ((reason: string) => void) | undefined;
  },
): Database.Database {
  if (readOnly) return opened(file, readOnly, true);
  let reason = noteIn(`${file}.broken`);
  if (reason === undefined) {
    try {
      return opened(file, readOnly, keep);
    } catch (error) {
      if (!(error instanceof ViewStoreBroken)) throw error;
      reason = error.message;
    }
  }
  if (keep)
    throw new ViewStoreBroken(`${file} cannot be used, and is built anew at the next start: ${reason}`);
  // The note goes last: should this end halfway, the next start begins it again.
  for (const suffix of ['-wal', '-shm', '', '.broken']) fs.rmSync(file + suffix, { force: true });
  const db = opened(file, readOnly, false);
  onDiscarded?.(reason);
  return db;
}

/** Leaves a note that the file is broken, for the next start. The file stays open and as it is until then. */
export function noteBroken(file: string, reason: string): void {
  try {
    fs.writeFileSync(`${file}.broken`, reason);
  } catch {
    // Without the note the next start may come upon the same place again, and say so again.
  }
}

/** Whether the error says that the file is damaged. */
export function meansBroken(error: unknown): boolean {
  const code = sqliteCode(error);
  return code?.startsWith('SQLITE_CORRUPT') === true || code === 'SQLITE_NOTADB';
}

function noteIn(file: string): string | undefined {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
}

function opened(file: string, readOnly: boolean, mustExist: boolean): Database.Database {
  if (!mustExist) makeForOwner(file);
  const db = new Sqlite(file, { readonly: readOnly, fileMustExist: mustExist, timeout: 5_000 });
  try {
    const [application, version] = ['application_id', 'user_version'].map((name) =>
      db.pragma(name, { simple: true }),
    );
    const empty = db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
    if (!empty && application !== APPLICATION) {
      throw new NotAViewStore(`${file} is another program's database, and is left as it is`);
    }
    if (empty ? readOnly : version !== VERSION) {
      throw new ViewStoreBroken(
        `its tables are of version ${String(version)}, and this version of the software has ${String(VERSION)}`,
      );
    }
    db.pragma('cache_size = -32000');
    if (readOnly) return db;
    if (empty) db.pragma('page_size = 8192');
    db.pragma('journal_mode = WAL');
    // Power may take the last commits, never part of one: the log has the events, and the marker says which.
    db.pragma('synchronous = NORMAL');
    db.pragma('wal_autocheckpoint = 4000');
    db.pragma('journal_size_limit = 67108864');
    if (empty) make(db);
    return db;
  } catch (error) {
    db.close();
    if (meansBroken(error)) throw new ViewStoreBroken((error as Error).message);
    throw error;
  }
}

function make(db: Database.Database): void {
  db.transaction(() => {
    db.exec(SCHEMA);
    db.pragma(`application_id = ${String(APPLICATION)}`);
    db.pragma(`user_version = ${String(VERSION)}`);
  }).immediate();
}
