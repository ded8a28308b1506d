import type { Kafka } from 'kafkajs';

/**
 * Commits an offset of a group for a member that has left it, unless the group is as far already.
 *
 * @param sessionTimeout of the group, in milliseconds
 * @throws what the broker answers
 */
export async function commitLate(
  kafka: Kafka,
  group: string,
  {
    topic,
    partition,
    offset,
  }: { readonly topic: string; readonly partition: number; readonly offset: bigint },
  sessionTimeout: number,
): Promise<void> {
  if ((await committedOffset(kafka, group, topic, partition)) >= offset) return;
  // Only a member may commit: so we are one for a moment.
  const consumer = kafka.consumer({
    groupId: group,
    sessionTimeout,
    heartbeatInterval: sessionTimeout / 3,
    maxWaitTimeInMs: 50,
    allowAutoTopicCreation: false,
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: async () => undefined });
    await consumer.commitOffsets([{ topic, partition, offset: String(offset) }]);
  } finally {
    await consumer.disconnect();
  }
}

async function committedOffset(
  kafka: Kafka,
  group: string,
  topic: string,
  partition: number,
): Promise<bigint> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const [found] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    return BigInt(found?.partitions.find((one) => one.partition === partition)?.offset ?? -1);
  } finally {
    await admin.disconnect();
  }
}
