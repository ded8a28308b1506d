import { MongoConnection, MongoViewStore } from '@jejak/adapters/mongo';
import type { MakeViewStore } from '@jejak/core/testing';
import { mongo } from 'mongoose';
import { randomUUID } from 'node:crypto';

/** A database of its own at a server: its address there. */
export function freshDatabase(address: string): string {
  const url = new URL(address);
  url.pathname = `/jejak-${randomUUID()}`;
  return url.href;
}

/** What a database holds now; calling the result brings it back, as restoring a backup does. */
export async function backUp(url: string): Promise<() => Promise<void>> {
  const contents = await withDatabase(url, async (db) => {
    const collections = await db.listCollections().toArray();
    return Promise.all(
      collections.map(async ({ name }) => ({ name, documents: await db.collection(name).find().toArray() })),
    );
  });
  return () =>
    withDatabase(url, async (db) => {
      for (const { name } of await db.listCollections().toArray()) await db.collection(name).deleteMany({});
      for (const { name, documents } of contents) {
        if (documents.length > 0) await db.collection(name).insertMany(documents);
      }
    });
}

/** View stores, each in a database of its own that is dropped at the end. */
export const mongoViewStore = (address: () => string): MakeViewStore => {
  return async () => {
    const url = freshDatabase(address());
    let mongo = await MongoConnection.open({ url });
    const fixture = {
      store: await MongoViewStore.open(mongo),
      reopen: async () => {
        await mongo.close();
        mongo = await MongoConnection.open({ url });
        fixture.store = await MongoViewStore.open(mongo);
      },
      backup: () => backUp(url),
      close: async () => {
        await mongo.close();
        await withDatabase(url, (db) => db.dropDatabase());
      },
    };
    return fixture;
  };
};

export async function withDatabase<T>(url: string, work: (db: mongo.Db) => Promise<T>): Promise<T> {
  const client = new mongo.MongoClient(url);
  try {
    return await work(client.db());
  } finally {
    await client.close();
  }
}
