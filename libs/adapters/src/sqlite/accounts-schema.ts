import type Database from 'better-sqlite3';
import { UnsafeDatabase } from './database';

/** What made each version of the tables of the one before, the first of nothing. */
const STEPS: readonly string[] = [
  `
  CREATE TABLE accounts (
    subject TEXT PRIMARY KEY,
    login TEXT NOT NULL,
    folded TEXT UNIQUE,
    name TEXT,
    password_hash TEXT
  ) WITHOUT ROWID;
  CREATE TABLE refresh (
    digest TEXT PRIMARY KEY,
    subject TEXT NOT NULL,
    family TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX refresh_of_family ON refresh (family);
  CREATE INDEX refresh_of_subject ON refresh (subject);
  CREATE INDEX refresh_by_end ON refresh (expires_at);
  CREATE TABLE secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE access_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT,
    programme TEXT,
    detail TEXT NOT NULL
  );
  CREATE INDEX access_log_of_programme ON access_log (programme, id);
`,
  `
  ALTER TABLE accounts ADD COLUMN external TEXT;
  CREATE UNIQUE INDEX account_of_external ON accounts (external);
`,
];
const VERSION = STEPS.length;

/**
 * Brings the tables of accounts up to this version, from none or from any that was before it.
 *
 * @throws UnsafeDatabase where they are of a newer version; they stay as they are
 */
export function upgradeAccounts(db: Database.Database): void {
  db.transaction(() => {
    const version = db.pragma('user_version', { simple: true }) as number;
    if (version === VERSION) return;
    if (version > VERSION) {
      throw new UnsafeDatabase(
        `${db.name} has tables of version ${String(version)}, and this version of the software has ${String(VERSION)}`,
      );
    }
    for (const step of STEPS.slice(version)) db.exec(step);
    db.pragma(`user_version = ${String(VERSION)}`);
  }).immediate();
}
