import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { CommandBatch, type Handled, type HandleCommand } from './command-batch';
import type { MemberSettings } from './member';
import { Membership } from './membership';
import { clientOf, DEFAULT_PARTITIONS, type KafkaOptions, requestTimeoutOf } from './options';
import { Sender } from './sender';
import { ensureTopic, type TopicShape } from './topics';
import { asError, pause, within } from './waiting';

export interface KafkaCommandsOptions
  extends Omit<KafkaOptions, 'topic' | 'source'>, Partial<MemberSettings> {
  /** where commands come from */
  readonly topic: string;
  /** where answers go */
  readonly results: string;
  /** the consumer group of all who carry commands out */
  readonly group: string;
  /** partitions whose commands are carried out at the same time (16) */
  readonly partitionsAtOnce?: number;
  /** told of each message that was dealt with, once its answer is acknowledged */
  readonly onHandled?: (handled: Handled) => void;
  /** told when it has become a member of its group, and when it is no longer one */
  readonly onMembership?: (isMember: boolean) => void;
}

const SETTINGS: MemberSettings = {
  sessionTimeout: 10_000,
  rebalanceTimeout: 60_000,
  heartbeatInterval: 2_000,
  maxWait: 250,
  batchBytes: 256 * 1024,
};

/** The largest message of the topic of what is kept aside: what a broker takes by default, and why it is there. */
const ASIDE_BYTES = 2 * 1024 * 1024;

const STALL = 30_000;

/**
 * Takes commands from a topic and sends their answers to another one. A partition's commands are carried out one after
 * the other, by one member of the group at a time, and come again until their answers are acknowledged: what carries
 * them out must give a repeat its first answer.
 */
export class KafkaCommands {
  private readonly kafka: Kafka;
  private readonly settings: MemberSettings;
  private readonly sender: Sender;

  constructor(private readonly options: KafkaCommandsOptions) {
    this.kafka = clientOf(options);
    this.settings = { ...SETTINGS, ...options };
    this.sender = new Sender({
      kafka: this.kafka,
      timeout: 3 * requestTimeoutOf(options),
      onTrouble: (error) => options.onTrouble?.(error),
    });
  }

  /** The topic where messages are kept that are no commands. */
  get unreadable(): string {
    return `${this.options.topic}.unreadable`;
  }

  /**
   * Has each command carried out, until the signal aborts.
   *
   * @param handle carries one out; what it throws is of the moment, and tried again for ever
   */
  async serve(handle: HandleCommand, signal: AbortSignal): Promise<void> {
    const { onTrouble, onMembership } = this.options;
    let attempt = 0;
    const onJoined = (): void => {
      attempt = 0;
      onMembership?.(true);
    };
    while (!signal.aborted) {
      try {
        await within(3 * requestTimeoutOf(this.options), this.ensureTopics(), signal);
        await this.asMember(handle, signal, onJoined);
      } catch (error) {
        onMembership?.(false);
        if (!isAborted(signal)) onTrouble?.(asError(error));
        await pause(attempt++, signal);
      }
    }
    onMembership?.(false);
    await this.sender.close();
  }

  /** @throws what made the consumer stop for good: another one may take its place */
  private async asMember(handle: HandleCommand, signal: AbortSignal, onJoined: () => void): Promise<void> {
    const { rebalanceTimeout } = this.settings;
    let generation = new AbortController();
    const eachBatch = (payload: EachBatchPayload): Promise<void> =>
      new CommandBatch(payload, {
        ...{ handle, signal, generation: generation.signal, membership },
        ...{ sender: this.sender, results: this.options.results, unreadable: this.unreadable },
        heartbeatInterval: this.settings.heartbeatInterval,
        onTrouble: (error) => this.options.onTrouble?.(error),
        onHandled: (handled) => this.options.onHandled?.(handled),
      }).run();
    const membership = new Membership(this.consumer(), {
      ...{ topic: this.options.topic, eachBatch, stall: rebalanceTimeout + STALL },
      partitionsAtOnce: this.options.partitionsAtOnce ?? DEFAULT_PARTITIONS,
      onJoined: () => {
        generation.abort();
        generation = new AbortController();
        onJoined();
      },
    });
    await membership.takePart(signal);
  }

  private consumer(): Consumer {
    const { sessionTimeout, rebalanceTimeout, heartbeatInterval, maxWait, batchBytes } = this.settings;
    return this.kafka.consumer({
      groupId: this.options.group,
      ...{ sessionTimeout, rebalanceTimeout, heartbeatInterval },
      maxWaitTimeInMs: maxWait,
      maxBytesPerPartition: batchBytes,
      allowAutoTopicCreation: false,
    });
  }

  private async ensureTopics(): Promise<void> {
    const { topic, results, partitions = DEFAULT_PARTITIONS, replication } = this.options;
    const shapes: readonly TopicShape[] = [
      // The broker stamps each command with its own time, whatever the sender says.
      { topic, partitions, replication, settings: { 'message.timestamp.type': 'LogAppendTime' } },
      { topic: results, partitions, replication },
      {
        ...{ topic: this.unreadable, partitions: 1, replication },
        settings: { 'max.message.bytes': String(ASIDE_BYTES) },
      },
    ];
    for (const shape of shapes) await ensureTopic(this.kafka, shape);
  }
}

const isAborted = (signal: AbortSignal): boolean => signal.aborted;
