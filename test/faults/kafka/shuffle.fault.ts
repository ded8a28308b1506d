import { KafkaFeed, KafkaPublisher } from '@jejak/adapters/kafka';
import { type ProgrammeEvent, ViewRunner } from '@jejak/core';
import { MemoryViewStore } from '@jejak/core/testing';
import { catalogue } from '@jejak/domain';
import { views } from '@jejak/views';
import { randomUUID } from 'node:crypto';
import { Random } from '../../golden/oracle/random';
import { serverAddress } from '../../support/servers';
import type { Fault, FaultOutcome } from '../registry';
import { cities, type History, pureDigest, storedDigest, Written } from './cities';
import { shuffle } from './shuffle';

const CITIES = 6;
const WISHES = 120;

/** Shuffles by a model of the topic; the runner and the views are the real ones. */
async function shuffles(count: number): Promise<FaultOutcome> {
  const histories = cities(CITIES, WISHES);
  const expected = pureDigest(histories);
  const violations: string[] = [];
  for (let seed = 1; seed <= count; seed++) {
    const digest = await shuffle(histories, new Random(seed));
    if (digest !== expected) violations.push(`the shuffle of seed ${String(seed)} came to ${digest}`);
    await new Promise(setImmediate);
  }
  return { count, violations };
}

/** The same by a real broker: members that come and go, over a topic of a few partitions. */
async function realShuffles(count: number): Promise<FaultOutcome> {
  const address = await serverAddress('kafka');
  const histories = cities(CITIES, WISHES);
  const expected = pureDigest(histories);
  const violations: string[] = [];
  for (let seed = 1; seed <= count; seed++) {
    const digest = await realShuffle(address, histories, new Random(seed));
    if (digest !== expected) violations.push(`the shuffle of seed ${String(seed)} came to ${digest}`);
  }
  return { count, violations };
}

async function realShuffle(
  address: string,
  histories: ReadonlyMap<string, History>,
  random: Random,
): Promise<string> {
  const options = {
    brokers: [address],
    topic: `events-${randomUUID()}`,
    partitions: random.int(1, 6),
    sessionTimeout: 1_500,
    heartbeatInterval: 100,
    maxWait: 50,
    batchBytes: 20_000,
  };
  const store = new MemoryViewStore();
  const log = new Written(histories);
  const ending = new AbortController();
  const isWhole = async (): Promise<boolean> => {
    const generation = await store.current(views[0]?.name ?? '', views[0]?.version ?? 0);
    if (generation === undefined) return false;
    const markers = await store.markers(generation);
    return [...histories].every(([programme, { length }]) => markers.get(programme)?.index === length - 1);
  };
  const member = async (feed: KafkaFeed, staying: AbortSignal): Promise<void> => {
    const runner = new ViewRunner({ views, store, log, catalogue });
    for await (const batch of feed.consume('views', staying)) {
      if (batch.share !== undefined) await runner.take(batch.share, staying);
      else await runner.apply(batch.events);
      await batch.done();
      // What all of them build can be read when the last has caught up.
      await runner.settle();
      if (await isWhole()) ending.abort();
    }
  };
  const members = Array.from({ length: random.int(2, 4) }, async () => {
    const feed = new KafkaFeed(options);
    // Each comes, stays for a while, leaves and comes again.
    while (!ending.signal.aborted) {
      const staying = AbortSignal.any([ending.signal, AbortSignal.timeout(random.int(300, 1_200))]);
      await member(feed, staying);
    }
    await feed.close();
  });
  await publish(new KafkaPublisher(options), log, histories, random);
  await Promise.all(members);
  return storedDigest(store, histories);
}

/** As the relay does: blocks, then the topic, the programmes mixed; some of it twice. */
async function publish(
  publisher: KafkaPublisher,
  log: Written,
  histories: ReadonlyMap<string, History>,
  random: Random,
): Promise<void> {
  const never = new AbortController().signal;
  const next = new Map([...histories.keys()].map((programme) => [programme, 0]));
  for (;;) {
    const left = [...histories].filter(([programme, { length }]) => (next.get(programme) ?? 0) < length);
    if (left.length === 0) break;
    const batch: ProgrammeEvent[] = [];
    for (const [programme, history] of left) {
      const from = next.get(programme) ?? 0;
      const to = Math.min(history.length, from + random.int(0, 30));
      log.reach(programme, to);
      next.set(programme, to);
      batch.push(...history.slice(random.chance(0.2) ? Math.max(0, from - 5) : from, to));
    }
    await publisher.publish(batch, never);
  }
  await publisher.close();
}

export const faults: readonly Fault[] = [
  {
    name: 'programmes shuffled over partitions and workers that crash, lose them and go on: one digest',
    counts: { full: 1_000, share: 30 },
    run: shuffles,
  },
  {
    name: 'programmes shuffled over the partitions of a real broker, and workers that come and go: one digest',
    counts: { full: 30, share: 2 },
    tools: ['kafka'],
    run: realShuffles,
  },
];
