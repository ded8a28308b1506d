import { Kafka, logLevel } from 'kafkajs';
import path from 'node:path';
import type { Envelope } from '@jejak/core';
import { counts, PARTITIONS } from './events';
import type { Installation } from './installation';
import { rawDatabase, RawWriter } from './raw-client';
import { rawTopic } from './raw-program';
import { type Pipeline, reach } from './pipeline';

export interface RawPipeline extends Pipeline {
  /** reads the document of an event's stream, once so many events of its programme are visible */
  seen(event: Envelope, count: number): Promise<unknown>;
}

/** The baseline: its writer in this process, its relay and its worker each in one of their own, as ours. */
export async function openRaw(installation: Installation): Promise<RawPipeline> {
  const { servers, environment, id } = installation;
  await createTopic(servers.kafka, rawTopic(id));
  const program = path.join(__dirname, 'raw-program');
  await installation.startProgram(program, 'worker');
  await installation.startProgram(program, 'relay');
  const writer = new RawWriter(servers.eventstoredb);
  const { connection, markers, documents } = await rawDatabase(environment.MONGODB_URL ?? '');
  return {
    append: (event) => writer.append(event),
    visible: async (events) => {
      const wanted = counts(events);
      await reach(async () => {
        const found = await markers.find({ _id: { $in: [...wanted.keys()] } }).lean();
        return found.length === wanted.size && found.every(({ _id, count }) => count === wanted.get(_id));
      });
    },
    seen: async ({ programme, stream }, count) => {
      while (((await markers.findById(programme).lean())?.count ?? 0) < count);
      return documents.findById(`raw_${stream}`).lean();
    },
    close: async () => {
      await writer.close();
      await connection.destroy();
    },
  };
}

async function createTopic(broker: string, topic: string): Promise<void> {
  const admin = new Kafka({ clientId: 'raw', brokers: [broker], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: PARTITIONS }] });
  await admin.disconnect();
}
