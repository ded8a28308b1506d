import fs from 'node:fs';
import path from 'node:path';
import { canonical, type Json } from '@jejak/core';
import { databaseProblems, SqliteLog } from '@jejak/adapters/sqlite';
import { sync } from '../durable';
import { FILES } from '../stores';
import { type BackupProgress, refuseTaken } from './backup';
import {
  BadBackup,
  copyDurably,
  digestOf,
  filesBelow,
  type Manifest,
  MANIFEST,
  readManifest,
  syncTree,
} from './manifest';

/**
 * Makes a data directory of a backup, after proving that the backup is what its manifest says.
 *
 * @param directory a data directory that does not exist or is empty; it appears when all of it is there
 * @throws BadBackup, NotEmpty
 */
export async function restore(
  source: string,
  directory: string,
  onProgress: BackupProgress = () => undefined,
): Promise<Manifest> {
  const manifest = readManifest(source);
  refuseTaken(directory);
  await verifyBackup(source, manifest, onProgress);
  const parent = path.dirname(path.resolve(directory));
  fs.mkdirSync(parent, { recursive: true });
  const beside = fs.mkdtempSync(path.join(parent, `${path.basename(directory)}.restoring-`));
  try {
    for (const { path: name } of manifest.files)
      copyDurably(path.join(source, name), path.join(beside, name));
    syncTree(beside);
    if (fs.existsSync(directory)) fs.rmdirSync(directory);
    fs.renameSync(beside, directory);
    sync(parent);
  } catch (error) {
    fs.rmSync(beside, { recursive: true, force: true });
    throw error;
  }
  return manifest;
}

/**
 * Holds a backup against its manifest: its files and their digests, its databases, and where its log stands.
 *
 * @throws BadBackup for the first thing that is not so
 */
export async function verifyBackup(
  source: string,
  manifest: Manifest,
  onProgress: BackupProgress = () => undefined,
): Promise<void> {
  const named = new Set(manifest.files.map((file) => file.path));
  for (const [n, file] of manifest.files.entries()) {
    const place = path.join(source, file.path);
    if (path.relative(source, place).startsWith('..') || !fs.existsSync(place)) {
      throw new BadBackup(`${file.path} is missing`);
    }
    const { bytes, sha256 } = await digestOf(place);
    if (bytes !== file.bytes || sha256 !== file.sha256)
      throw new BadBackup(`${file.path} is not what it was`);
    onProgress('verifying', n + 1, manifest.files.length);
  }
  const extra = filesBelow(source).find((name) => name !== MANIFEST && !named.has(name));
  if (extra !== undefined) throw new BadBackup(`${extra} is not in the manifest`);
  if (!named.has(FILES.log)) throw new BadBackup(`${FILES.log} is missing`);
  for (const name of [FILES.log, FILES.accounts]) {
    const [problem] = named.has(name) ? databaseProblems(path.join(source, name)) : [];
    if (problem !== undefined) throw new BadBackup(`${name}: ${problem}`);
  }
  const log = SqliteLog.open({ file: path.join(source, FILES.log), clock: Date.now, readOnly: true });
  try {
    const heads = (await log.heads()) as unknown as Json;
    if (log.logId !== manifest.logId || canonical(heads) !== canonical(manifest.heads)) {
      throw new BadBackup('the log does not stand where the manifest says');
    }
  } finally {
    await log.close();
  }
}
