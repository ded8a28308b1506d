import { KafkaPublisher } from '@jejak/adapters/kafka';
import { MongoBlocks, MongoConnection, MongoViewStore } from '@jejak/adapters/mongo';
import { EventStoreLog } from '@jejak/adapters/eventstoredb';
import type { Envelope, ProgrammeEvent } from '@jejak/core';
import { percentile, row, type Row, say, timed } from '../measure';
import { freshEvents, PARTITIONS } from './events';
import { type Addresses, Installation } from './installation';
import { inAllViews } from './ours';
import type { Sizes } from './suites';

const WORKERS = [1, 2, 4];
const ROUNDS = 3;

/** The events with their places, as the relay counts them. */
function numbered(events: readonly Envelope[], first: bigint): readonly ProgrammeEvent[] {
  const next = new Map<string, number>();
  return events.map((event, n) => {
    const index = next.get(event.programme) ?? 0;
    next.set(event.programme, index + 1);
    return { event, index, position: String(first + BigInt(n)) };
  });
}

/** Events a second that so many workers fold, of what lies in Kafka. */
async function rates(servers: Addresses, workers: number, count: number): Promise<number[]> {
  const installation = new Installation(servers);
  const { config, id } = installation;
  const mongo = await MongoConnection.open({ url: config.mongoUrl });
  const blocks = MongoBlocks.open(mongo);
  const store = await MongoViewStore.open(mongo);
  const connectionString = servers.eventstoredb;
  const log = await EventStoreLog.open({ connectionString, clock: Date.now, reader: blocks });
  const topic = `${id}.events.v1`;
  const brokers = config.kafkaBrokers;
  const publisher = new KafkaPublisher({ brokers, topic, partitions: PARTITIONS, source: log.logId });
  try {
    await Promise.all(Array.from({ length: workers }, () => installation.start('worker')));
    const found: number[] = [];
    let position = 0n;
    for (let round = 0; round <= ROUNDS; round++) {
      const events = freshEvents(round === 0 ? count / 4 : count);
      const recorded = numbered(events, position);
      position += BigInt(events.length);
      await blocks.write(recorded);
      const seconds = await timed(async () => {
        await publisher.publish(recorded, new AbortController().signal);
        await inAllViews(store, events);
      });
      if (round > 0) found.push(events.length / seconds);
    }
    say(`  ${String(workers)}: ${found.map(Math.round).join(' ')}`);
    return found;
  } finally {
    await publisher.close();
    await log.close();
    await mongo.close();
    await installation.stop();
  }
}

/** Folding with more workers, each in a process of its own, against one. */
export async function workerRows(servers: Addresses, { events }: Sizes): Promise<Row[]> {
  say(`workers: ${WORKERS.join(', ')} on ${String(PARTITIONS)} partitions`);
  const medians: number[] = [];
  for (const workers of WORKERS) medians.push(percentile(await rates(servers, workers, events), 0.5));
  return WORKERS.map((workers, n) => {
    const before = medians[Math.max(0, n - 1)] as number;
    const fewer = n === 0 ? ' x itself' : ` x with ${String(WORKERS[n - 1])}`;
    return row(`workers-${String(workers)}`, medians[n] as number, 'events/s', before, {
      least: 1,
      text: fewer,
    });
  });
}
