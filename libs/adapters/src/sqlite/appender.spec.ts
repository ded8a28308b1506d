import { LogUnavailable, type NewEvent } from '@jejak/core';
import { idsOf, newEvent, newEvents, ofProgramme, restOf, streamOf } from '@jejak/core/testing';
import { Sqlite } from './binding';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SqliteLog } from './log';

const PROGRAMME = 'malang.2023';

describe('appending on SQLite', () => {
  let directory: string;
  let file: string;
  let log: SqliteLog;
  let now = Date.parse('2023-06-12T02:00:00.000Z');
  const open = () => SqliteLog.open({ file, clock: () => now });
  beforeEach(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-appender-'));
    file = path.join(directory, 'log.db');
    log = open();
  });
  afterEach(async () => {
    await log.close();
    fs.rmSync(directory, { recursive: true });
  });

  /** What somebody else does to the file. */
  const meanwhile = (sql: string): void => {
    const other = new Sqlite(file);
    other.exec(sql);
    other.close();
  };
  const appendTo = (code: string, events: readonly NewEvent[], expected = -1) =>
    log.append(streamOf(PROGRAMME, code), expected, events);
  const many = (count: number, prefix = 's') =>
    Array.from({ length: count }, (_, n) => appendTo(`${prefix}-${String(n)}`, [newEvent(PROGRAMME)]));
  const commits = () => {
    let count = 0;
    log.onCommit(() => count++);
    return () => count;
  };

  describe('commits in groups', () => {
    it('what was asked for in one turn, at once', async () => {
      const count = commits();
      await Promise.all(many(64));
      expect(count()).toBe(1);
      const next = many(3, 't');
      await new Promise((resolve) => process.nextTick(resolve));
      await Promise.all([...next, ...many(3, 'u')]);
      expect(count()).toBe(2);
    });

    it('of a bounded size, and never half an append', async () => {
      const count = commits();
      await Promise.all(many(2_500));
      expect(count()).toBe(3);
      await appendTo('large', newEvents(PROGRAMME, 3_000));
      expect(count()).toBe(4);
    });

    it('that are seen by nobody before they are acknowledged', async () => {
      const reader = SqliteLog.open({ file, clock: () => now, readOnly: true });
      const appending = many(10);
      expect(await reader.readAll(undefined, 100)).toEqual([]);
      await Promise.all(appending);
      expect(await reader.readAll(undefined, 100)).toHaveLength(10);
      await reader.close();
    });
  });

  it('records the time of a programme, which never goes back, across its streams', async () => {
    const start = now;
    const at = async (code: string, offset: number, programme = PROGRAMME) => {
      now = start + offset;
      const { events } = await log.append(streamOf(programme, code), -1, newEvents(programme, 1));
      return Date.parse(events[0]?.event.recordedAt ?? '') - start;
    };
    expect(await at('a', 50)).toBe(50);
    expect(await at('b', 20)).toBe(50);
    expect(await at('c', 0, 'batu.2023')).toBe(0);
    await log.close();
    log = open();
    expect(await at('d', 10)).toBe(50);
    expect(await at('e', 60)).toBe(60);
    now = start;
  });

  it('keeps its place in streams that were put out of memory', async () => {
    for (let round = 0; round < 2; round++) {
      const appending = Array.from({ length: 11_000 }, (_, n) =>
        appendTo(`${String(round)}-${String(n)}`, [newEvent(PROGRAMME)]),
      );
      await Promise.all(appending);
    }
    await appendTo('0-0', newEvents(PROGRAMME, 1), 0);
    await expect(appendTo('0-1', newEvents(PROGRAMME, 1))).rejects.toThrow('is at revision 0, not -1');
  });

  describe('when a group cannot be committed', () => {
    const breakOn = (code: string): void => {
      meanwhile(
        `CREATE TRIGGER broken BEFORE INSERT ON events WHEN new.stream = '${streamOf(PROGRAMME, code)}'
         BEGIN SELECT RAISE(ABORT, 'the disk is broken'); END`,
      );
    };

    it('acknowledges none of it, writes nothing more until it is opened again, and goes on reading', async () => {
      const before = await appendTo('before', newEvents(PROGRAMME, 3));
      breakOn('s-5');
      const count = commits();
      const outcomes = await Promise.allSettled([
        ...many(10),
        appendTo('before', newEvents(PROGRAMME, 1), 2),
      ]);
      for (const outcome of outcomes) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(LogUnavailable) });
      }
      expect(count()).toBe(0);
      expect(log.failure).toContain('the disk is broken');
      meanwhile('DROP TRIGGER broken');

      await expect(appendTo('after', newEvents(PROGRAMME, 1))).rejects.toThrow(LogUnavailable);
      expect(idsOf(await restOf(log))).toEqual(idsOf(before.events));
      expect(await log.head(PROGRAMME)).toMatchObject({ index: 2 });

      await log.close();
      log = open();
      expect(log.failure).toBeUndefined();
      await appendTo('before', newEvents(PROGRAMME, 1), 2);
      await Promise.all(many(10));
      const indexes = (await ofProgramme(log, PROGRAMME)).map(({ index }) => index);
      expect(indexes).toEqual(Array.from({ length: 14 }, (_, n) => n));
    });

    it('refuses what waits for a later group too', async () => {
      breakOn('s-5');
      const outcomes = await Promise.allSettled(many(2_500));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toEqual([]);
      expect(await restOf(log)).toEqual([]);
    });

    it('because it cannot read where a stream ends, does the same', async () => {
      await appendTo('a', newEvents(PROGRAMME, 1));
      meanwhile('ALTER TABLE events RENAME COLUMN revision TO place');
      await expect(appendTo('b', newEvents(PROGRAMME, 1))).rejects.toThrow(LogUnavailable);
      expect(log.failure).toContain('no such column');
    });

    it('because another holds the file, tries again with the next', async () => {
      const other = new Sqlite(file);
      other.exec('BEGIN IMMEDIATE');
      await expect(appendTo('a', newEvents(PROGRAMME, 1))).rejects.toThrow(LogUnavailable);
      expect(log.failure).toBeUndefined();
      other.exec('ROLLBACK');
      other.close();
      await appendTo('a', newEvents(PROGRAMME, 1));
    });

    it('because another wrote behind its back, stops rather than number anew', async () => {
      await appendTo('a', newEvents(PROGRAMME, 1));
      const second = SqliteLog.open({ file, clock: () => now });
      await second.append(streamOf(PROGRAMME, 'a'), 0, newEvents(PROGRAMME, 1));
      await second.close();
      await expect(appendTo('a', newEvents(PROGRAMME, 1), 0)).rejects.toThrow(LogUnavailable);
      expect(log.failure).toContain('UNIQUE');
      expect(await log.readStream(streamOf(PROGRAMME, 'a'))).toHaveLength(2);
    });
  });

  it('commits what waits when it is closed, and then refuses', async () => {
    const appending = many(10);
    await log.close();
    await Promise.all(appending);
    await expect(appendTo('late', newEvents(PROGRAMME, 1))).rejects.toThrow(LogUnavailable);
    expect(log.failure).toBe('the log is closed');
    await log.close();
    log = open();
    expect(await restOf(log)).toHaveLength(10);
  });
});
