import { EventStoreLog } from '@jejak/adapters/eventstoredb';
import { MongoBlocks, MongoConnection, MongoViewStore } from '@jejak/adapters/mongo';
import type { Envelope } from '@jejak/core';
import { views } from '@jejak/views';
import { counts } from './events';
import type { Installation } from './installation';
import { type Pipeline, reach } from './pipeline';

/** Resolves when every view has those events, all that their programmes have. */
export async function inAllViews(store: MongoViewStore, events: readonly Envelope[]): Promise<void> {
  const wanted = counts(events);
  for (const { name, version } of views) {
    await reach(async () => {
      const generation = await store.current(name, version);
      if (generation === undefined) return false;
      const markers = await store.markers(generation);
      return [...wanted].every(([programme, count]) => markers.get(programme)?.index === count - 1);
    });
  }
}

/** Our log in this process, our relay and our workers each in one of their own. */
export async function openOurs(installation: Installation): Promise<Pipeline> {
  const { servers, config } = installation;
  const mongo = await MongoConnection.open({ url: config.mongoUrl });
  const store = await MongoViewStore.open(mongo);
  const reader = MongoBlocks.open(mongo);
  const log = await EventStoreLog.open({ connectionString: servers.eventstoredb, clock: Date.now, reader });
  await installation.start('worker');
  await installation.start('relay');
  return {
    append: ({ stream, revision, recordedAt: _, ...event }) => log.append(stream, revision - 1, [event]),
    visible: (events) => inAllViews(store, events),
    close: async () => {
      await log.close();
      await mongo.close();
    },
  };
}
