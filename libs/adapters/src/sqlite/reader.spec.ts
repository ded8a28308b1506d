import { LogUnavailable, type ProgrammeEvent } from '@jejak/core';
import {
  followUntil,
  idsOf,
  manyWriters,
  newEvent,
  newEvents,
  restOf,
  sleep,
  streamOf,
} from '@jejak/core/testing';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openLogFile } from './database';
import { SqliteLog } from './log';

const PROGRAMME = 'malang.2023';

describe('reading on SQLite', () => {
  let directory: string;
  let log: SqliteLog;
  let reader: SqliteLog;
  beforeEach(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-reader-'));
    const file = path.join(directory, 'log.db');
    log = SqliteLog.open({ file, clock: Date.now });
    reader = SqliteLog.open({ file, clock: Date.now, readOnly: true });
  });
  afterEach(async () => {
    await reader.close();
    await log.close();
    fs.rmSync(directory, { recursive: true });
  });

  describe('by a second connection', () => {
    it('sees what the first has committed, with the same id, and appends nothing', async () => {
      await manyWriters(log, PROGRAMME, 3);
      expect(reader.logId).toBe(log.logId);
      expect(await restOf(reader)).toEqual(await restOf(log));
      expect(await reader.heads()).toEqual(await log.heads());
      await expect(reader.append(streamOf(PROGRAMME), -1, newEvents(PROGRAMME, 1))).rejects.toThrow(
        LogUnavailable,
      );
      expect(reader.failure).toBe('the log was opened for reading only');
    });

    it('follows as soon as it is woken', async () => {
      log.onCommit(() => {
        reader.wake();
      });
      const following = followUntil(reader, undefined, 1);
      await sleep(50);
      const started = performance.now();
      await log.append(streamOf(PROGRAMME), -1, newEvents(PROGRAMME, 1));
      await following;
      expect(performance.now() - started).toBeLessThan(500);
    });

    it('follows by itself within a second or so when nobody wakes it', async () => {
      const following = followUntil(reader, undefined, 1);
      await sleep(50);
      await log.append(streamOf(PROGRAMME), -1, newEvents(PROGRAMME, 1));
      const started = performance.now();
      await following;
      expect(performance.now() - started).toBeGreaterThan(200);
      expect(performance.now() - started).toBeLessThan(1_500);
    });

    it('misses nothing and gets nothing twice beside 64 writers', async () => {
      const unlisten = log.onCommit(() => {
        reader.wake();
      });
      const following = followUntil(reader, undefined, 64 * 30);
      await manyWriters(log, PROGRAMME, 30);
      expect(idsOf(await following)).toEqual(idsOf(await restOf(log)));
      unlisten();
    });

    it('does not hold the WAL back while it deals with a page', async () => {
      const other = openLogFile(path.join(directory, 'log.db'), false);
      const [first, second] = [newEvents(PROGRAMME, 10), newEvents(PROGRAMME, 10)];
      await log.append(streamOf(PROGRAMME), -1, first);
      for await (const page of reader.follow(undefined, new AbortController().signal)) {
        expect(page).toHaveLength(10);
        await log.append(streamOf(PROGRAMME), 9, second);
        expect(other.pragma('wal_checkpoint(TRUNCATE)')).toEqual([{ busy: 0, log: 0, checkpointed: 0 }]);
        break;
      }
      for await (const page of reader.readProgramme(PROGRAMME, 0)) {
        expect(page).toHaveLength(20);
        await log.append(streamOf(PROGRAMME), 19, newEvents(PROGRAMME, 1));
        expect(other.pragma('wal_checkpoint(TRUNCATE)')).toEqual([{ busy: 0, log: 0, checkpointed: 0 }]);
        break;
      }
      other.close();
    });
  });

  it('follows a commit of its own at once', async () => {
    const following = followUntil(log, undefined, 1);
    await sleep(50);
    const started = performance.now();
    await log.append(streamOf(PROGRAMME), -1, newEvents(PROGRAMME, 1));
    await following;
    expect(performance.now() - started).toBeLessThan(500);
  });

  it('gives pages of at most 5,000 events', async () => {
    await log.append(streamOf(PROGRAMME), -1, newEvents(PROGRAMME, 12_001));
    const sizes = async (pages: AsyncIterable<readonly ProgrammeEvent[]>, enough: number) => {
      const found: number[] = [];
      for await (const page of pages) {
        found.push(page.length);
        if (found.reduce((a, b) => a + b) >= enough) break;
      }
      return found;
    };
    expect(await sizes(log.readProgramme(PROGRAMME, 0), 20_000)).toEqual([5_000, 5_000, 2_001]);
    expect(await sizes(log.follow(undefined, new AbortController().signal), 12_001)).toEqual([
      5_000, 5_000, 2_001,
    ]);
  });

  it('ends a page early when its events are large', async () => {
    const large = Array.from({ length: 100 }, () => newEvent(PROGRAMME, { text: 'x'.repeat(250_000) }));
    await log.append(streamOf(PROGRAMME), -1, large);
    const sizes: number[] = [];
    for await (const page of log.readProgramme(PROGRAMME, 0)) sizes.push(page.length);
    expect(sizes).toEqual([64, 36]);
  });

  it('ends followers when the log is closed', async () => {
    const following = followUntil(log, undefined, 1);
    await sleep(50);
    await log.close();
    expect(await following).toEqual([]);
  });

  it('takes no position that cannot be one', async () => {
    for (const position of ['', 'x', '-1', '1.5', '1e3', '99999999999999999999']) {
      await expect(log.readAll(position, 1)).rejects.toThrow('is not a position of this log');
    }
    expect(await log.readAll('9007199254740991', 1)).toEqual([]);
  });
});
