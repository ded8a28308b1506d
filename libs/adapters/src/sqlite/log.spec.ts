import type { Clock } from '@jejak/core';
import { type CopyableLogFixture, eventLogContract, logCopyContract } from '@jejak/core/testing';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SqliteLog } from './log';

async function make(clock: Clock): Promise<CopyableLogFixture> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-log-'));
  const file = path.join(directory, 'log.db');
  let log = SqliteLog.open({ file, clock });
  return {
    get log() {
      return log;
    },
    async reopen() {
      await log.close();
      log = SqliteLog.open({ file, clock });
    },
    settled: () => Promise.resolve(),
    async close() {
      await log.close();
      fs.rmSync(directory, { recursive: true });
    },
  };
}

eventLogContract('SQLite', make);

logCopyContract('SQLite', make);
