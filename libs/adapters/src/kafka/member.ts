import type { FeedBatch, ProgrammeEvent } from '@jejak/core';
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import type { Handover, Offered } from './handover';
import { Membership } from './membership';
import { asError, sleep } from './waiting';

/** How a member takes part in its group. All times in milliseconds. */
export interface MemberSettings {
  /** how long the group waits for a member that gives no sign of life */
  readonly sessionTimeout: number;
  /** how long the group waits for a member to finish what it has in hand before partitions move */
  readonly rebalanceTimeout: number;
  readonly heartbeatInterval: number;
  /** how long the broker holds a request for more; a member takes up to this to leave */
  readonly maxWait: number;
  /** bytes that are fetched of one partition at once */
  readonly batchBytes: number;
}

export interface MemberOptions extends MemberSettings {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly group: string;
  readonly handover: Handover<FeedBatch>;
  /** the partition that a programme's events go to */
  readonly partitionOf: (programme: string) => number;
  /** what the message says; undefined where that cannot be read, and the message was put aside */
  readonly read: (message: KafkaMessage, partition: number) => Promise<ProgrammeEvent | undefined>;
  readonly onJoined: () => void;
  readonly onBatch: (partition: number, events: number, lag: number) => void;
  /** commits for the group where the member has left it already */
  readonly commitLate: (partition: number, offset: bigint) => Promise<void>;
}

/** A consumer that gives no sign of life for this much longer than a rebalance may take hangs. */
const STALL = 30_000;

/** A consumer in its group, and the batches that it hands over. */
export class Member {
  private readonly membership: Membership;
  private readonly consumer: Consumer;
  private ending: AbortSignal = new AbortController().signal;
  /** by partition, the offset up to which this generation committed */
  private readonly committed = new Map<number, bigint>();
  /** aborts when what the group gave us is no longer ours */
  private share = new AbortController();

  constructor(private readonly options: MemberOptions) {
    const { kafka, group, sessionTimeout, rebalanceTimeout, heartbeatInterval, maxWait, batchBytes } =
      options;
    this.consumer = kafka.consumer({
      groupId: group,
      sessionTimeout,
      rebalanceTimeout,
      heartbeatInterval,
      maxWaitTimeInMs: maxWait,
      maxBytesPerPartition: batchBytes,
      allowAutoTopicCreation: false,
    });
    this.membership = new Membership(this.consumer, {
      topic: options.topic,
      stall: rebalanceTimeout + STALL,
      eachBatch: (payload) => this.handle(payload),
      onJoined: (assignment) => {
        this.committed.clear();
        this.shareOut(assignment[options.topic] ?? []);
        options.onJoined();
      },
    });
  }

  /**
   * Takes part until the signal aborts.
   *
   * @throws what made the consumer stop for good: another one may take its place
   */
  async takePart(signal: AbortSignal): Promise<void> {
    this.ending = signal;
    try {
      await this.membership.takePart(signal);
    } finally {
      this.share.abort();
    }
  }

  /** Hands over what is ours from now on: it comes before the events of those partitions. */
  private shareOut(partitions: readonly number[]): void {
    const { handover, partitionOf } = this.options;
    this.share.abort();
    this.share = new AbortController();
    const { signal: over } = this.share;
    const mine = new Set(partitions);
    const has = (programme: string): boolean => !over.aborted && mine.has(partitionOf(programme));
    handover.offer({ events: [], share: { has, over }, done: async () => undefined });
  }

  private async handle(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const events: ProgrammeEvent[] = [];
    for (const message of batch.messages) {
      const recorded = await this.options.read(message, batch.partition);
      if (recorded !== undefined) events.push(recorded);
    }
    if (this.ending.aborted) return;
    const progress = new Progress(payload, this.membership.generation);
    const offered = this.options.handover.offer({ events, done: () => this.done(progress) });
    try {
      await this.held(offered, payload);
    } finally {
      progress.over = true;
    }
    // Thrown as it is: from this the library knows whether to join again. What it fetches again is a duplicate.
    if (progress.failure !== undefined) throw progress.failure;
    payload.resolveOffset(batch.lastOffset());
    this.options.onBatch(batch.partition, events.length, Number(batch.offsetLag()));
  }

  /** Waits until the batch is dealt with, and gives signs of life meanwhile: the library gives none by itself. */
  private async held({ dealt, withdraw }: Offered, payload: EachBatchPayload): Promise<void> {
    const { heartbeatInterval, rebalanceTimeout } = this.options;
    let rebalancing: number | undefined;
    for (;;) {
      await sleep(heartbeatInterval / 2, dealt);
      if (dealt.aborted) return;
      this.membership.isAlive();
      try {
        await payload.heartbeat();
      } catch (error) {
        // The group waits for what we have in hand, for a while: committed before partitions move, it comes once.
        rebalancing ??= Date.now();
        const patient = Date.now() - rebalancing < rebalanceTimeout / 2;
        if ((error as { type?: unknown }).type === 'REBALANCE_IN_PROGRESS' && patient) continue;
        withdraw();
        throw error;
      }
    }
  }

  private async done(progress: Progress): Promise<void> {
    const { partition, offset } = progress;
    if (this.membership.left) {
      await this.options.commitLate(partition, offset);
      return;
    }
    // In another generation the partition may be another member's, who is further on: then it comes again to somebody.
    if (progress.generation !== this.membership.generation || (this.committed.get(partition) ?? 0n) >= offset)
      return;
    try {
      await progress.commit(this.consumer);
      this.committed.set(partition, offset);
    } catch (error) {
      progress.failure = asError(error);
    }
  }
}

/** A batch and what became of it. */
class Progress {
  readonly partition: number;
  /** the first offset behind the batch */
  readonly offset: bigint;
  /** the library has taken it back */
  over = false;
  failure: Error | undefined;

  constructor(
    private readonly payload: EachBatchPayload,
    readonly generation: number,
  ) {
    this.partition = payload.batch.partition;
    this.offset = BigInt(payload.batch.lastOffset()) + 1n;
  }

  async commit(consumer: Consumer): Promise<void> {
    const { topic, partition } = this.payload.batch;
    const offset = String(this.offset);
    if (this.over) await consumer.commitOffsets([{ topic, partition, offset }]);
    else
      await this.payload.commitOffsetsIfNecessary({
        topics: [{ topic, partitions: [{ partition, offset }] }],
      });
  }
}
