import {
  type CheckpointStore,
  GenerationGone,
  type Json,
  type Marker,
  NO_MARKER,
  type OpenedGeneration,
  type ViewDocument,
  type ViewStore,
  ViewStoreMoved,
  type ViewWrite,
} from '@jejak/core';
import type Database from 'better-sqlite3';
import { meansBroken, noteBroken, openViewFile, ViewStoreBroken } from './view-file';

export interface SqliteViewStoreOptions {
  /** the path of `views.db` */
  readonly file: string;
  /** for who only reads, beside the one that writes; the file must exist */
  readonly readOnly?: boolean;
  /**
   * leaves a file that is of no use where it is, and throws instead: for a writer beside whom others have the file open,
   * since they would go on reading the one that was thrown away
   */
  readonly keep?: boolean;
  /** told why a file that was there has been thrown away: every view is then built anew */
  readonly onDiscarded?: (reason: string) => void;
}

type MarkerRow = [index: number | null, position: string, stopped: string | null];
type DocumentRow = [key: string, index: number, value: string];

const DOCUMENT = `
  INSERT INTO documents (generation, programme, key, idx, value) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET idx = excluded.idx, value = excluded.value WHERE excluded.idx > idx`;

const MARKER = `
  INSERT INTO markers (generation, programme, idx, position, stopped) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET idx = excluded.idx, position = excluded.position, stopped = excluded.stopped
  WHERE excluded.idx >= idx`;

/** No text of Unicode sorts behind it. */
const LAST = String.fromCodePoint(0x10ffff);

/**
 * The views of one machine: one SQLite file, written by one connection and read by any number. It has room for one
 * version of a view: what is begun or swapped in takes the place of those of other versions.
 */
export class SqliteViewStore implements ViewStore {
  /** How far the groups of a feed have come: kept with the views, and lost with them. */
  readonly checkpoints: CheckpointStore;

  private readonly statements: ReturnType<typeof prepare>;

  private constructor(
    private readonly db: Database.Database,
    private readonly file: string,
  ) {
    this.statements = prepare(db);
    const { checkpoint, saveCheckpoint } = this.statements;
    this.checkpoints = {
      load: async (group) => this.guarded(() => checkpoint.get(group)),
      save: async (group, position) => {
        this.guarded(() => saveCheckpoint.run(group, position));
      },
    };
  }

  /**
   * Opens the views, and makes the file where there is none. A file that is broken, or of another version of the
   * tables, is thrown away: it can be built anew from the log.
   *
   * @throws ViewStoreBroken to who only reads, or keeps the file; NotAViewStore where the file is another program's database
   */
  static open({
    file,
    readOnly = false,
    keep = false,
    onDiscarded,
  }: SqliteViewStoreOptions): SqliteViewStore {
    const db = openViewFile(file, { readOnly, keep, onDiscarded });
    try {
      return new SqliteViewStore(db, file);
    } catch (error) {
      db.close();
      if (meansBroken(error)) noteBroken(file, (error as Error).message);
      throw error;
    }
  }

  async current(view: string, version: number): Promise<string | undefined> {
    const id = this.guarded(() => this.statements.inState.get(view, 'current', version));
    return id === undefined ? undefined : String(id);
  }

  async open(view: string, version: number): Promise<OpenedGeneration> {
    const { inState } = this.statements;
    return this.write(() => {
      const current = inState.get(view, 'current', version);
      if (current !== undefined) return { generation: String(current), isCurrent: true };
      return { generation: this.begun(view, version), isCurrent: false };
    });
  }

  async building(view: string, version: number, insteadOf?: string): Promise<string> {
    return this.write(() => this.begun(view, version, insteadOf));
  }

  async swap(view: string, generation: string): Promise<void> {
    const { stateOf, makeCurrent } = this.statements;
    this.write(() => {
      const state = stateOf.get(Number(generation), view);
      if (state === undefined) throw new GenerationGone(generation);
      this.remove(view, state === 'current' ? 'building' : 'current');
      makeCurrent.run(Number(generation));
    });
  }

  async marker(generation: string, programme: string): Promise<Marker> {
    return this.guarded(() => {
      const row = this.statements.marker.get(programme, Number(generation));
      if (row === undefined) throw new GenerationGone(generation);
      return row[0] === null ? NO_MARKER : markerOf(row);
    });
  }

  async markers(generation: string, programmes?: readonly string[]): Promise<ReadonlyMap<string, Marker>> {
    const { markers, marker } = this.statements;
    return this.read(generation, (id) => {
      if (programmes === undefined)
        return new Map(markers.all(id).map(([programme, ...row]) => [programme, markerOf(row)]));
      const found = new Map<string, Marker>();
      for (const programme of programmes) {
        const row = marker.get(programme, id);
        if (row !== undefined && row[0] !== null) found.set(programme, markerOf(row));
      }
      return found;
    });
  }

  async load(
    generation: string,
    programme: string,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, ViewDocument>> {
    const { document } = this.statements;
    return this.read(generation, (id) => {
      const found = new Map<string, ViewDocument>();
      for (const key of keys) {
        const row = document.get(id, programme, key);
        if (row !== undefined) found.set(key, documentOf(row));
      }
      return found;
    });
  }

  async list(generation: string, programme: string, prefix = ''): Promise<readonly ViewDocument[]> {
    return this.read(generation, (id) =>
      // SQLite sorts by code points, which is another order beyond the basic plane.
      this.statements.documents
        .all(id, programme, prefix, prefix + LAST)
        .map(documentOf)
        .sort((a, b) => (a.key < b.key ? -1 : 1)),
    );
  }

  atOneMoment<T>(reads: () => Promise<T>): Promise<T> {
    // What `reads` calls before it waits is done when it has returned: no transaction is open across a wait.
    const begun: { answer: Promise<T> } = this.guarded(() =>
      this.db.transaction(() => ({ answer: reads() })).deferred(),
    );
    return begun.answer;
  }

  async commit(writes: readonly ViewWrite[]): Promise<void> {
    const { saveDocument, saveMarker } = this.statements;
    this.write(() => {
      for (const { generation, programme, documents, after, marker } of writes) {
        const id = Number(generation);
        const stored = this.statements.marker.get(programme, id);
        if (stored === undefined) throw new GenerationGone(generation);
        const found = stored[0] ?? -1;
        if (found < after) throw new ViewStoreMoved(generation, programme, after, found);
        for (const { key, index, value } of documents) {
          saveDocument.run(id, programme, key, index, value === undefined ? null : JSON.stringify(value));
        }
        const stopped = marker.stopped === undefined ? null : JSON.stringify(marker.stopped);
        saveMarker.run(id, programme, marker.index, marker.position, stopped);
      }
    });
  }

  async close(): Promise<void> {
    this.db.close();
  }

  /** The generation under construction, of this version and another than that of no use. */
  private begun(view: string, version: number, insteadOf?: string): string {
    const id = this.statements.inState.get(view, 'building', version);
    if (id !== undefined && String(id) !== insteadOf) return String(id);
    this.remove(view, 'building');
    return String(this.statements.begin.run(view, version).lastInsertRowid);
  }

  private remove(view: string, state: 'building' | 'current'): void {
    const { idOf, removeDocuments, removeMarkers, removeGeneration } = this.statements;
    const id = idOf.get(view, state);
    if (id === undefined) return;
    removeDocuments.run(id);
    removeMarkers.run(id);
    removeGeneration.run(id);
  }

  private write<T>(work: () => T): T {
    return this.guarded(() => this.db.transaction(work).immediate());
  }

  /** Reads of one moment, of a generation that exists at that moment. */
  private read<T>(generation: string, work: (id: number) => T): T {
    const id = Number(generation);
    return this.guarded(() =>
      this.db
        .transaction(() => {
          if (this.statements.exists.get(id) === undefined) throw new GenerationGone(generation);
          return work(id);
        })
        .deferred(),
    );
  }

  private guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!meansBroken(error) && !(error instanceof SyntaxError)) throw error;
      const { message } = error as Error;
      noteBroken(this.file, message);
      throw new ViewStoreBroken(`${this.file} is damaged, and is built anew at the next start: ${message}`);
    }
  }
}

function markerOf([index, position, stopped]: MarkerRow): Marker {
  const marker = { index: index ?? -1, position };
  return stopped === null
    ? marker
    : { ...marker, stopped: JSON.parse(stopped) as NonNullable<Marker['stopped']> };
}

function documentOf([key, index, value]: DocumentRow): ViewDocument {
  return { key, index, value: JSON.parse(value) as Json };
}

function prepare(db: Database.Database) {
  const row = 'SELECT key, idx, value FROM documents WHERE generation = ? AND programme = ?';
  return {
    inState: db
      .prepare<[string, string, number], number>(
        'SELECT id FROM generations WHERE view = ? AND state = ? AND version = ?',
      )
      .pluck(),
    idOf: db
      .prepare<[string, string], number>('SELECT id FROM generations WHERE view = ? AND state = ?')
      .pluck(),
    stateOf: db
      .prepare<[number, string], string>('SELECT state FROM generations WHERE id = ? AND view = ?')
      .pluck(),
    exists: db.prepare<[number], number>('SELECT 1 FROM generations WHERE id = ?').pluck(),
    begin: db.prepare<[string, number]>(
      "INSERT INTO generations (view, version, state) VALUES (?, ?, 'building')",
    ),
    makeCurrent: db.prepare<[number]>("UPDATE generations SET state = 'current' WHERE id = ?"),
    removeDocuments: db.prepare<[number]>('DELETE FROM documents WHERE generation = ?'),
    removeMarkers: db.prepare<[number]>('DELETE FROM markers WHERE generation = ?'),
    removeGeneration: db.prepare<[number]>('DELETE FROM generations WHERE id = ?'),
    marker: db
      .prepare<[string, number], MarkerRow>(
        `SELECT m.idx, m.position, m.stopped FROM generations g
         LEFT JOIN markers m ON m.generation = g.id AND m.programme = ? WHERE g.id = ?`,
      )
      .raw(),
    markers: db
      .prepare<[number], [string, ...MarkerRow]>(
        'SELECT programme, idx, position, stopped FROM markers WHERE generation = ?',
      )
      .raw(),
    document: db
      .prepare<[number, string, string], DocumentRow>(`${row} AND key = ? AND value IS NOT NULL`)
      .raw(),
    documents: db
      .prepare<[number, string, string, string], DocumentRow>(
        `${row} AND key >= ? AND key < ? AND value IS NOT NULL ORDER BY key`,
      )
      .raw(),
    saveDocument: db.prepare<[number, string, string, number, string | null]>(DOCUMENT),
    saveMarker: db.prepare<[number, string, number, string, string | null]>(MARKER),
    checkpoint: db.prepare<[string], string>('SELECT position FROM checkpoints WHERE consumers = ?').pluck(),
    saveCheckpoint: db.prepare<[string, string]>(
      `INSERT INTO checkpoints (consumers, position) VALUES (?, ?)
       ON CONFLICT DO UPDATE SET position = excluded.position`,
    ),
  };
}
