import { cloudEventText, CONTENT_TYPE, KafkaPublisher } from '@jejak/adapters/kafka';
import { EventStoreLog } from '@jejak/adapters/eventstoredb';
import { MongoBlocks, MongoConnection } from '@jejak/adapters/mongo';
import { type ProgrammeEvent, runRelay } from '@jejak/core';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { percentile, row, type Row, say, timed } from '../measure';
import { freshEvents, PARTITIONS, shared } from './events';
import { type Addresses, Installation } from './installation';
import type { Sizes } from './suites';

const ROUNDS = 3;
/** What a relay sends first, until it is warm, does not count. */
const WARM_UP = 0.25;

interface Relayed {
  readonly rate: number;
  /** what was sent, as it was */
  readonly batches: readonly (readonly ProgrammeEvent[])[];
}

/** Relays the whole log, as one that begins; ends with its last event. */
async function relayed(servers: Addresses, total: number): Promise<Relayed> {
  const { config, id } = new Installation(servers);
  const mongo = await MongoConnection.open({ url: config.mongoUrl });
  const blocks = MongoBlocks.open(mongo);
  const log = await EventStoreLog.open({
    connectionString: servers.eventstoredb,
    clock: Date.now,
    reader: blocks,
  });
  const topic = `${id}.events.v1`;
  const { kafkaBrokers: brokers } = config;
  const publisher = new KafkaPublisher({ brokers, topic, partitions: PARTITIONS, source: log.logId });
  const batches: (readonly ProgrammeEvent[])[] = [];
  const ending = new AbortController();
  let [done, warm, began] = [0, 0, 0];
  await runRelay(
    {
      log,
      blocks,
      publisher: {
        publish: (events, signal) => {
          batches.push(events);
          return publisher.publish(events, signal);
        },
        close: () => publisher.close(),
      },
      onRelayed: (events) => {
        done += events;
        if (warm === 0 && done >= total * WARM_UP) [warm, began] = [done, performance.now()];
        if (done >= total) ending.abort();
      },
    },
    ending.signal,
  );
  const seconds = (performance.now() - began) / 1000;
  await publisher.close();
  await log.close();
  await mongo.close();
  return { rate: (done - warm) / seconds, batches };
}

/** Sends the same messages in the same batches, written before, by the client alone. */
async function sent(servers: Addresses, { batches }: Relayed): Promise<number> {
  const topic = `${new Installation(servers).id}.sends`;
  const kafka = new Kafka({ clientId: 'raw', brokers: [servers.kafka], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: PARTITIONS }] });
  await admin.disconnect();
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  const written = batches.map((events) =>
    events.map((recorded) => ({
      key: recorded.event.programme,
      value: Buffer.from(cloudEventText(recorded, 'bench')),
      headers: { 'content-type': CONTENT_TYPE },
    })),
  );
  const warm = Math.floor(written.length * WARM_UP);
  const send = async (from: number, to?: number): Promise<void> => {
    for (const messages of written.slice(from, to)) await producer.send({ topic, acks: -1, messages });
  };
  await send(0, warm);
  const seconds = await timed(() => send(warm));
  await producer.disconnect();
  return written.slice(warm).flat().length / seconds;
}

/** A relay alone, from the log to Kafka, against sends of the same batches by the client of Kafka alone. */
export async function relayRows(servers: Addresses, { events }: Sizes): Promise<Row[]> {
  const total = await fill(servers, 2 * events);
  say(`relay: a log of ${String(total)} events`);
  const [ours, raw]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const relay = await relayed(servers, total);
    ours.push(relay.rate);
    raw.push(await sent(servers, relay));
    const sizes = relay.batches.map(({ length }) => length);
    say(
      `  ${relay.rate.toFixed(0)} of ${(raw.at(-1) ?? NaN).toFixed(0)}, batches of ${String(percentile(sizes, 0.5))}`,
    );
  }
  const [own = NaN, baseline = NaN] = [ours, raw].map((each) => percentile(each, 0.5));
  return [row('relay', own, 'events/s', baseline, { least: 0.8, text: ' of the sends alone' })];
}

/** Appends events where the log has fewer; how many of ours it holds then. */
async function fill(servers: Addresses, least: number): Promise<number> {
  const mongo = await MongoConnection.open({ url: new Installation(servers).config.mongoUrl });
  const reader = MongoBlocks.open(mongo);
  const log = await EventStoreLog.open({ connectionString: servers.eventstoredb, clock: Date.now, reader });
  let total = 0;
  for (let after: string | undefined; ;) {
    const page = await log.readAll(after, 5_000);
    if (page.length === 0) break;
    total += page.length;
    after = page.at(-1)?.position;
  }
  const missing = Math.max(0, least - total);
  await Promise.all(
    shared(freshEvents(missing), 64).map(async (own) => {
      for (const { stream, revision, recordedAt: _, ...event } of own) {
        await log.append(stream, revision - 1, [event]);
      }
    }),
  );
  await log.close();
  await mongo.close();
  return total + missing;
}
