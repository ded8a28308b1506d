import {
  MongoBlocks,
  MongoConnection,
  MongoCredentials,
  MongoEvidence,
  MongoViewStore,
} from '@jejak/adapters/mongo';
import type { ProgrammeEvent } from '@jejak/core';
import type { MakeBlockStore, MakeCredentials, MakeEvidenceStore, MakeViewStore } from '@jejak/core/testing';
import { collect } from '@jejak/core/testing';
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

/** A store under test, in a database of its own that is dropped at the end. */
async function inDatabase<S>(address: string, open: (mongo: MongoConnection) => S | Promise<S>) {
  const url = freshDatabase(address);
  let mongo = await MongoConnection.open({ url });
  const fixture = {
    url,
    store: await open(mongo),
    reopen: async () => {
      await mongo.close();
      mongo = await MongoConnection.open({ url });
      fixture.store = await open(mongo);
    },
    backup: () => backUp(url),
    close: async () => {
      await mongo.close();
      await withDatabase(url, (db) => db.dropDatabase());
    },
  };
  return fixture;
}

export const mongoViewStore =
  (address: () => string): MakeViewStore =>
  () =>
    inDatabase(address(), (mongo) => MongoViewStore.open(mongo));

export const mongoBlocks =
  (address: () => string): MakeBlockStore =>
  async () => {
    const fixture = await inDatabase(address(), (mongo) => MongoBlocks.open(mongo));
    const lose = async (programme: string, count: number): Promise<void> => {
      const events: readonly ProgrammeEvent[] = await collect(fixture.store.readProgramme(programme, 0));
      await withDatabase(fixture.url, async (db) => {
        await db.collection<{ _id: string }>('heads').deleteOne({ _id: programme });
        await db
          .collection<{ _id: string }>('blocks')
          .deleteMany({ _id: { $gte: `${programme} `, $lt: `${programme}!` } });
      });
      await fixture.store.write(events.slice(0, Math.max(0, events.length - count)));
    };
    return Object.assign(fixture, { lose });
  };

export const mongoCredentials =
  (address: () => string): MakeCredentials =>
  async () => {
    let now = 0;
    const fixture = await inDatabase(address(), (mongo) =>
      MongoCredentials.open(mongo, { clock: () => now }),
    );
    return {
      get credentials() {
        return fixture.store;
      },
      setClock: (to) => {
        now = to;
      },
      reopen: fixture.reopen,
      close: fixture.close,
    };
  };

export const mongoEvidence =
  (address: () => string): MakeEvidenceStore =>
  () =>
    inDatabase(address(), (mongo) => MongoEvidence.open(mongo));

export async function withDatabase<T>(url: string, work: (db: mongo.Db) => Promise<T>): Promise<T> {
  const client = new mongo.MongoClient(url);
  try {
    return await work(client.db());
  } finally {
    await client.close();
  }
}
