import { credentialsContract } from '@jejak/core/testing';
import { Sqlite } from './binding';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SqliteCredentials } from './credentials';
import { UnsafeDatabase } from './database';

let directory: string;
let file: string;
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-accounts-'));
  file = path.join(directory, 'accounts.db');
});
afterEach(() => fs.rmSync(directory, { recursive: true }));

credentialsContract('SQLite', async () => {
  let now = 0;
  const clock = () => now;
  const fixture = {
    credentials: SqliteCredentials.open({ file, clock }),
    setClock: (to: number) => {
      now = to;
    },
    reopen: async () => {
      await fixture.credentials.close();
      fixture.credentials = SqliteCredentials.open({ file, clock });
    },
    close: () => fixture.credentials.close(),
  };
  return fixture;
});

describe('the file of accounts', () => {
  it('may be read by its owner only, and so may the WAL', async () => {
    fs.writeFileSync(file, '', { mode: 0o644 });
    const credentials = SqliteCredentials.open({ file });
    await credentials.save({ subject: 'u-1', login: 'sari' });
    for (const name of fs.readdirSync(directory)) {
      expect(`${name} ${(fs.statSync(path.join(directory, name)).mode & 0o777).toString(8)}`).toBe(
        `${name} 600`,
      );
    }
    expect(fs.readdirSync(directory)).toContain('accounts.db-wal');
    await credentials.close();
  });

  it('holds nothing of who was forgotten', async () => {
    const credentials = SqliteCredentials.open({ file });
    for (let n = 0; n < 200; n++) {
      await credentials.save({
        subject: `u-${String(n)}`,
        login: `login-${String(n)}`,
        name: `Person ${String(n)}`,
      });
    }
    await credentials.save({
      subject: 'u-7',
      login: 'Secretive',
      name: 'Rahasia Sekali',
      passwordHash: '$hash-of-it',
      external: { issuer: 'https://sso', subject: 'sub-of-it' },
    });
    const bytes = () =>
      fs.readdirSync(directory).map((name) => fs.readFileSync(path.join(directory, name), 'latin1'));
    expect(bytes().join('')).toContain('Rahasia Sekali');
    await credentials.forget('u-7');
    for (const trace of ['Rahasia Sekali', 'Secretive', 'secretive', '$hash-of-it', 'sub-of-it']) {
      expect(bytes().join('')).not.toContain(trace);
    }
    await credentials.close();
  });

  it('of the version before is brought up to this one, with everything that it holds', async () => {
    // Its tables as that version made them.
    const old = new Sqlite(file);
    old.exec(`
      CREATE TABLE accounts (
        subject TEXT PRIMARY KEY, login TEXT NOT NULL, folded TEXT UNIQUE, name TEXT, password_hash TEXT
      ) WITHOUT ROWID;
      CREATE TABLE refresh (
        digest TEXT PRIMARY KEY, subject TEXT NOT NULL, family TEXT NOT NULL, expires_at TEXT NOT NULL,
        used INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX refresh_of_family ON refresh (family);
      CREATE INDEX refresh_of_subject ON refresh (subject);
      CREATE INDEX refresh_by_end ON refresh (expires_at);
      CREATE TABLE secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
      CREATE TABLE access_log (
        id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT, programme TEXT,
        detail TEXT NOT NULL
      );
      CREATE INDEX access_log_of_programme ON access_log (programme, id);
      INSERT INTO accounts VALUES ('u-1', 'Sari', 'sari', 'Sari Wulan', '$scrypt$a'), ('u-2', '', NULL, NULL, NULL),
        ('u-3', 'budi', 'budi', NULL, NULL);
      INSERT INTO refresh VALUES ('d-1', 'u-1', 'f-1', '2099-01-01T00:00:00.000Z', 0);
      INSERT INTO secrets VALUES ('access-token-key', x'0102');
      INSERT INTO access_log (at, kind, subject, detail) VALUES ('2023-01-01T00:00:00.000Z', 'sign-in', 'u-1', 'password');
      PRAGMA user_version = 1;
    `);
    old.close();
    for (let opening = 0; opening < 2; opening++) {
      const credentials = SqliteCredentials.open({ file });
      const external = { issuer: 'https://sso', subject: 'person' };
      const before = opening === 0 ? {} : { external };
      expect(await credentials.accounts()).toEqual([
        { subject: 'u-1', login: 'Sari', name: 'Sari Wulan', passwordHash: '$scrypt$a', ...before },
        { subject: 'u-2', login: '' },
        { subject: 'u-3', login: 'budi' },
      ]);
      expect(await credentials.setExternal('u-1', external)).toBe(true);
      expect((await credentials.byExternal(external))?.subject).toBe('u-1');
      expect(await credentials.familyLives('f-1')).toBe(true);
      expect(await credentials.secret('access-token-key', () => Buffer.alloc(0))).toEqual(
        Buffer.from([1, 2]),
      );
      expect(await credentials.accessLog({ limit: 9 })).toHaveLength(1);
      await credentials.close();
    }
  });

  it('is refused when its tables are of a newer version, and left as it is', async () => {
    await SqliteCredentials.open({ file }).close();
    const db = new Sqlite(file);
    db.pragma('user_version = 9');
    db.close();
    expect(() => SqliteCredentials.open({ file })).toThrow(UnsafeDatabase);
    const after = new Sqlite(file);
    expect(after.pragma('user_version', { simple: true })).toBe(9);
    after.close();
  });
});
