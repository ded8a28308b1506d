import type { Readable } from 'node:stream';
import yauzl from 'yauzl';
import { fileRules } from './rules';

/** The most that a workbook may unpack to, in bytes, and the most that is held in memory of it (texts, styles). */
const MOST_BYTES = 1024 * 1024 * 1024;
const MOST_HELD = 200 * 1024 * 1024;
/** How many times its packed size a part may have, once it is larger than a small file. */
const MOST_RATIO = 300;
const SMALL = 4 * 1024 * 1024;
const MOST_ENTRIES = 2_000;

/** A workbook's archive, opened by its directory: only what that names is read, and only as much as it declares. */
export interface Archive {
  /** The part's bytes; undefined where there is none. `held` are parts that are kept in memory while reading. */
  read(name: string, held?: boolean): Promise<Readable | undefined>;
  /** Whether it has a part of that name. */
  has(name: string): boolean;
  close(): void;
}

/**
 * Opens an archive.
 *
 * What a part unpacks to is checked twice: what the directory declares, here, before anything is unpacked; and what
 * comes, by yauzl, which ends the stream with an error as soon as it is more than was declared.
 *
 * @throws Refusal `import-zip-bomb`, `import-not-a-spreadsheet`
 */
export async function openArchive(file: string): Promise<Archive> {
  const zip = await opened(file);
  try {
    const entries = await list(zip);
    return {
      async read(name, held = false) {
        const entry = entries.get(name.toLowerCase());
        if (entry === undefined) return undefined;
        if (held && entry.uncompressedSize > MOST_HELD) throw bomb(entry.uncompressedSize);
        return new Promise<Readable>((resolve, reject) => {
          zip.openReadStream(entry, (error, stream) => {
            if (error === null) resolve(stream);
            else reject(unreadable(error));
          });
        });
      },
      has: (name) => entries.has(name.toLowerCase()),
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

function opened(file: string): Promise<yauzl.ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.open(file, { autoClose: false, lazyEntries: true, validateEntrySizes: true }, (error, zip) => {
      if (error === null) resolve(zip);
      else reject(unreadable(error));
    });
  });
}

function list(zip: yauzl.ZipFile): Promise<Map<string, yauzl.Entry>> {
  return new Promise((resolve, reject) => {
    const entries = new Map<string, yauzl.Entry>();
    let bytes = 0;
    zip.on('entry', (entry: yauzl.Entry) => {
      const { compressedSize, uncompressedSize } = entry;
      bytes += uncompressedSize;
      const dense = uncompressedSize > SMALL && uncompressedSize > compressedSize * MOST_RATIO;
      if (dense || bytes > MOST_BYTES || entries.size >= MOST_ENTRIES) {
        reject(bomb(bytes));
        return;
      }
      if (entry.isEncrypted()) {
        reject(fileRules('import-not-a-spreadsheet', { why: 'encrypted / terenkripsi' }));
        return;
      }
      // Parts' names differ by more than upper and lower case (ECMA-376 part 2, 6.2.2).
      entries.set(entry.fileName.toLowerCase(), entry);
      zip.readEntry();
    });
    zip.on('end', () => resolve(entries));
    zip.on('error', (error) => reject(unreadable(error)));
    zip.readEntry();
  });
}

function bomb(bytes: number): Error {
  return fileRules('import-zip-bomb', { bytes });
}

/** Whatever was thrown while an archive was read, as a sentence for whoever sent it. */
export function unreadable(error: unknown): Error {
  return fileRules('import-not-a-spreadsheet', {
    why: error instanceof Error ? error.message : String(error),
  });
}
