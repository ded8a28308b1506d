import { DocumentTooLarge, GenerationGone, StoreUnavailable, ViewStoreMoved } from '@jejak/core';
import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import net from 'node:net';
import { freshDatabase, withDatabase } from '../../../../test/support/mongo';
import { describeWith, OwnServer } from '../../../../test/support/servers';
import { MongoConnection, placeOf } from './connection';
import { idOf, idsWith, keyOf } from './keys';
import { packed, unpacked } from './packed';
import { MongoViewStore } from './view-store';

const P = 'malang.2023';

describe('keys in MongoDB', () => {
  const character = fc.oneof(
    fc.constantFrom('a', '/', '\x7f', '\x80', '\0', '\uffff', '\u{10ffff}'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  );
  const key = fc.string({ unit: character, maxLength: 6 });

  it('come back, and are in the order of UTF-16 code units by their bytes as well', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        const [idA, idB] = [idOf(P, a), idOf(P, b)];
        expect([keyOf(idA), keyOf(idB)]).toEqual([a, b]);
        expect(Math.sign(Buffer.compare(Buffer.from(idA), Buffer.from(idB)))).toBe(
          a < b ? -1 : a > b ? 1 : 0,
        );
      }),
    );
  });

  it('lie between the bounds of their prefix, and no other does', () => {
    fc.assert(
      fc.property(key, key, (prefix, other) => {
        const [from, before] = idsWith(P, prefix);
        for (const each of [other, prefix + other]) {
          const id = idOf(P, each);
          expect(id >= from && id < before).toBe(each.startsWith(prefix));
        }
      }),
    );
  });
});

describe('a large document', () => {
  it('is compressed, and comes back', async () => {
    const value = Array.from({ length: 300_000 }, (_, n) => `kegiatan ${String(n)} \u00e9`);
    const kept = await packed(value, 'g p k');
    expect(typeof kept).toBe('object');
    expect(await unpacked(kept)).toEqual(value);
  });

  it('that MongoDB cannot take is refused by its name', async () => {
    const noise = randomBytes(18_000_000).toString('base64');
    const error: unknown = await packed(noise, 'budget.1.0 malang.2023 lines').then(
      () => undefined,
      (each: unknown) => each,
    );
    expect(error).toBeInstanceOf(DocumentTooLarge);
    expect((error as Error).message).toContain('the document budget.1.0 malang.2023 lines has 18');
  });
});

describe('an address', () => {
  it.each([
    [
      'mongodb://jejak:s3cr%40t@db1:27017,db2:27017/city?replicaSet=rs0',
      'mongodb://db1:27017,db2:27017/city',
    ],
    ['mongodb://db1/', 'mongodb://db1/'],
    ['mongodb+srv://u:p@cluster.example/x?tls=true', 'mongodb+srv://cluster.example/x'],
  ])('is told without who and what', (url, told) => {
    expect(placeOf(url)).toBe(told);
  });

  it('where nobody answers is found out soon, and told without the password', async () => {
    const closed = await new Promise<number>((resolve) => {
      const server = net.createServer().listen(0, '127.0.0.1', () => {
        const { port } = server.address() as net.AddressInfo;
        server.close(() => resolve(port));
      });
    });
    const url = `mongodb://jejak:s3cret@127.0.0.1:${String(closed)}/?directConnection=true`;
    const began = performance.now();
    const error: unknown = await MongoConnection.open({ url, patience: 300 }).catch((each: unknown) => each);
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect((error as Error).message).toContain(`mongodb://127.0.0.1:${String(closed)}/`);
    expect(JSON.stringify([(error as Error).message, error])).not.toContain('s3cret');
  });
});

describeWith('mongodb', 'a view store in MongoDB', (address) => {
  let url: string;
  let mongo: MongoConnection;
  let store: MongoViewStore;
  beforeEach(async () => {
    url = freshDatabase(address());
    mongo = await MongoConnection.open({ url });
    store = await MongoViewStore.open(mongo);
  });
  afterEach(async () => {
    await mongo.close();
    await withDatabase(url, (db) => db.dropDatabase());
  });

  const write = (to: MongoViewStore, generation: string, key: string, index: number) =>
    to.commit([
      {
        generation,
        programme: P,
        documents: [{ key, index, value: index }],
        after: -1,
        marker: { index, position: String(index) },
      },
    ]);
  const collections = () =>
    withDatabase(url, async (db) => (await db.listCollections().toArray()).map(({ name }) => name));

  it('of several workers that begin at once all build one generation, and each may swap it in', async () => {
    const others = await Promise.all([1, 2, 3, 4, 5, 6].map(() => MongoViewStore.open(mongo)));
    for (let round = 0; round < 8; round++) {
      const begun = await Promise.all(others.map((each) => each.building('actions', 1)));
      expect(new Set(begun).size).toBe(1);
      const [generation = ''] = begun;
      await Promise.all(others.map((each, n) => write(each, generation, `k${String(n)}`, n)));
      await Promise.all(others.map((each) => each.swap('actions', generation)));
      expect(await store.current('actions', 1)).toBe(generation);
      expect(await store.list(generation, P)).toHaveLength(6);
      expect((await store.marker(generation, P)).index).toBe(5);
    }
    expect((await collections()).filter((name) => name.startsWith('view.'))).toHaveLength(1);
  });

  it('of two versions that are begun and swapped in at once, each is whole, and nothing is left beside them', async () => {
    const worker = async (version: number): Promise<void> => {
      const mine = await MongoViewStore.open(mongo);
      for (let n = 0; n < 10; n++) {
        try {
          const { generation } = await mine.open('actions', version);
          const anew = await mine.building('actions', version, n % 2 === 0 ? generation : undefined);
          await write(mine, anew, 'a', n);
          await mine.swap('actions', anew);
          expect(await mine.list(anew, P)).toHaveLength(1);
        } catch (error) {
          // By the other worker of the same version.
          if (!(error instanceof GenerationGone)) throw error;
        }
      }
    };
    await Promise.all([worker(1), worker(2), worker(1), worker(2)]);
    for (const version of [1, 2]) {
      const current = (await store.current('actions', version))!;
      expect(await store.list(current, P)).toHaveLength(1);
      await store.swap('actions', current);
    }
    expect((await collections()).filter((name) => name.startsWith('view.'))).toHaveLength(2);
  });

  it('keeps a version beside a newer one while somebody opens it, and for a while after that', async () => {
    const hour = 3_600_000;
    let now = 0;
    const options = { clock: () => now, keep: 24 * hour };
    const [old, recent] = [
      await MongoViewStore.open(mongo, options),
      await MongoViewStore.open(mongo, options),
    ];
    const built = async (mine: MongoViewStore, version: number): Promise<string> => {
      const { generation } = await mine.open('actions', version);
      await write(mine, generation, 'a', 1);
      await mine.swap('actions', generation);
      return generation;
    };
    const first = await built(old, 1);
    // One that was begun and given up, and one of another view.
    await write(old, await old.building('actions', 9), 'a', 1);
    const other = await old.building('budget', 1);
    const second = await built(recent, 2);
    for (; now < 40 * hour; now += hour / 2) {
      await old.open('actions', 1);
      await recent.open('actions', 2);
    }
    expect(await recent.current('actions', 9)).toBeUndefined();
    expect(await old.list(first, P)).toHaveLength(1);
    expect((await collections()).filter((name) => name.startsWith('view.')).sort()).toEqual(
      [`view.${first}`, `view.${second}`].sort(),
    );
    // Nobody runs the old release any more: for a day one may go back to it.
    for (const end = now + 23 * hour; now < end; now += hour / 2) await recent.open('actions', 2);
    expect(await store.current('actions', 1)).toBe(first);
    for (const end = now + 3 * hour; now < end; now += hour / 2) await recent.open('actions', 2);
    expect(await store.current('actions', 1)).toBeUndefined();
    await expect(old.list(first, P)).rejects.toThrow(GenerationGone);
    expect((await collections()).filter((name) => name.startsWith('view.'))).toEqual([`view.${second}`]);
    expect(await store.markers(other)).toEqual(new Map());
  });

  it('does not remove a version before another one can be read', async () => {
    let now = 0;
    const options = { clock: () => now, keep: 1_000 };
    const mine = await MongoViewStore.open(mongo, options);
    const { generation } = await mine.open('actions', 1);
    await mine.swap('actions', generation);
    const next = (await mine.open('actions', 2)).generation;
    for (; now < 10_000; now += 500) await mine.open('actions', 2);
    expect(await mine.current('actions', 1)).toBe(generation);
    await mine.swap('actions', next);
    for (; now < 12_000; now += 500) await mine.open('actions', 2);
    expect(await mine.current('actions', 1)).toBeUndefined();
  });

  it('what one who was late wrote of a generation that is gone is never read, and is removed', async () => {
    const generation = await store.building('actions', 1);
    await write(store, generation, 'a', 1);
    await store.building('actions', 1, generation);
    await withDatabase(url, async (db) => {
      const _id = `${P} b`;
      await db
        .collection<{ _id: string; at: object }>(`view.${generation}`)
        .insertOne({ _id, at: { index: 1, value: '1' } });
      await db
        .collection<{ _id: string; generation: string; index: number; position: string }>('markers')
        .insertOne({ _id: `${generation} ${P}`, generation, index: 1, position: '1' });
    });
    await expect(store.list(generation, P)).rejects.toThrow(GenerationGone);
    await expect(store.marker(generation, P)).rejects.toThrow(GenerationGone);
    await MongoViewStore.open(mongo);
    expect((await collections()).filter((name) => name.startsWith('view.'))).toEqual([]);
    const markers = await withDatabase(url, (db) => db.collection('markers').countDocuments());
    expect(markers).toBe(0);
  });

  it('many who write one document at once leave that of the highest index', async () => {
    const generation = await store.building('actions', 1);
    const others = await Promise.all([1, 2, 3, 4].map(() => MongoViewStore.open(mongo)));
    for (let round = 0; round < 20; round++) {
      const key = `k${String(round)}`;
      const indexes = Array.from({ length: 16 }, (_, n) => (n * 7) % 16);
      await Promise.all(indexes.map((index, n) => write(others[n % 4]!, generation, key, index)));
      expect((await store.load(generation, P, [key])).get(key)).toEqual({ key, index: 15, value: 15 });
    }
  });

  it('writes nothing of a batch in which one document is too large', async () => {
    const generation = await store.building('actions', 1);
    const noise = randomBytes(18_000_000).toString('base64');
    const writes = [1, noise].map((value, n) => ({
      generation,
      programme: `kota-${String(n)}.2023`,
      documents: [{ key: 'a', index: 0, value }],
      after: -1,
      marker: { index: 0, position: '1' },
    }));
    await expect(store.commit(writes)).rejects.toThrow(DocumentTooLarge);
    expect(await store.markers(generation)).toEqual(new Map());
    expect(await store.list(generation, 'kota-0.2023')).toEqual([]);
  });

  it('has the indexes that its queries use', async () => {
    const indexes = await withDatabase(url, (db) => db.collection('markers').listIndexes().toArray());
    expect(indexes.map(({ key }) => key as unknown)).toEqual([{ _id: 1 }, { generation: 1 }]);
  });

  it('says that it cannot be reached while its server is away, and goes on by itself when it is back', async () => {
    const own = await OwnServer.start('mongodb');
    const near = await MongoConnection.open({ url: own.address, patience: 500 });
    try {
      const mine = await MongoViewStore.open(near);
      const generation = await mine.building('actions', 1);
      await write(mine, generation, 'a', 1);
      await own.kill();
      for (const call of [
        () => mine.current('actions', 1),
        () => mine.list(generation, P),
        () => write(mine, generation, 'a', 2),
      ]) {
        const began = performance.now();
        await expect(call()).rejects.toThrow(StoreUnavailable);
        expect(performance.now() - began).toBeLessThan(5_000);
      }
      await own.restart();
      // It kept nothing: that, too, is said and not passed over.
      let error: unknown;
      do error = await write(mine, generation, 'a', 3).catch((each: unknown) => each);
      while (error instanceof StoreUnavailable);
      expect(error instanceof GenerationGone || error instanceof ViewStoreMoved).toBe(true);
      const anew = await mine.building('actions', 1);
      await write(mine, anew, 'a', 3);
      expect((await mine.marker(anew, P)).index).toBe(3);
    } finally {
      await near.close();
      await own.stop();
    }
  }, 60_000);
});
