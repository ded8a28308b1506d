// The baseline of many machines, with no line of ours: EventStoreDB's client, kafkajs and mongoose, as its
// documentation has them. As a relay it carries the log to a topic; as a worker it writes documents of what comes.
import { END, EventStoreDBClient, streamNameFilter } from '@eventstore/db-client';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { rawDatabase } from './raw-client';
import { RawDocuments } from './raw-documents';

export interface RawEvent {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly programme: string;
  readonly data: object;
  readonly meta: { readonly actor: { readonly agency?: string } };
}

const { EVENTSTORE_URL = '', KAFKA_BROKERS = '', MONGODB_URL = '', JEJAK_KAFKA_PREFIX = '' } = process.env;

export const rawTopic = (id: string): string => `${id}.raw`;

const topic = rawTopic(JEJAK_KAFKA_PREFIX);

/** Messages in a send; the broker takes 1 MiB. */
const MESSAGES = 1_000;
/** Messages that wait, at most. */
const WAITING = 4_000;

const sayReady = (): unknown => process.stdout.write('It is ready\n');

function client(): Kafka {
  return new Kafka({ clientId: 'raw', brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING });
}

interface Waiting {
  readonly key: string;
  readonly value: string;
}

async function relay(): Promise<void> {
  const producer = client().producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  let waiting: Waiting[] = [];
  let sending: Promise<void> | undefined;
  const sendAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const messages = waiting.slice(0, MESSAGES);
      waiting = waiting.slice(MESSAGES);
      await producer.send({ topic, acks: -1, messages });
    }
    sending = undefined;
  };
  const subscription = EventStoreDBClient.connectionString(EVENTSTORE_URL).subscribeToAll({
    fromPosition: END,
    filter: streamNameFilter({ prefixes: ['raw_'] }),
  });
  subscription.on('confirmation', sayReady);
  for await (const { event } of subscription) {
    if (event === undefined) continue;
    const { id, type, streamId: stream, data, metadata } = event;
    const { programme, ...rest } = metadata as { programme: string };
    waiting.push({ key: programme, value: JSON.stringify({ id, type, stream, programme, data, ...rest }) });
    sending ??= sendAll();
    if (waiting.length > WAITING) await sending;
  }
}

async function worker(): Promise<void> {
  const { documents, markers } = await rawDatabase(MONGODB_URL);
  const kept = new RawDocuments();
  const consumer = client().consumer({ groupId: `${topic}.workers`, maxWaitTimeInMs: 250 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  consumer.on(consumer.events.GROUP_JOIN, sayReady);
  await consumer.run({
    eachBatchAutoResolve: false,
    autoCommit: false,
    eachBatch: async ({ batch, resolveOffset, commitOffsetsIfNecessary }) => {
      const events = batch.messages.map(({ value }) => JSON.parse(String(value)) as RawEvent);
      const { touched, reached } = kept.fold(events);
      await documents.bulkWrite(
        [...touched].map(([_id, value]) => ({
          updateOne: { filter: { _id }, update: { $set: { value } }, upsert: true },
        })),
        { ordered: false },
      );
      await markers.bulkWrite(
        [...reached].map(([_id, count]) => ({
          updateOne: { filter: { _id }, update: { $set: { count } }, upsert: true },
        })),
        { ordered: false },
      );
      resolveOffset(batch.lastOffset());
      const offset = String(BigInt(batch.lastOffset()) + 1n);
      const partitions = [{ partition: batch.partition, offset }];
      await commitOffsetsIfNecessary({ topics: [{ topic, partitions }] });
    },
  });
}

if (require.main === module) {
  process.on('SIGTERM', () => process.exit(0));
  const role = process.argv[2] === 'relay' ? relay : worker;
  role().catch((error: unknown) => {
    process.stderr.write(`the baseline failed: ${String(error)}\n`);
    process.exit(1);
  });
}
