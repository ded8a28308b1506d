import { runRelay } from '@jejak/core';
import { eventFeedContract, type EventFeedFixture, MemoryBlocks, MemoryLog } from '@jejak/core/testing';
import { randomUUID } from 'node:crypto';
import { describeWith } from '../../../../test/support/servers';
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
    onTrouble: (error: Error) => console.error(error),
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
});
