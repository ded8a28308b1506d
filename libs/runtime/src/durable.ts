import fs from 'node:fs';
import path from 'node:path';

/** Waits until a file's bytes, or a directory's names, are on the disk. */
export function sync(file: string): void {
  const handle = fs.openSync(file, 'r');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

/** Waits until a directory's names are on the disk, where the platform and the directory's mode let that be asked. */
export function syncDirectory(directory: string): void {
  // Windows opens no directory, and keeps its names by itself.
  if (process.platform === 'win32') return;
  try {
    sync(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EINVAL') throw error;
  }
}

/** Makes a directory, for its owner only, and those above it; their names are on the disk when it returns. */
export function makeDirectory(directory: string): void {
  const target = path.resolve(directory);
  const first = fs.mkdirSync(target, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = target; made.length >= first.length; made = path.dirname(made))
    syncDirectory(path.dirname(made));
}
