import {
  type AccessLogEntry,
  type AccountRecord,
  type Clock,
  type Credentials,
  type ExternalIdentity,
  externalKey,
  externalOf,
  ExternalTaken,
  foldLogin,
  isoMoment,
  LoginTaken,
  type RefreshRecord,
} from '@jejak/core';
import type Database from 'better-sqlite3';
import { Sqlite } from './binding';
import fs from 'node:fs';
import { upgradeAccounts } from './accounts-schema';
import { makeForOwner, sqliteCode } from './database';

export interface SqliteCredentialsOptions {
  /** the path of `accounts.db` */
  readonly file: string;
  /** refresh tokens that have ended by it are thrown away; the machine's clock when undefined */
  readonly clock?: Clock;
}

type AccountRow = [
  subject: string,
  login: string,
  name: string | null,
  passwordHash: string | null,
  external: string | null,
];
type RefreshRow = [digest: string, subject: string, family: string, expiresAt: string, used: number];
type AccessRow = [
  id: number,
  at: string,
  kind: AccessLogEntry['kind'],
  subject: string | null,
  programme: string | null,
  detail: string,
];

/** Accounts, sign-ins, secrets and the access log of one machine: one SQLite file that only its owner may read. */
export class SqliteCredentials implements Credentials {
  private readonly statements: ReturnType<typeof prepare>;

  private constructor(
    private readonly db: Database.Database,
    private readonly clock: Clock,
  ) {
    this.statements = prepare(db);
  }

  /**
   * Opens the accounts, and makes the file where there is none, for its owner only (mode 0600). Tables of an older
   * version are brought up to this one.
   *
   * @throws UnsafeDatabase where the tables are of a newer version
   */
  static open({ file, clock = Date.now }: SqliteCredentialsOptions): SqliteCredentials {
    // SQLite gives the WAL the mode of the database, so that this comes before it.
    makeForOwner(file);
    fs.chmodSync(file, 0o600);
    const db = new Sqlite(file, { timeout: 5_000 });
    try {
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = FULL');
      // What is forgotten must not stay behind in a free page.
      db.pragma('secure_delete = ON');
      upgradeAccounts(db);
      return new SqliteCredentials(db, clock);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  async save({ subject, login, name, passwordHash, external }: AccountRecord): Promise<void> {
    const folded = login === '' ? null : foldLogin(login);
    const key = external === undefined ? null : externalKey(external);
    try {
      this.statements.save.run(subject, login, folded, name ?? null, passwordHash ?? null, key);
    } catch (error) {
      throwTaken(error, `the login ${login} is taken`);
    }
  }

  async setPassword(subject: string, hash: string, expected: string | undefined): Promise<boolean> {
    return this.statements.setPassword.run(hash, subject, expected ?? null).changes === 1;
  }

  async setExternal(subject: string, external: ExternalIdentity | undefined): Promise<boolean> {
    const key = external === undefined ? null : externalKey(external);
    try {
      return this.statements.setExternal.run(key, subject).changes === 1;
    } catch (error) {
      return throwTaken(error, '');
    }
  }

  async byExternal(external: ExternalIdentity): Promise<AccountRecord | undefined> {
    const row = this.statements.byExternal.get(externalKey(external));
    return row && accountOf(row);
  }

  async byLogin(login: string): Promise<AccountRecord | undefined> {
    const row = this.statements.byLogin.get(foldLogin(login));
    return row && accountOf(row);
  }

  async bySubject(subject: string): Promise<AccountRecord | undefined> {
    const row = this.statements.bySubject.get(subject);
    return row && accountOf(row);
  }

  async accounts(): Promise<readonly AccountRecord[]> {
    return this.statements.accounts.all().map(accountOf);
  }

  async names(subjects: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = this.statements.names.all(JSON.stringify(subjects));
    return new Map(rows);
  }

  async forget(subject: string): Promise<void> {
    const { forget, endSubject } = this.statements;
    this.write(() => {
      forget.run(subject);
      endSubject.run(subject);
    });
    // The WAL holds what the page held before, until it is written anew.
    this.db.pragma('wal_checkpoint(TRUNCATE)');
  }

  async saveRefresh(token: RefreshRecord): Promise<void> {
    this.write(() => this.keepRefresh(token));
  }

  async renewRefresh(token: RefreshRecord): Promise<boolean> {
    return this.write(() => {
      if (this.statements.lives.get(token.family) !== 1) return false;
      this.keepRefresh(token);
      return true;
    });
  }

  async useRefresh(digest: string): Promise<RefreshRecord | undefined> {
    const { refresh, use } = this.statements;
    return this.write(() => {
      const row = refresh.get(digest);
      if (row === undefined) return undefined;
      use.run(digest);
      const [, subject, family, expiresAt, used] = row;
      return { digest, subject, family, expiresAt, used: used === 1 };
    });
  }

  async familyLives(family: string): Promise<boolean> {
    return this.statements.lives.get(family) === 1;
  }

  async endFamily(family: string): Promise<void> {
    this.statements.endFamily.run(family);
  }

  async endSubject(subject: string): Promise<void> {
    this.statements.endSubject.run(subject);
  }

  async secret(name: string, make: () => Buffer): Promise<Buffer> {
    const { secret, saveSecret } = this.statements;
    return this.write(() => {
      const kept = secret.get(name);
      if (kept !== undefined) return kept;
      const made = make();
      saveSecret.run(name, made);
      return made;
    });
  }

  async logAccess({ at, kind, subject, programme, detail }: AccessLogEntry): Promise<void> {
    this.statements.logAccess.run(at, kind, subject ?? null, programme ?? null, detail);
  }

  async accessLog(filter: {
    readonly programme?: string;
    readonly limit: number;
    readonly before?: number;
  }): Promise<readonly (AccessLogEntry & { readonly id: number })[]> {
    const { accessLog, accessLogOf } = this.statements;
    const before = filter.before ?? Number.MAX_SAFE_INTEGER;
    const rows =
      filter.programme === undefined
        ? accessLog.all(before, filter.limit)
        : accessLogOf.all(filter.programme, before, filter.limit);
    return rows.map(([id, at, kind, subject, programme, detail]) => ({
      id,
      at,
      kind,
      ...(subject !== null && { subject }),
      ...(programme !== null && { programme }),
      detail,
    }));
  }

  async close(): Promise<void> {
    this.db.close();
  }

  private keepRefresh({ digest, subject, family, expiresAt, used }: RefreshRecord): void {
    this.statements.endPast.run(isoMoment(this.clock()));
    this.statements.saveRefresh.run(digest, subject, family, expiresAt, used ? 1 : 0);
  }

  private write<T>(work: () => T): T {
    return this.db.transaction(work).immediate();
  }
}

/** @throws LoginTaken, ExternalTaken by the column that is unique; the error itself where it is none of them */
function throwTaken(error: unknown, login: string): never {
  if (sqliteCode(error) !== 'SQLITE_CONSTRAINT_UNIQUE') throw error;
  if ((error as Error).message.includes('accounts.external'))
    throw new ExternalTaken('another account has this external identity');
  throw new LoginTaken(login);
}

function accountOf([subject, login, name, passwordHash, external]: AccountRow): AccountRecord {
  return {
    subject,
    login,
    ...(name !== null && { name }),
    ...(passwordHash !== null && { passwordHash }),
    ...(external !== null && { external: externalOf(external) }),
  };
}

function prepare(db: Database.Database) {
  const account = 'SELECT subject, login, name, password_hash, external FROM accounts';
  const entry = 'SELECT id, at, kind, subject, programme, detail FROM access_log';
  return {
    save: db.prepare<[string, string, string | null, string | null, string | null, string | null]>(
      `INSERT INTO accounts (subject, login, folded, name, password_hash, external) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (subject) DO UPDATE SET login = excluded.login, folded = excluded.folded,
       name = excluded.name, password_hash = excluded.password_hash, external = excluded.external`,
    ),
    // Who was forgotten has no login, and no password either.
    setPassword: db.prepare<[string, string, string | null]>(
      `UPDATE accounts SET password_hash = ?
       WHERE subject = ? AND folded IS NOT NULL AND password_hash IS ?`,
    ),
    setExternal: db.prepare<[string | null, string]>(
      'UPDATE accounts SET external = ? WHERE subject = ? AND folded IS NOT NULL',
    ),
    byExternal: db.prepare<[string], AccountRow>(`${account} WHERE external = ?`).raw(),
    byLogin: db.prepare<[string], AccountRow>(`${account} WHERE folded = ?`).raw(),
    bySubject: db.prepare<[string], AccountRow>(`${account} WHERE subject = ?`).raw(),
    accounts: db.prepare<[], AccountRow>(`${account} ORDER BY subject`).raw(),
    names: db
      .prepare<[string], [string, string]>(
        `SELECT subject, name FROM accounts
         WHERE subject IN (SELECT value FROM json_each(?)) AND name IS NOT NULL`,
      )
      .raw(),
    forget: db.prepare<[string]>(
      `UPDATE accounts SET login = '', folded = NULL, name = NULL, password_hash = NULL, external = NULL
       WHERE subject = ?`,
    ),
    saveRefresh: db.prepare<[string, string, string, string, number]>(
      'INSERT INTO refresh (digest, subject, family, expires_at, used) VALUES (?, ?, ?, ?, ?)',
    ),
    refresh: db
      .prepare<[string], RefreshRow>(
        'SELECT digest, subject, family, expires_at, used FROM refresh WHERE digest = ?',
      )
      .raw(),
    use: db.prepare<[string]>('UPDATE refresh SET used = 1 WHERE digest = ?'),
    lives: db.prepare<[string], number>('SELECT 1 FROM refresh WHERE family = ? LIMIT 1').pluck(),
    endPast: db.prepare<[string]>('DELETE FROM refresh WHERE expires_at < ?'),
    endFamily: db.prepare<[string]>('DELETE FROM refresh WHERE family = ?'),
    endSubject: db.prepare<[string]>('DELETE FROM refresh WHERE subject = ?'),
    secret: db.prepare<[string], Buffer>('SELECT value FROM secrets WHERE name = ?').pluck(),
    saveSecret: db.prepare<[string, Buffer]>('INSERT INTO secrets (name, value) VALUES (?, ?)'),
    logAccess: db.prepare<[string, string, string | null, string | null, string]>(
      'INSERT INTO access_log (at, kind, subject, programme, detail) VALUES (?, ?, ?, ?, ?)',
    ),
    accessLog: db
      .prepare<[number, number], AccessRow>(`${entry} WHERE id < ? ORDER BY id DESC LIMIT ?`)
      .raw(),
    accessLogOf: db
      .prepare<[string, number, number], AccessRow>(
        `${entry} WHERE programme = ? AND id < ? ORDER BY id DESC LIMIT ?`,
      )
      .raw(),
  };
}
