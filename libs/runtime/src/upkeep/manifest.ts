import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { sync } from '../durable';

export const MANIFEST = 'manifest.json';

/** What a backup holds, so that it can be proved whole before anything is made of it. */
const manifestSchema = z.strictObject({
  format: z.literal('jejak-backup'),
  version: z.literal(1),
  /** ISO, UTC */
  createdAt: z.string(),
  logId: z.string(),
  /** events in the log */
  events: z.int().min(0),
  /** where each programme stands */
  heads: z.array(z.strictObject({ programme: z.string(), index: z.int(), position: z.string() })),
  files: z.array(
    z.strictObject({ path: z.string(), bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
});
export type Manifest = z.output<typeof manifestSchema>;

/** A backup that is not whole, or not one. */
export class BadBackup extends Error {
  readonly code = 'bad-backup';
}

/** @throws BadBackup */
export function readManifest(directory: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(fs.readFileSync(path.join(directory, MANIFEST), 'utf8'));
  } catch {
    throw new BadBackup(`${directory} holds no ${MANIFEST} that can be read: it is not a backup of Jejak`);
  }
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new BadBackup(`${MANIFEST} is not that of a backup this version of the software can read`);
}

/** Size and SHA-256 (hex) of a file. */
export async function digestOf(file: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of fs.createReadStream(file)) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** The files below a directory, by their path from it with forward slashes, in order. */
export function filesBelow(directory: string): string[] {
  if (!fs.existsSync(directory)) return [];
  return fs
    .readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      path.relative(directory, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'),
    )
    .sort();
}

/** Copies a file, and waits until it is on the disk. */
export function copyDurably(source: string, target: string): void {
  fs.mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 });
  fs.copyFileSync(source, target, fs.constants.COPYFILE_EXCL);
  fs.chmodSync(target, 0o600);
  sync(target);
}

/** Waits until every name in a directory, and in those below it, is on the disk. */
export function syncTree(directory: string): void {
  for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) syncTree(path.join(directory, entry.name));
  }
  sync(directory);
}
