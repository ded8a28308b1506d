import { type PartitionMetadata, Partitioners } from 'kafkajs';

/** What producers choose the partition of a message with, by its key. */
export const partitioner = Partitioners.DefaultPartitioner;

/**
 * The partition that the events of a programme go to.
 *
 * @param partitions how many the topic has
 */
export function partitionOf(programme: string, partitions: number): number {
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId): PartitionMetadata => {
    return { partitionId, leader: 0, partitionErrorCode: 0, replicas: [], isr: [] };
  });
  return partitioner()({ topic: '', partitionMetadata, message: { key: programme, value: null } });
}
