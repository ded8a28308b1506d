import { type ProgrammeEvent, runRelay, type Share } from '@jejak/core';
import {
  appendEach,
  eventFeedContract,
  type EventFeedFixture,
  MemoryBlocks,
  MemoryLog,
  newEvents,
  streamOf,
} from '@jejak/core/testing';
import { Kafka, logLevel } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { describeWith } from '../../../../test/support/servers';
import type { UnreadableMessage } from './aside';
import { KafkaFeed } from './feed';
import { KafkaPublisher } from './publisher';

/** A log whose events a relay carries to a topic of its own. */
async function make(address: string): Promise<EventFeedFixture> {
  const log = new MemoryLog(Date.now);
  const topic = `events-${randomUUID()}`;
  const options = {
    brokers: [address],
    topic,
    // The contract asks for the order of the whole log here and there, which only one partition keeps.
    partitions: 1,
    heartbeatInterval: 500,
    sessionTimeout: 6_000,
    maxWait: 100,
    requestTimeout: 5_000,
  };
  const publisher = new KafkaPublisher(options);
  const ending = new AbortController();
  const relaying = runRelay({ log, blocks: new MemoryBlocks(), publisher }, ending.signal);
  let feed = new KafkaFeed(options);
  return {
    log,
    get feed() {
      return feed;
    },
    async restart() {
      await feed.close();
      feed = new KafkaFeed(options);
    },
    settled: () => Promise.resolve(),
    async close() {
      await feed.close();
      ending.abort();
      await relaying;
      await publisher.close();
      await log.close();
    },
  };
}

describeWith('kafka', 'with a broker', (address) => {
  eventFeedContract('Kafka', () => make(address()), { prompt: 3_500 });

  describe('the feed of Kafka, over many partitions', () => {
    const options = () => ({
      brokers: [address()],
      topic: `events-${randomUUID()}`,
      partitions: 4,
      heartbeatInterval: 100,
      sessionTimeout: 1_500,
      maxWait: 50,
    });
    const programmes = ['malang.2023', 'batu.2023', 'kediri.2023', 'blitar.2023', 'madiun.2023', 'kota.2024'];

    /** Publishes so many events of each programme. */
    const publish = async (publisher: KafkaPublisher, each: number): Promise<void> => {
      const log = new MemoryLog(Date.now);
      for (const programme of programmes)
        await appendEach(log, streamOf(programme), newEvents(programme, each));
      for (const programme of programmes) {
        for await (const page of log.readProgramme(programme, 0))
          await publisher.publish(page, new AbortController().signal);
      }
      await publisher.close();
    };

    /** Consumes until the condition holds; `handle` deals with each batch. */
    const consume = async (
      feed: KafkaFeed,
      handle: (events: readonly ProgrammeEvent[]) => Promise<void>,
      ending: AbortController,
    ): Promise<void> => {
      for await (const batch of feed.consume('views', ending.signal)) {
        await handle(batch.events);
        await batch.done();
      }
    };

    /** Keeps what comes next of each programme, and refuses a gap. */
    class Kept {
      readonly next = new Map<string, number>();
      duplicates = 0;

      take(events: readonly ProgrammeEvent[]): void {
        for (const { event, index } of events) {
          const next = this.next.get(event.programme) ?? 0;
          if (index > next) throw new Error(`${event.programme} has a gap before ${String(index)}`);
          if (index < next) this.duplicates++;
          else this.next.set(event.programme, next + 1);
        }
      }

      isWhole(each: number): boolean {
        return programmes.every((programme) => this.next.get(programme) === each);
      }
    }

    it('each member is told its share: together they have every programme, and events come to whom they belong', async () => {
      const settings = options();
      await publish(new KafkaPublisher(settings), 5);
      // The topic has the partitions that it was made with, whatever is set now.
      const feeds = [1, 2].map(() => new KafkaFeed({ ...settings, partitions: 9 }));
      const endings = feeds.map(() => new AbortController());
      const shares: (Share | undefined)[] = [undefined, undefined];
      const kept = new Kept();
      const strays: string[] = [];
      const members = feeds.map(async (feed, n) => {
        for await (const batch of feed.consume('views', (endings[n] as AbortController).signal)) {
          if (batch.share !== undefined) {
            expect(batch.events).toEqual([]);
            shares[n] = batch.share;
          } else {
            // What was fetched before the partitions moved may still come.
            if (shares[n]?.over.aborted === false)
              strays.push(
                ...batch.events
                  .map(({ event }) => event.programme)
                  .filter((each) => shares[n]?.has(each) !== true),
              );
            kept.take(batch.events);
          }
          await batch.done();
        }
      });
      const owners = (): readonly number[] =>
        programmes.map((programme) => shares.filter((share) => share?.has(programme) === true).length);
      while (!kept.isWhole(5) || owners().some((count) => count !== 1) || shares.includes(undefined))
        await new Promise((resolve) => setTimeout(resolve, 20));
      expect(strays).toEqual([]);
      // Who is left alone has them all.
      const first = shares[0];
      endings[0]?.abort();
      await members[0];
      expect(first?.over.aborted).toBe(true);
      expect(programmes.filter((programme) => first?.has(programme))).toEqual([]);
      while (owners().some((count) => count !== 1)) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(programmes.every((programme) => shares[1]?.has(programme))).toBe(true);
      endings[1]?.abort();
      await Promise.all(members);
      await Promise.all(feeds.map((feed) => feed.close()));
    });

    it('members that come and go share the partitions; each programme stays in order, none has a gap', async () => {
      const settings = options();
      await publish(new KafkaPublisher(settings), 300);
      const kept = new Kept();
      const feeds = [1, 2, 3].map(() => new KafkaFeed({ ...settings, batchBytes: 5_000 }));
      const endings = feeds.map(() => new AbortController());
      const members = feeds.map((feed, n) =>
        consume(
          feed,
          async (events) => {
            kept.take(events);
            await new Promise((resolve) => setTimeout(resolve, 10));
            if (kept.isWhole(300)) for (const ending of endings) ending.abort();
          },
          endings[n] as AbortController,
        ),
      );
      setTimeout(() => endings[1]?.abort(), 400);
      await Promise.all(members);
      expect(kept.isWhole(300)).toBe(true);
      expect(kept.duplicates).toBe(0);
      await Promise.all(feeds.map((feed) => feed.close()));
    });

    it('a batch that takes longer than the session does not cost the membership', async () => {
      const settings = options();
      await publish(new KafkaPublisher(settings), 2);
      const feed = new KafkaFeed(settings);
      const kept = new Kept();
      const ending = new AbortController();
      await consume(
        feed,
        async (events) => {
          kept.take(events);
          if (kept.next.size === 1) await new Promise((resolve) => setTimeout(resolve, 3_500));
          if (kept.isWhole(2)) ending.abort();
        },
        ending,
      );
      expect(kept.duplicates).toBe(0);
      await feed.close();
    });

    it('a message that cannot be read is counted, kept aside and passed over, once', async () => {
      const settings = { ...options(), partitions: 1 };
      await publish(new KafkaPublisher(settings), 1);
      const kafka = new Kafka({ brokers: [address()], logLevel: logLevel.NOTHING });
      const producer = kafka.producer();
      await producer.connect();
      const value = '{"specversion":"1.0","source":"jejak"}';
      await producer.send({ topic: settings.topic, messages: [{ key: 'malang.2023', value }] });
      await producer.disconnect();
      await publish(new KafkaPublisher(settings), 2);

      const told: UnreadableMessage[] = [];
      for (const expected of [1, 0]) {
        const feed = new KafkaFeed({ ...settings, onUnreadable: (message) => told.push(message) });
        const kept = new Kept();
        const ending = new AbortController();
        // What comes after it ends the first round; the second has nothing to do.
        const end = setTimeout(() => ending.abort(), 2_000);
        await consume(
          feed,
          async (events) => {
            kept.take(events);
            if (kept.isWhole(2)) ending.abort();
          },
          ending,
        );
        clearTimeout(end);
        expect(feed.unreadable).toBe(expected);
        await feed.close();
      }
      const aside = `${settings.topic}.unreadable`;
      expect(told).toEqual([
        { topic: settings.topic, partition: 0, offset: '6', reason: 'it has no index', keptIn: aside },
      ]);
      const admin = kafka.admin();
      await admin.connect();
      expect(await admin.fetchTopicOffsets(aside)).toMatchObject([{ partition: 0, high: '1' }]);
      await admin.disconnect();
    });
  });
});
