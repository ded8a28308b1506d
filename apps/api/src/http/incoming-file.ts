import { Problem } from '@jejak/runtime';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Keeps a body as a file for as long as it is worked on.
 *
 * @param limit bytes
 * @throws Problem `unsupported-media-type` for a body that is no file; `body-too-large`
 */
export async function withFile<T>(
  body: unknown,
  limit: number,
  work: (file: string) => Promise<T>,
): Promise<T> {
  if (!(body instanceof Readable)) throw new Problem('unsupported-media-type');
  const directory = await mkdtemp(path.join(os.tmpdir(), 'jejak-incoming-'));
  try {
    const file = path.join(directory, 'file');
    await pipeline(body, limited(limit), createWriteStream(file, { mode: 0o600 }));
    return await work(file);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function limited(limit: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > limit) done(new Problem('body-too-large'));
      else done(null, chunk);
    },
  });
}
