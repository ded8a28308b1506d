import {
  type DocumentWrite,
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
import { type AnyBulkWriteOperation, type Connection, type Model, Schema } from 'mongoose';
import { asPort, failedIn, isDuplicate, modelOf, type MongoConnection } from './connection';
import { collectionOf, Generations, placeOf, type StoredMarker } from './generations';
import { idOf, idsWith, keyOf } from './keys';
import { packed, type Packed, unpacked } from './packed';

/**
 * A document of a view. `$max` replaces `at` only by one that is greater, and of two embedded documents that is the
 * one with the greater first field: so each is guarded by its index, in one step and without a query for it.
 */
interface StoredDocument {
  readonly _id: string;
  readonly at: { readonly index: number; readonly value: Packed };
}

const DOCUMENT = { _id: String, at: Schema.Types.Mixed };

const MARKER = {
  _id: String,
  generation: String,
  index: Number,
  position: String,
  stopped: new Schema({ index: Number, error: String }, { _id: false }),
};

/** Writes, and ids asked for, in one request. */
const AT_ONCE = 2_000;

/** A day: so long one may go back to the release before without building its views anew. */
const KEEP = 86_400_000;

export interface MongoViewStoreOptions {
  /** milliseconds since 1970; the machine's when undefined */
  readonly clock?: () => number;
  /** how long a version of a view that nobody has opened is kept beside one that is read, in milliseconds (a day) */
  readonly keep?: number;
}

/** The views of many machines, in MongoDB: a collection for each generation, and one of markers. No transactions. */
export class MongoViewStore implements ViewStore {
  private readonly connection: Connection;
  private readonly saved: Model<StoredMarker>;
  private readonly generations: Generations;

  private constructor(connection: Connection, { clock = Date.now, keep = KEEP }: MongoViewStoreOptions) {
    this.connection = connection;
    this.saved = modelOf(connection, 'markers', MARKER, [[{ generation: 1 }]]);
    this.generations = new Generations({ connection, markers: this.saved, clock, keep });
  }

  /**
   * Makes the indexes where there are none, and removes what is left of generations that are gone.
   *
   * @param mongo stays open until its opener closes it
   * @throws StoreUnavailable, as every method does
   */
  static open({ connection }: MongoConnection, options: MongoViewStoreOptions = {}): Promise<MongoViewStore> {
    return asPort(async () => {
      const store = new MongoViewStore(connection, options);
      await store.saved.createIndexes();
      await store.generations.createIndexes();
      await store.generations.sweep();
      return store;
    });
  }

  current(view: string, version: number): Promise<string | undefined> {
    return asPort(async () => (await this.generations.find(view, version)).current ?? undefined);
  }

  open(view: string, version: number): Promise<OpenedGeneration> {
    return asPort(async () => {
      let opened: OpenedGeneration | undefined;
      await this.generations.change(view, version, ({ current, building }) => {
        const found = current ?? building;
        opened = {
          generation: found ?? this.generations.begin(view, version),
          isCurrent: typeof current === 'string',
        };
        return found ? undefined : { current: null, building: opened.generation };
      });
      await this.generations.use(view, version);
      return opened as OpenedGeneration;
    });
  }

  building(view: string, version: number, insteadOf?: string): Promise<string> {
    return asPort(async () => {
      let id = '';
      await this.generations.change(view, version, ({ current = null, building }) => {
        const isOfUse = building && building !== insteadOf;
        id = isOfUse ? building : this.generations.begin(view, version);
        return isOfUse ? undefined : { current, building: id };
      });
      return id;
    });
  }

  swap(view: string, generation: string): Promise<void> {
    const [own, version] = placeOf(generation);
    return asPort(async () => {
      if (own !== view) throw new GenerationGone(generation);
      await this.generations.change(view, version, ({ current, building }) => {
        if (current !== generation && building !== generation) throw new GenerationGone(generation);
        return current === generation && !building ? undefined : { current: generation, building: null };
      });
    });
  }

  async marker(generation: string, programme: string): Promise<Marker> {
    const found = await this.reading(generation, () =>
      this.saved.findById(markerId(generation, programme)).lean(),
    );
    return found ? markerOf(found) : NO_MARKER;
  }

  async markers(generation: string, programmes?: readonly string[]): Promise<ReadonlyMap<string, Marker>> {
    const among =
      programmes === undefined
        ? [{ generation }]
        : slices(programmes.map((programme) => markerId(generation, programme))).map((ids) => ({
            _id: { $in: ids },
          }));
    const found = await this.reading(generation, () =>
      Promise.all(among.map((filter) => this.saved.find(filter).lean())),
    );
    return new Map(found.flat().map((each) => [each._id.slice(generation.length + 1), markerOf(each)]));
  }

  async load(
    generation: string,
    programme: string,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, ViewDocument>> {
    const ids = keys.map((key) => idOf(programme, key));
    const found = await this.reading(generation, () =>
      Promise.all(
        slices(ids).map((some) =>
          this.documents(generation)
            .find({ _id: { $in: some } })
            .lean(),
        ),
      ),
    );
    const documents = await present(found.flat());
    return new Map(documents.map((document) => [document.key, document]));
  }

  async list(generation: string, programme: string, prefix = ''): Promise<readonly ViewDocument[]> {
    const [from, before] = idsWith(programme, prefix);
    const found = await this.reading(generation, () =>
      this.documents(generation)
        .find({ _id: { $gte: from, $lt: before } })
        .lean(),
    );
    return (await present(found)).sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** @throws as ViewStore.commit; StoreUnavailable */
  async commit(writes: readonly ViewWrite[]): Promise<void> {
    const ids = writes.map(({ generation }) => generation);
    await asPort(() => Promise.all([this.generations.check(ids), this.checkMarkers(writes)]));
    const operations = await this.operationsOf(writes);
    // All documents before any marker: a marker says that what it counts is there.
    await asPort(() =>
      Promise.all([...operations].map(([generation, some]) => this.saveDocuments(generation, some))),
    );
    await asPort(() => this.saveMarkers(writes));
  }

  async close(): Promise<void> {
    return;
  }

  private documents(generation: string): Model<StoredDocument> {
    return modelOf(this.connection, collectionOf(generation), DOCUMENT);
  }

  /** Reads, and sees that what was read was of a generation that exists. */
  private reading<T>(generation: string, read: () => Promise<T>): Promise<T> {
    return asPort(async () => {
      const found = await read();
      await this.generations.check([generation]);
      return found;
    });
  }

  /** The writes of documents by generation, whatever their programme: so many fewer requests. */
  private async operationsOf(
    writes: readonly ViewWrite[],
  ): Promise<ReadonlyMap<string, readonly AnyBulkWriteOperation<StoredDocument>[]>> {
    const operations = new Map<string, AnyBulkWriteOperation<StoredDocument>[]>();
    for (const { generation, programme, documents } of writes) {
      const own = operations.get(generation) ?? [];
      operations.set(generation, own);
      for (const document of documents)
        own.push(await this.documentOperation(generation, programme, document));
    }
    return operations;
  }

  private async saveDocuments(
    generation: string,
    operations: readonly AnyBulkWriteOperation<StoredDocument>[],
  ): Promise<void> {
    for (const some of slices(operations)) await this.bulk(this.documents(generation), some);
  }

  private async documentOperation(
    generation: string,
    programme: string,
    { key, index, value }: DocumentWrite,
  ): Promise<AnyBulkWriteOperation<StoredDocument>> {
    const at = { index, value: await packed(value, `${generation} ${programme} ${key}`) };
    return { updateOne: { filter: { _id: idOf(programme, key) }, update: { $max: { at } }, upsert: true } };
  }

  /** Writes in any order. Of two who begin a document at once one may be told to try again. */
  private async bulk(
    model: Model<StoredDocument>,
    operations: AnyBulkWriteOperation<StoredDocument>[],
  ): Promise<void> {
    try {
      await model.bulkWrite(operations, { ordered: false });
    } catch (error) {
      const again = failedIn(error).map((n) => operations[n] as AnyBulkWriteOperation<StoredDocument>);
      if (!isDuplicate(error)) throw error;
      await model.bulkWrite(again, { ordered: false });
    }
  }

  private async checkMarkers(writes: readonly ViewWrite[]): Promise<void> {
    const found = await this.saved
      .find({ _id: { $in: writes.map(({ generation, programme }) => markerId(generation, programme)) } })
      .lean();
    const stored = new Map(found.map(({ _id, index }) => [_id, index]));
    for (const { generation, programme, after } of writes) {
      const at = stored.get(markerId(generation, programme)) ?? NO_MARKER.index;
      if (at < after) throw new ViewStoreMoved(generation, programme, after, at);
    }
  }

  /** Moves the markers forward, each from where its writer knows it or further. */
  private async saveMarkers(writes: readonly ViewWrite[]): Promise<void> {
    const operations = writes.map(
      ({ generation, programme, after, marker: { index, position, stopped } }) => ({
        updateOne: {
          filter: {
            _id: markerId(generation, programme),
            index: { ...(after >= 0 && { $gte: after }), $lte: index },
          },
          update: {
            $set: { generation, index, position, ...(stopped && { stopped }) },
            ...(!stopped && { $unset: { stopped: 1 } }),
          },
          // A marker that the writer knows and that is gone must not come back by this.
          upsert: after < 0,
        },
      }),
    );
    let written: number;
    try {
      const result = await this.saved.bulkWrite(operations, {
        ordered: false,
      });
      written = result.matchedCount + result.upsertedCount;
    } catch (error) {
      // One that began has moved on already.
      if (!isDuplicate(error)) throw error;
      written = -1;
    }
    if (written !== operations.length) await this.checkMarkers(writes);
  }
}

const markerId = (generation: string, programme: string): string => `${generation} ${programme}`;

function markerOf({ index, position, stopped }: StoredMarker): Marker {
  return { index, position, ...(stopped && { stopped: { index: stopped.index, error: stopped.error } }) };
}

/** The documents that were not removed. */
async function present(found: readonly StoredDocument[]): Promise<ViewDocument[]> {
  const all = await Promise.all(
    found.map(async ({ _id, at }) => ({ key: keyOf(_id), index: at.index, value: await unpacked(at.value) })),
  );
  return all.filter((each): each is typeof each & { value: Json } => each.value !== undefined);
}

function slices<T>(all: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < all.length; from += AT_ONCE) parts.push(all.slice(from, from + AT_ONCE));
  return parts;
}
