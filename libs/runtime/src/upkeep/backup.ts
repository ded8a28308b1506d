import fs from 'node:fs';
import path from 'node:path';
import { copyDatabase, SqliteLog } from '@jejak/adapters/sqlite';
import { isoMoment } from '@jejak/core';
import { NoData } from '../beside';
import { sync } from '../durable';
import { FILES } from '../stores';
import { copyDurably, digestOf, filesBelow, type Manifest, MANIFEST, syncTree } from './manifest';

export type BackupStage = 'log' | 'accounts' | 'evidence' | 'verifying';
export type BackupProgress = (stage: BackupStage, done: number, total: number) => void;

/** The target of a backup, or the directory to restore to, is taken. */
export class NotEmpty extends Error {
  readonly code = 'not-empty';
}

/**
 * Copies an installation as it is at one moment, also while a server runs: the log first, then the accounts and the
 * evidence that it speaks of, which are there before the log says so. Views are not copied: they are rebuilt.
 *
 * @param target a directory that does not exist or is empty; it appears when the backup is whole
 * @throws NoData, NotEmpty
 */
export async function backup(
  directory: string,
  target: string,
  onProgress: BackupProgress = () => undefined,
): Promise<Manifest> {
  if (!fs.existsSync(path.join(directory, FILES.log)))
    throw new NoData(`${directory} holds no data of Jejak`);
  refuseTaken(target);
  const parent = path.dirname(path.resolve(target));
  fs.mkdirSync(parent, { recursive: true });
  const beside = fs.mkdtempSync(path.join(parent, `${path.basename(target)}.partial-`));
  try {
    const from = (name: string): string => path.join(directory, name);
    const to = (name: string): string => path.join(beside, name);
    await copyDatabase(from(FILES.log), to(FILES.log), (done, total) => onProgress('log', done, total));
    if (fs.existsSync(from(FILES.accounts))) {
      await copyDatabase(from(FILES.accounts), to(FILES.accounts), (done, total) =>
        onProgress('accounts', done, total),
      );
    }
    copyEvidence(from(FILES.evidence), to(FILES.evidence), onProgress);
    const manifest = await describe(beside, onProgress);
    fs.writeFileSync(to(MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    sync(to(MANIFEST));
    syncTree(beside);
    if (fs.existsSync(target)) fs.rmdirSync(target);
    fs.renameSync(beside, target);
    sync(parent);
    return manifest;
  } catch (error) {
    fs.rmSync(beside, { recursive: true, force: true });
    throw error;
  }
}

/** @throws NotEmpty */
export function refuseTaken(target: string): void {
  if (!fs.existsSync(target)) return;
  if (!fs.statSync(target).isDirectory() || fs.readdirSync(target).length > 0) {
    throw new NotEmpty(`${target} exists already and is not empty`);
  }
}

/** What is still being received has no name yet and belongs to no report. */
function copyEvidence(source: string, target: string, onProgress: BackupProgress): void {
  const files = filesBelow(source).filter((file) => !file.startsWith('incoming/'));
  for (const [n, file] of files.entries()) {
    copyDurably(path.join(source, file), path.join(target, file));
    onProgress('evidence', n + 1, files.length);
  }
}

async function describe(directory: string, onProgress: BackupProgress): Promise<Manifest> {
  const log = SqliteLog.open({ file: path.join(directory, FILES.log), clock: Date.now, readOnly: true });
  const heads = await log.heads();
  const { logId } = log;
  await log.close();
  const names = filesBelow(directory);
  const files: Manifest['files'] = [];
  for (const [n, name] of names.entries()) {
    files.push({ path: name, ...(await digestOf(path.join(directory, name))) });
    onProgress('verifying', n + 1, names.length);
  }
  const events = heads.reduce((sum, { index }) => sum + index + 1, 0);
  return {
    format: 'jejak-backup',
    version: 1,
    createdAt: isoMoment(Date.now()),
    logId,
    events,
    heads: [...heads],
    files,
  };
}
