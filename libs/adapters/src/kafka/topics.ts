import type { Kafka } from 'kafkajs';

/** How a topic is made, where it is not there. */
export interface TopicShape {
  readonly topic: string;
  readonly partitions: number;
  readonly replication: number | undefined;
}

/**
 * Sees to it that the topic is there: to send to one that is not hangs. One that somebody made is left as it is.
 *
 * @throws what the broker answers
 */
export async function ensureTopic(
  kafka: Kafka,
  { topic, partitions, replication }: TopicShape,
): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    if ((await admin.listTopics()).includes(topic)) return;
    const replicationFactor = replication ?? -1;
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor }] });
  } finally {
    await admin.disconnect();
  }
}
