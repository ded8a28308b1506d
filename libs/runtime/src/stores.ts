import path from 'node:path';
import {
  DataDirectoryLock,
  SqliteCredentials,
  DirectoryEvidence,
  SqliteFeed,
  SqliteLog,
  SqliteViewStore,
} from '@jejak/adapters/sqlite';
import type { Clock } from '@jejak/core';
import { makeDirectory, syncDirectory } from './durable';

/** The files of a data directory, by what they hold. */
export const FILES = {
  log: 'log.db',
  views: 'views.db',
  accounts: 'accounts.db',
  evidence: 'evidence',
  socket: 'jejak.sock',
} as const;

const file = (directory: string, name: keyof typeof FILES): string => path.join(directory, FILES[name]);

/** What the one process that writes a data directory holds open. */
export interface WritersStores {
  readonly log: SqliteLog;
  readonly credentials: SqliteCredentials;
  readonly evidence: DirectoryEvidence;
  close(): Promise<void>;
}

/**
 * Takes the data directory, and makes it where there is none. What it made is on the disk, by its name too. Where it
 * throws, nothing is left open, and the directory is free.
 *
 * @throws DataDirectoryLocked, UnsafeDatabase
 */
export async function openWritersStores(directory: string, clock: Clock): Promise<WritersStores> {
  makeDirectory(directory);
  const lock = DataDirectoryLock.acquire(directory);
  const opened: { close(): Promise<void> }[] = [];
  const kept = <T extends { close(): Promise<void> }>(store: T): T => {
    opened.unshift(store);
    return store;
  };
  const close = async (): Promise<void> => {
    for (const store of opened) await store.close();
    lock.release();
  };
  try {
    const log = kept(SqliteLog.open({ file: file(directory, 'log'), clock }));
    const credentials = kept(SqliteCredentials.open({ file: file(directory, 'accounts'), clock }));
    const evidence = kept(DirectoryEvidence.open({ directory: file(directory, 'evidence') }));
    // An acknowledged command in a file whose name is lost would be lost with it.
    syncDirectory(directory);
    return { log, credentials, evidence, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A second connection to the log, for a thread or a process that only reads. */
export function openReadOnlyLog(directory: string): SqliteLog {
  return SqliteLog.open({ file: file(directory, 'log'), clock: Date.now, readOnly: true });
}

/**
 * The views, for the one that writes them, and the feed that fills them; opened beside the readers', whose file it
 * leaves to them even where it is of no use.
 *
 * @throws ViewStoreBroken
 */
export function openFollowerStore(
  directory: string,
  log: SqliteLog,
): { readonly store: SqliteViewStore; readonly feed: SqliteFeed } {
  const store = SqliteViewStore.open({ file: file(directory, 'views'), keep: true });
  return { store, feed: new SqliteFeed({ log, checkpoints: store.checkpoints }) };
}

/**
 * The views, for readers, opened by the process that has the data directory before anything writes them: makes the
 * file where there is none, or where it is of no use any more.
 *
 * @param onDiscarded told why a file that was there was thrown away
 */
export async function openReadersStore(
  directory: string,
  onDiscarded?: (reason: string) => void,
): Promise<SqliteViewStore> {
  const views = file(directory, 'views');
  await SqliteViewStore.open({ file: views, ...(onDiscarded && { onDiscarded }) }).close();
  return SqliteViewStore.open({ file: views, readOnly: true });
}
