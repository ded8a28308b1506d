// Rebuilds all views of a data directory, and prints how long it took and how much memory.
import path from 'node:path';
import { SqliteLog, SqliteViewStore } from '@jejak/adapters/sqlite';
import { ViewRunner } from '@jejak/core';
import { catalogue } from '@jejak/domain';
import { views } from '@jejak/views';

async function main(directory: string): Promise<void> {
  const log = SqliteLog.open({ file: path.join(directory, 'log.db'), clock: Date.now, readOnly: true });
  const store = SqliteViewStore.open({ file: path.join(directory, 'views.db') });
  const began = performance.now();
  await new ViewRunner({ views, store, log, catalogue }).start();
  const seconds = (performance.now() - began) / 1000;
  await store.close();
  await log.close();
  process.stdout.write(JSON.stringify({ seconds, peakBytes: process.resourceUsage().maxRSS * 1024 }));
}

void main(process.argv[2] ?? '.');
