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
    });
    const bytes = () =>
      fs.readdirSync(directory).map((name) => fs.readFileSync(path.join(directory, name), 'latin1'));
    expect(bytes().join('')).toContain('Rahasia Sekali');
    await credentials.forget('u-7');
    for (const trace of ['Rahasia Sekali', 'Secretive', 'secretive', '$hash-of-it']) {
      expect(bytes().join('')).not.toContain(trace);
    }
    await credentials.close();
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
