import fs from 'node:fs';
import path from 'node:path';
import { DirectoryEvidence, SqliteCredentials } from '@jejak/adapters/sqlite';
import type { Clock, CopyableLog, Credentials, EventLog, EvidenceStore } from '@jejak/core';
import { NoData } from '../beside';
import { type Config, configFor } from '../config';
import { FILES, openReadOnlyLog, openWritersStores } from '../stores';
import { CopyRefused } from './refused';

/** Where an installation keeps what it has. */
export type Address =
  | { readonly kind: 'directory'; readonly directory: string }
  /** both may hold a password, and are never told */
  | { readonly kind: 'servers'; readonly eventStoreUrl: string; readonly mongoUrl: string };

/** One of the two installations of a copy. */
export interface Side {
  readonly log: EventLog & CopyableLog;
  readonly credentials: Credentials;
  readonly evidence: EvidenceStore;
  close(): Promise<void>;
}

/**
 * Opens an installation. A directory is taken for the time being unless it is only read; one that is written to is made
 * where there is none.
 *
 * @throws NoData; DataDirectoryLocked, UnsafeDatabase; LogUnavailable, StoreUnavailable, ServerTooOld
 */
export async function openSide(
  address: Address,
  use: 'read' | 'shut' | 'write',
  clock: Clock = Date.now,
): Promise<Side> {
  if (address.kind === 'servers') return openServersSide(address, clock);
  const { directory } = address;
  const file = (name: string): string => path.join(directory, name);
  if (use !== 'write' && !fs.existsSync(file(FILES.log)))
    throw new NoData(`${directory} holds no data of Jejak`);
  if (use !== 'read') return openWritersStores(directory, clock);
  const log = openReadOnlyLog(directory);
  const credentials = SqliteCredentials.open({ file: file(FILES.accounts) });
  return {
    log,
    credentials,
    evidence: DirectoryEvidence.open({ directory: file(FILES.evidence) }),
    async close() {
      await credentials.close();
      await log.close();
    },
  };
}

/** @throws CopyRefused `same-log` for addresses that cannot be of two installations */
export function refuseSame(from: Address, to: Address): void {
  const place = (directory: string): string =>
    fs.existsSync(directory) ? fs.realpathSync(directory) : path.resolve(directory);
  if (from.kind === 'directory' && to.kind === 'directory') {
    if (place(from.directory) === place(to.directory)) throw new CopyRefused('same-log');
  } else if (from.kind === 'servers' && to.kind === 'servers') {
    if (from.eventStoreUrl === to.eventStoreUrl || from.mongoUrl === to.mongoUrl)
      throw new CopyRefused('same-log');
  }
}

function openServersSide(
  { eventStoreUrl, mongoUrl }: Extract<Address, { kind: 'servers' }>,
  clock: Clock,
): Promise<Side> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- between directories no client of a server is loaded
  const { openServers } = require('../distributed/servers') as typeof import('../distributed/servers');
  const config: Config = configFor('.', { mode: 'distributed', eventStoreUrl, mongoUrl });
  return openServers(config, clock);
}
