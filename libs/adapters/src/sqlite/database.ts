import type Database from 'better-sqlite3';
import { Sqlite } from './binding';
import fs from 'node:fs';

/** The oldest SQLite without the bug in resetting the WAL that can lose what was committed. */
export const OLDEST_SQLITE = '3.51.3';

/** The database cannot promise what the log promises: nothing is written to it. */
export class UnsafeDatabase extends Error {
  readonly code = 'unsafe-database';
}

/**
 * Opens the file of a log, and makes it where there is none.
 *
 * A connection that writes is durable: WAL, and every commit waits for the disk (`synchronous=FULL`). Both are read
 * back, since SQLite ignores what it cannot do without a word.
 *
 * @throws UnsafeDatabase where that cannot be had
 */
export function openLogFile(file: string, readOnly: boolean): Database.Database {
  if (!readOnly) makeForOwner(file);
  const db = new Sqlite(file, { readonly: readOnly, fileMustExist: readOnly, timeout: 1000 });
  try {
    refuseOldSqlite(db.prepare<[], string>('SELECT sqlite_version()').pluck().get() ?? 'unknown');
    if (readOnly) return db;
    // Counts only while the file is empty.
    db.pragma('page_size = 8192');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    // Asked anew: setting the mode answers `wal` before it has been written, and does not tell when that fails.
    const journal = db.pragma('journal_mode', { simple: true });
    refuseUndurable(journal, db.pragma('synchronous', { simple: true }));
    db.pragma('wal_autocheckpoint = 2000');
    db.pragma('journal_size_limit = 67108864');
    db.pragma('cache_size = -32000');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Makes the file of a database where there is none, for its owner only: SQLite gives what it puts beside it the same
 * mode. A file that is there is not opened, since closing it would end the locks that this process holds on it.
 */
export function makeForOwner(file: string): void {
  if (file === ':memory:') return;
  try {
    fs.closeSync(fs.openSync(file, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** @throws UnsafeDatabase for a version before 3.51.3, or one that cannot be read */
export function refuseOldSqlite(version: string): void {
  const have = version.split('.').map(Number);
  for (const [n, least] of OLDEST_SQLITE.split('.').map(Number).entries()) {
    const part = have[n] ?? NaN;
    if (part > least) return;
    if (part === least) continue;
    throw new UnsafeDatabase(
      `SQLite ${version} may lose what was committed; ${OLDEST_SQLITE} is the oldest that is safe`,
    );
  }
}

/** @throws UnsafeDatabase unless the journal is `wal` and synchronous at least 2, which is FULL */
export function refuseUndurable(journal: unknown, synchronous: unknown): void {
  if (journal !== 'wal')
    throw new UnsafeDatabase(`the log needs journal_mode WAL, and the database gives ${String(journal)}`);
  if (typeof synchronous !== 'number' || synchronous < 2) {
    throw new UnsafeDatabase(
      `the log needs synchronous FULL (2), and the database gives ${String(synchronous)}`,
    );
  }
}

/** What SQLite called the error, such as `SQLITE_IOERR_FSYNC`; undefined for an error that is not SQLite's. */
export function sqliteCode(error: unknown): string | undefined {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : undefined;
}
