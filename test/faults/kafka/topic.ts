import { readCloudEvent } from '@jejak/adapters/kafka';
import { canonical, type Json, type ProgrammeEvent } from '@jejak/core';
import { Kafka, logLevel } from 'kafkajs';
import { randomUUID } from 'node:crypto';

/**
 * All events that a topic holds, each partition's in order: read by a plain client, without our feed.
 *
 * @param source the log that they must be of
 */
export async function eventsOf(
  address: string,
  topic: string,
  source = 'jejak',
): Promise<readonly ProgrammeEvent[]> {
  const kafka = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, retry: { retries: 20 } });
  const admin = kafka.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const missing = new Map(offsets.map(({ partition, high }) => [partition, Number(high)]));
  const found: ProgrammeEvent[] = [];
  const consumer = kafka.consumer({ groupId: randomUUID(), maxWaitTimeInMs: 50 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const isWhole = (): boolean => [...missing.values()].every((count) => count === 0);
  await new Promise<void>((resolve, reject) => {
    if (isWhole()) {
      resolve();
      return;
    }
    const eachMessage = async ({
      partition,
      message,
    }: {
      partition: number;
      message: { value: Buffer | null };
    }) => {
      found.push(readCloudEvent(message.value?.toString(), source));
      missing.set(partition, (missing.get(partition) ?? 0) - 1);
      if (isWhole()) resolve();
    };
    consumer.run({ autoCommit: false, eachMessage }).catch(reject);
  });
  await consumer.disconnect();
  return found;
}

/**
 * What is wrong with what consumers get that drop duplicates by index: each programme must come whole, in order, with
 * the bytes of the log.
 */
export function wrongWith(
  published: readonly ProgrammeEvent[],
  log: readonly ProgrammeEvent[],
): readonly string[] {
  const expected = new Map<string, string[]>();
  for (const { event } of log) {
    const own = expected.get(event.programme) ?? [];
    expected.set(event.programme, own);
    own.push(canonical(event as unknown as Json));
  }
  const wrong: string[] = [];
  const next = new Map([...expected.keys()].map((programme) => [programme, 0]));
  for (const { event, index } of published) {
    const place = next.get(event.programme) ?? 0;
    if (index > place)
      wrong.push(`${event.programme}: ${String(index)} came before ${String(place)} had come`);
    if (expected.get(event.programme)?.[index] !== canonical(event as unknown as Json)) {
      wrong.push(`${event.programme}: ${String(index)} is not what the log holds`);
    }
    if (index === place) next.set(event.programme, place + 1);
  }
  for (const [programme, events] of expected) {
    const count = next.get(programme) ?? 0;
    if (count < events.length) wrong.push(`${programme}: ${String(events.length - count)} events are lost`);
  }
  return wrong;
}
