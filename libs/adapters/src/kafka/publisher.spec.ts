import type { ProgrammeEvent } from '@jejak/core';
import { newEvent, streamOf } from '@jejak/core/testing';
import { Kafka, type KafkaMessage, logLevel } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { describeWith } from '../../../../test/support/servers';
import { readCloudEvent } from './cloud-event';
import { KafkaPublisher } from './publisher';

const never = new AbortController().signal;

/** Events of a programme from an index on, each with so many bytes of data. */
function events(programme: string, from: number, count: number, bytes = 10): readonly ProgrammeEvent[] {
  return Array.from({ length: count }, (_, n) => {
    const index = from + n;
    const stream = streamOf(programme);
    const event = { ...newEvent(programme, { text: 'x'.repeat(bytes) }), stream, revision: index };
    return {
      event: { ...event, recordedAt: '2023-06-12T02:00:00.000Z' },
      index,
      position: String(index * 3),
    };
  });
}

describeWith('kafka', 'the publisher', (address) => {
  const kafka = () => new Kafka({ brokers: [address()], logLevel: logLevel.NOTHING });

  /** All that a topic holds, by partition. */
  const contents = async (topic: string, count: number): Promise<Map<number, KafkaMessage[]>> => {
    const found = new Map<number, KafkaMessage[]>();
    const consumer = kafka().consumer({ groupId: randomUUID(), maxWaitTimeInMs: 50 });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    let seen = 0;
    await new Promise<void>((resolve, reject) => {
      const eachMessage = async ({ partition, message }: { partition: number; message: KafkaMessage }) => {
        found.set(partition, [...(found.get(partition) ?? []), message]);
        if (++seen >= count) resolve();
      };
      consumer.run({ eachMessage }).catch(reject);
    });
    await consumer.disconnect();
    return found;
  };

  it('creates the topic, and sends each programme to one partition, in order', async () => {
    const topic = `events-${randomUUID()}`;
    const publisher = new KafkaPublisher({ brokers: [address()], topic, partitions: 4, source: 'log-1' });
    const programmes = ['malang.2023', 'batu.2023', 'kediri.2023', 'blitar.2023', 'madiun.2023'];
    const sent = new Map<string, readonly ProgrammeEvent[]>();
    for (const programme of programmes) {
      const own = events(programme, 0, 30);
      sent.set(programme, own);
      await publisher.publish(own.slice(0, 10), never);
    }
    await publisher.publish(
      [...sent.values()].flatMap((own) => own.slice(10)),
      never,
    );
    await publisher.close();

    const found = await contents(topic, 150);
    expect([...found.keys()].every((partition) => partition < 4)).toBe(true);
    expect(found.size).toBeGreaterThan(1);
    for (const programme of programmes) {
      const homes = [...found.values()].map((messages) =>
        messages.filter(({ key }) => key?.toString() === programme),
      );
      const [own = [], ...others] = homes.filter((messages) => messages.length > 0);
      expect(others).toEqual([]);
      const read = own.map(({ value }) => readCloudEvent(value?.toString(), 'log-1'));
      expect(read).toEqual(sent.get(programme));
      expect(own[0]?.headers?.['content-type']?.toString()).toContain('application/cloudevents+json');
    }
  });

  it('sends what is larger than the broker takes at once in several batches', async () => {
    const topic = `events-${randomUUID()}`;
    const publisher = new KafkaPublisher({ brokers: [address()], topic, partitions: 1 });
    const large = events('malang.2023', 0, 12, 250 * 1024);
    await publisher.publish(large, never);
    await publisher.close();
    const [messages = []] = (await contents(topic, 12)).values();
    expect(messages.map(({ value }) => readCloudEvent(value?.toString(), 'jejak').index)).toEqual(
      large.map(({ index }) => index),
    );
  });

  it('leaves a topic as it is that somebody made', async () => {
    const topic = `events-${randomUUID()}`;
    const admin = kafka().admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 2 }] });
    const publisher = new KafkaPublisher({ brokers: [address()], topic, partitions: 9 });
    await publisher.publish(events('malang.2023', 0, 1), never);
    await publisher.close();
    const [found] = (await admin.fetchTopicMetadata({ topics: [topic] })).topics;
    expect(found?.partitions).toHaveLength(2);
    await admin.disconnect();
  });
});

describe('the publisher without a broker', () => {
  it('tries until it is told to stop, says what went wrong, and then resolves', async () => {
    const troubles: Error[] = [];
    const publisher = new KafkaPublisher({
      // Nothing listens on the port of the discard service here.
      brokers: ['127.0.0.1:9'],
      requestTimeout: 500,
      onTrouble: (error) => troubles.push(error),
    });
    const ending = new AbortController();
    const publishing = publisher.publish(events('malang.2023', 0, 1), ending.signal);
    while (troubles.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    ending.abort();
    const started = performance.now();
    await publishing;
    expect(performance.now() - started).toBeLessThan(500);
    expect(troubles[0]?.message).toContain('9');
    await publisher.close();
  });
});
