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

/** An installation with so many workers, and what is folded in it. */
interface Team {
  /** events a second that the workers fold, of what lies in Kafka */
  rate(count: number): Promise<number>;
  close(): Promise<void>;
}

async function openTeam(servers: Addresses, workers: number): Promise<Team> {
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
  const close = async (): Promise<void> => {
    await publisher.close();
    await log.close();
    await mongo.close();
    await installation.stop();
  };
  let position = 0n;
  const rate = async (count: number): Promise<number> => {
    const events = freshEvents(count);
    const recorded = numbered(events, position);
    position += BigInt(events.length);
    await blocks.write(recorded);
    const seconds = await timed(async () => {
      await publisher.publish(recorded, new AbortController().signal);
      await inAllViews(store, events);
    });
    return events.length / seconds;
  };
  try {
    await Promise.all(Array.from({ length: workers }, () => installation.start('worker')));
  } catch (error) {
    await close();
    throw error;
  }
  return { rate, close };
}

/** Folding with more workers, each in a process of its own, against fewer; by turns. */
export async function workerRows(servers: Addresses, { events }: Sizes): Promise<Row[]> {
  say(`workers: ${WORKERS.join(', ')} on ${String(PARTITIONS)} partitions`);
  const teams: Team[] = [];
  const rates = WORKERS.map((): number[] => []);
  try {
    for (const workers of WORKERS) teams.push(await openTeam(servers, workers));
    for (const team of teams) await team.rate(events / 4);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [n, team] of teams.entries()) rates[n]?.push(await team.rate(events));
    }
  } finally {
    for (const team of teams) await team.close();
  }
  const medians = rates.map((each) => percentile(each, 0.5));
  for (const [n, each] of rates.entries()) say(`  ${String(WORKERS[n])}: ${each.map(Math.round).join(' ')}`);
  return WORKERS.map((workers, n) => {
    const before = medians[Math.max(0, n - 1)] ?? NaN;
    const fewer = n === 0 ? ' x itself' : ` x with ${String(WORKERS[n - 1])}`;
    return row(`workers-${String(workers)}`, medians[n] ?? NaN, 'events/s', before, {
      least: 1,
      text: fewer,
    });
  });
}
