import {
  EvidenceDamaged,
  type EvidenceFile,
  type EvidenceStore,
  EvidenceTooLarge,
  isProgramme,
} from '@jejak/core';
import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';

/** A file that was being received when the process died is removed when it is this old, in milliseconds. */
const ABANDONED = 24 * 60 * 60 * 1_000;

const DIGEST = /^[0-9a-f]{64}$/;

export interface DirectoryEvidenceOptions {
  /** made where there is none */
  readonly directory: string;
}

/**
 * Evidence of one machine, in a directory: `<programme>/<first two of the digest>/<digest>` and, beside it with
 * `.json`, what is known of it. A file has its name only when it is whole and on the disk; the `.json` comes last, and
 * without it the file is not there.
 */
export class DirectoryEvidence implements EvidenceStore {
  private constructor(private readonly directory: string) {}

  static open({ directory }: DirectoryEvidenceOptions): DirectoryEvidence {
    return new DirectoryEvidence(path.resolve(directory));
  }

  async put(
    programme: string,
    content: AsyncIterable<Uint8Array>,
    about: { mediaType: string; name?: string; limit: number },
  ): Promise<EvidenceFile> {
    if (!isProgramme(programme)) throw new RangeError(`"${programme}" is not a programme`);
    const incoming = path.join(this.directory, 'incoming');
    await this.makeDirectory(incoming);
    await removeAbandoned(incoming);
    const temporary = path.join(incoming, randomUUID());
    try {
      const { digest, bytes } = await receive(temporary, content, about.limit);
      const kept = await this.about(programme, digest);
      if (kept !== undefined) return kept;
      const { mediaType, name } = about;
      const file: EvidenceFile = { digest, bytes, mediaType, ...(name !== undefined && { name }) };
      const place = this.place(programme, digest);
      const directory = path.dirname(place);
      await this.makeDirectory(directory);
      await fs.rename(temporary, place);
      await sync(directory);
      await written(temporary, JSON.stringify(file));
      await fs.rename(temporary, `${place}.json`);
      await sync(directory);
      return file;
    } finally {
      await fs.rm(temporary, { force: true });
    }
  }

  async about(programme: string, digest: string): Promise<EvidenceFile | undefined> {
    if (!isProgramme(programme) || !DIGEST.test(digest)) return undefined;
    try {
      return JSON.parse(await fs.readFile(`${this.place(programme, digest)}.json`, 'utf8')) as EvidenceFile;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async read(programme: string, digest: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const about = await this.about(programme, digest);
    return about && checked(this.place(programme, digest), about);
  }

  async close(): Promise<void> {
    return;
  }

  private place(programme: string, digest: string): string {
    return path.join(this.directory, programme, digest.slice(0, 2), digest);
  }

  /** Makes a directory and those above it, and sees to it that their names are on the disk. */
  private async makeDirectory(directory: string): Promise<void> {
    const first = await fs.mkdir(directory, { recursive: true, mode: 0o700 });
    if (first === undefined) return;
    for (let made = directory; made.length >= first.length; made = path.dirname(made)) {
      await sync(path.dirname(made));
    }
  }
}

async function receive(
  file: string,
  content: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<{ digest: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const handle = await fs.open(file, 'wx', 0o600);
  try {
    for await (const chunk of content) {
      bytes += chunk.length;
      if (bytes > limit) throw new EvidenceTooLarge(`the file has more than ${String(limit)} bytes`);
      hash.update(chunk);
      await handle.writeFile(chunk);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { digest: hash.digest('hex'), bytes };
}

async function written(file: string, text: string): Promise<void> {
  const handle = await fs.open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function* checked(file: string, { digest, bytes }: EvidenceFile): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let read = 0;
  const handle = await fs.open(file, 'r');
  try {
    for await (const chunk of handle.createReadStream({ autoClose: false })) {
      const part = chunk as Buffer;
      hash.update(part);
      read += part.length;
      yield part;
    }
  } finally {
    await handle.close();
  }
  if (read !== bytes || hash.digest('hex') !== digest) {
    throw new EvidenceDamaged(`the file with the digest ${digest} was changed on disk`);
  }
}

/** Waits until the names in a directory are on the disk. */
async function sync(directory: string): Promise<void> {
  const handle = await fs.open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function removeAbandoned(directory: string): Promise<void> {
  for (const name of await fs.readdir(directory)) {
    const file = path.join(directory, name);
    try {
      const { mtimeMs } = await fs.stat(file);
      if (Date.now() - mtimeMs > ABANDONED) await fs.rm(file, { force: true });
    } catch (error) {
      // It was another's, who is done with it.
      if (!isMissing(error)) throw error;
    }
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
