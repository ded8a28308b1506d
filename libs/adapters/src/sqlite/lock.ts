import type Database from 'better-sqlite3';
import { Sqlite } from './binding';
import fs from 'node:fs';
import path from 'node:path';
import { makeForOwner, sqliteCode } from './database';

/** Another process writes this data directory. */
export class DataDirectoryLocked extends Error {
  readonly code = 'data-directory-locked';
  /** @param pid the process that holds it; undefined where that could not be read */
  constructor(
    readonly directory: string,
    readonly pid: number | undefined,
  ) {
    const holder = pid === undefined ? 'another process' : `process ${String(pid)}`;
    super(
      `The data directory ${directory} is in use by ${holder}. Stop that process first, or use another directory.`,
    );
  }
}

/**
 * Holds a data directory, so that only one process writes in it.
 *
 * The lock is one that SQLite holds on an empty file of its own, `lock.db`. It is the kernel's: it ends with the
 * process, however that ends. `lock.pid` only tells who holds it, and is not touched by who does not.
 */
export class DataDirectoryLock {
  /** A connection that nobody refers to is collected, and its lock with it. */
  private static readonly held = new Set<DataDirectoryLock>();

  private constructor(private readonly db: Database.Database) {
    DataDirectoryLock.held.add(this);
  }

  /**
   * @param directory must exist
   * @throws DataDirectoryLocked when another process, or another part of this one, holds it
   */
  static acquire(directory: string): DataDirectoryLock {
    const pidFile = path.join(directory, 'lock.pid');
    const lockFile = path.join(directory, 'lock.db');
    makeForOwner(lockFile);
    const db = new Sqlite(lockFile, { timeout: 0 });
    try {
      db.pragma('journal_mode = DELETE');
      db.exec('BEGIN EXCLUSIVE');
      writePid(pidFile);
      return new DataDirectoryLock(db);
    } catch (error) {
      db.close();
      if (sqliteCode(error)?.startsWith('SQLITE_BUSY') !== true) throw error;
      throw new DataDirectoryLocked(directory, pidIn(pidFile));
    }
  }

  /** Lets the directory go. */
  release(): void {
    this.db.close();
    DataDirectoryLock.held.delete(this);
  }
}

/** Who holds the lock is good to know, but no reason to stay away: a full disk has no room even for a number. */
function writePid(file: string): void {
  try {
    fs.writeFileSync(file, `${String(process.pid)}\n`, { mode: 0o600 });
  } catch {
    return;
  }
}

function pidIn(file: string): number | undefined {
  try {
    const pid = Number.parseInt(fs.readFileSync(file, 'utf8'), 10);
    return Number.isSafeInteger(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}
