import { Sqlite } from './binding';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openLogFile, refuseOldSqlite, refuseUndurable, UnsafeDatabase } from './database';
import { DataDirectoryLock } from './lock';
import { SqliteLog } from './log';
import { openViewFile } from './view-file';

describe('the file of a log', () => {
  let directory: string;
  let file: string;
  beforeEach(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-database-'));
    file = path.join(directory, 'log.db');
  });
  afterEach(() => {
    fs.rmSync(directory, { recursive: true });
  });
  const open = (readOnly = false) => SqliteLog.open({ file, clock: Date.now, readOnly });

  it('is for its owner only, and so is what SQLite puts beside it', () => {
    const mask = process.umask(0);
    try {
      const db = openLogFile(file, false);
      db.exec('CREATE TABLE t (a)');
      for (const name of fs.readdirSync(directory))
        expect([name, fs.statSync(path.join(directory, name)).mode & 0o777]).toEqual([name, 0o600]);
      db.close();
      openViewFile(path.join(directory, 'views.db'), { readOnly: false, keep: false }).close();
      DataDirectoryLock.acquire(directory).release();
      for (const name of ['views.db', 'lock.db', 'lock.pid'])
        expect([name, fs.statSync(path.join(directory, name)).mode & 0o777]).toEqual([name, 0o600]);
    } finally {
      process.umask(mask);
    }
  });

  it('is written in WAL with synchronous FULL, on this very SQLite', () => {
    const db = openLogFile(file, false);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('synchronous', { simple: true })).toBe(2);
    db.close();
  });

  it('is not written where it cannot be durable', () => {
    expect(() => openLogFile(':memory:', false)).toThrow(UnsafeDatabase);
    expect(() => {
      refuseUndurable('delete', 2);
    }).toThrow('WAL');
    expect(() => {
      refuseUndurable('wal', 1);
    }).toThrow('FULL');
    expect(() => {
      refuseUndurable('wal', undefined);
    }).toThrow(UnsafeDatabase);
    refuseUndurable('wal', 2);
    refuseUndurable('wal', 3);
  });

  it.each(['3.51.2', '3.50.9', '3.9.10', '2.99.99', '3', '', 'unknown'])(
    'is not opened by SQLite %s',
    (version) => {
      expect(() => {
        refuseOldSqlite(version);
      }).toThrow(UnsafeDatabase);
    },
  );

  it.each(['3.51.3', '3.51.10', '3.52.0', '3.100.0', '4.0.0'])('is opened by SQLite %s', (version) => {
    refuseOldSqlite(version);
  });

  it('keeps its id, and has one of its own', async () => {
    const first = open();
    const second = SqliteLog.open({ file: path.join(directory, 'other.db'), clock: Date.now });
    expect(first.logId).not.toBe(second.logId);
    expect(first.logId).toMatch(/^[0-9a-f-]{36}$/);
    await first.close();
    await second.close();
    const again = open();
    expect(again.logId).toBe(first.logId);
    await again.close();
  });

  it('lets nobody change or remove an event', async () => {
    const log = open();
    const meta = {
      actor: { subject: 'u', role: 'office' },
      commandId: 'c',
      commandDigest: 'd',
      correlationId: 'c',
      causationId: 'c',
    };
    const event = { id: 'e', type: 'Happened', version: 1, programme: 'malang.2023', data: {}, meta };
    await log.append('test-malang.2023.main', -1, [event]);
    await log.close();
    const db = new Sqlite(file);
    expect(() => db.exec("UPDATE events SET envelope = '{}'")).toThrow('events are never changed');
    expect(() => db.exec('DELETE FROM events')).toThrow('events are never removed');
    db.close();
  });

  it('is not opened when it holds something else, or is of another version', async () => {
    const db = new Sqlite(file);
    db.exec('CREATE TABLE something (else_ TEXT)');
    db.close();
    expect(() => open()).toThrow('the file holds something else than a log');
    fs.rmSync(file);
    await open().close();
    const newer = new Sqlite(file);
    newer.exec("UPDATE meta SET value = '2' WHERE name = 'schema'");
    newer.close();
    expect(() => open()).toThrow('tables are of version 2');
    fs.writeFileSync(
      file,
      'not a database, but long enough to be taken for the beginning of one'.repeat(200),
    );
    expect(() => open()).toThrow('file is not a database');
  });

  it('is not made by a reader', () => {
    expect(() => open(true)).toThrow();
    expect(fs.existsSync(file)).toBe(false);
    new Sqlite(file).close();
    fs.writeFileSync(file, '');
    expect(() => open(true)).toThrow('there is no log in this file yet');
  });
});
