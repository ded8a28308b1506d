import type { Kafka } from 'kafkajs';

/** How a topic is made, where it is not there. */
export interface TopicShape {
  readonly topic: string;
  readonly partitions: number;
  readonly replication: number | undefined;
  /** what else is set of it, by Kafka's names */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Sees to it that the topic is there: to send to one that is not hangs. One that somebody made is left as it is.
 *
 * @returns how many partitions it has
 * @throws what the broker answers
 */
export async function ensureTopic(
  kafka: Kafka,
  { topic, partitions, replication, settings = {} }: TopicShape,
): Promise<number> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    if ((await admin.listTopics()).includes(topic)) {
      const [found] = (await admin.fetchTopicMetadata({ topics: [topic] })).topics;
      return found?.partitions.length ?? partitions;
    }
    const replicationFactor = replication ?? -1;
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    await admin.createTopics({
      topics: [{ topic, numPartitions: partitions, replicationFactor, configEntries }],
    });
    return partitions;
  } finally {
    await admin.disconnect();
  }
}
