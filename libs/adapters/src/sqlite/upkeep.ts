import { Sqlite } from './binding';
import fs from 'node:fs';
import { meansBroken } from './view-file';

/** Pages that are copied between two looks at whoever else wants the thread. */
const PAGES = 1_000;

/**
 * Copies a database as it is at this moment, while others write it. The copy is one file, and on the disk when this
 * returns.
 *
 * @param target must not exist
 * @param onProgress pages copied, of how many
 */
export async function copyDatabase(
  source: string,
  target: string,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<void> {
  const db = new Sqlite(source, { readonly: true, fileMustExist: true, timeout: 5_000 });
  try {
    // What this transaction sees stays as it is: without it the copying begins anew at every commit of others.
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    fs.closeSync(fs.openSync(target, 'wx', 0o600));
    await db.backup(target, {
      progress({ totalPages, remainingPages }) {
        onProgress(totalPages - remainingPages, totalPages);
        return PAGES;
      },
    });
    db.exec('COMMIT');
  } finally {
    db.close();
  }
  const copy = new Sqlite(target);
  try {
    // A file of WAL would make two more beside it as soon as somebody looks.
    copy.pragma('journal_mode = DELETE');
  } finally {
    copy.close();
  }
  const handle = fs.openSync(target, 'r+');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

/**
 * What SQLite finds wrong with a database; nothing where it is sound.
 *
 * @param most problems that are told
 */
export function databaseProblems(file: string, most = 20): readonly string[] {
  try {
    const db = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 5_000 });
    try {
      const found = db.pragma(`integrity_check(${String(most)})`) as { readonly integrity_check: string }[];
      return found.map((row) => row.integrity_check).filter((line) => line !== 'ok');
    } finally {
      db.close();
    }
  } catch (error) {
    if (meansBroken(error)) return [(error as Error).message];
    throw error;
  }
}

/** A row of the log as it stands in the file. */
export interface RawEvent {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly programme: string;
  readonly index: number;
  readonly envelope: string;
}

type Row = [
  position: number,
  stream: string,
  revision: number,
  programme: string,
  index: number,
  envelope: string,
];

/** Every row of a log in the log's order, as it stands in the file, in pages; to be held against what it should be. */
export async function* rawEvents(file: string, page = 2_000): AsyncGenerator<readonly RawEvent[]> {
  const db = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 5_000 });
  try {
    const rows = db
      .prepare<[number, number], Row>(
        'SELECT position, stream, revision, programme, idx, envelope FROM events WHERE position > ? ORDER BY position LIMIT ?',
      )
      .raw();
    for (let after = 0; ;) {
      const found = rows.all(after, page);
      const last = found.at(-1);
      if (last === undefined) return;
      after = last[0];
      yield found.map(([position, stream, revision, programme, index, envelope]) => {
        return { position, stream, revision, programme, index, envelope };
      });
    }
  } finally {
    db.close();
  }
}
