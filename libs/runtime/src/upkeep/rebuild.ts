import path from 'node:path';
import { DataDirectoryLock, SqliteViewStore } from '@jejak/adapters/sqlite';
import { ViewRunner } from '@jejak/core';
import { catalogue } from '@jejak/domain';
import { views } from '@jejak/views';
import { FILES, openReadOnlyLog } from '../stores';

/** There is no view of that name. */
export class UnknownView extends Error {
  readonly code = 'unknown-view';
}

/** The names of all views. */
export const VIEW_NAMES: readonly string[] = views.map(({ name }) => name);

/**
 * Builds views from nothing beside those that are read, and swaps them in. Holds the data directory meanwhile.
 *
 * @param names those to build; all of them where none is named
 * @throws UnknownView, DataDirectoryLocked
 */
export async function rebuild(
  directory: string,
  names: readonly string[],
  onProgress?: (done: number, total: number) => void,
): Promise<readonly string[]> {
  const unknown = names.find((name) => !VIEW_NAMES.includes(name));
  if (unknown !== undefined) throw new UnknownView(`there is no view ${unknown}: ${VIEW_NAMES.join(', ')}`);
  const chosen = names.length === 0 ? views : views.filter(({ name }) => names.includes(name));
  const lock = DataDirectoryLock.acquire(directory);
  try {
    const log = openReadOnlyLog(directory);
    const store = SqliteViewStore.open({ file: path.join(directory, FILES.views) });
    try {
      await new ViewRunner({ views: chosen, store, log, catalogue, beside: true }).start(
        undefined,
        onProgress,
      );
    } finally {
      await store.close();
      await log.close();
    }
  } finally {
    lock.release();
  }
  return chosen.map(({ name }) => name);
}
