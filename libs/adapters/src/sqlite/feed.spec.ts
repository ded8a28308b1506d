import type { CheckpointStore } from '@jejak/core';
import { eventFeedContract, type EventFeedFixture } from '@jejak/core/testing';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SqliteFeed } from './feed';
import { SqliteLog } from './log';

/** What a view store does with checkpoints, without the store. */
class Checkpoints implements CheckpointStore {
  readonly positions = new Map<string, string>();

  async load(group: string): Promise<string | undefined> {
    return this.positions.get(group);
  }

  async save(group: string, position: string): Promise<void> {
    this.positions.set(group, position);
  }
}

async function make(): Promise<EventFeedFixture> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-feed-'));
  const log = SqliteLog.open({ file: path.join(directory, 'log.db'), clock: Date.now });
  const checkpoints = new Checkpoints();
  let feed = new SqliteFeed({ log, checkpoints });
  return {
    log,
    get feed() {
      return feed;
    },
    async restart() {
      await feed.close();
      feed = new SqliteFeed({ log, checkpoints });
    },
    settled: () => Promise.resolve(),
    async close() {
      await feed.close();
      await log.close();
      fs.rmSync(directory, { recursive: true });
    },
  };
}

eventFeedContract('SQLite', make);
