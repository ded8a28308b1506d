import type { EventFeed, FeedBatch, ProgrammeEvent } from '@jejak/core';
import type { Kafka, KafkaMessage } from 'kafkajs';
import { Aside, type UnreadableMessage } from './aside';
import { readCloudEvent } from './cloud-event';
import { Handover } from './handover';
import { commitLate } from './late-commit';
import { Member, type MemberSettings } from './member';
import {
  clientOf,
  DEFAULT_PARTITIONS,
  DEFAULT_SOURCE,
  EVENTS_TOPIC,
  type KafkaOptions,
  requestTimeoutOf,
} from './options';
import { partitionOf } from './partition';
import { ensureTopic } from './topics';
import { asError, pause, within } from './waiting';

/** What a member of a group has just dealt with. */
export interface Consumed {
  readonly group: string;
  readonly partition: number;
  readonly events: number;
  /** messages of the partition that are still to come */
  readonly lag: number;
}

export interface KafkaFeedOptions extends KafkaOptions, Partial<MemberSettings> {
  /** told of each message that cannot be read; it is passed over, and kept in the topic `<topic>.unreadable` */
  readonly onUnreadable?: (message: UnreadableMessage) => void;
  readonly onConsumed?: (consumed: Consumed) => void;
  /** told when it has become a member of a group, and when it is no longer one */
  readonly onMembership?: (group: string, isMember: boolean) => void;
}

const SETTINGS: MemberSettings = {
  sessionTimeout: 10_000,
  rebalanceTimeout: 60_000,
  heartbeatInterval: 2_000,
  maxWait: 250,
  batchBytes: 4 * 1024 * 1024,
};

/** How long closing waits for members to leave their groups, in milliseconds. */
const LEAVE = 3_000;

/**
 * Events from a topic, for consumers in groups: a partition, and so each programme, is one member's at a time, in
 * order. Offsets are committed when a batch is `done`. A consumer that the broker shut out, or that lost it, joins
 * again by itself, for ever; what was not committed then comes again.
 */
export class KafkaFeed implements EventFeed {
  private readonly kafka: Kafka;
  private readonly topic: string;
  private readonly source: string;
  private readonly settings: MemberSettings;
  private readonly aside: Aside;
  private readonly closing = new AbortController();
  private readonly members = new Set<Promise<void>>();
  private passedOver = 0;

  constructor(private readonly options: KafkaFeedOptions) {
    this.kafka = clientOf(options);
    this.topic = options.topic ?? EVENTS_TOPIC;
    this.source = options.source ?? DEFAULT_SOURCE;
    this.settings = { ...SETTINGS, ...options };
    this.aside = new Aside(this.kafka, `${this.topic}.unreadable`, {
      replication: options.replication,
      timeout: requestTimeoutOf(options),
      onTrouble: (error) => options.onTrouble?.(error),
    });
  }

  /** How many messages could not be read since this feed was opened. */
  get unreadable(): number {
    return this.passedOver;
  }

  async *consume(group: string, signal: AbortSignal): AsyncGenerator<FeedBatch> {
    const ending = AbortSignal.any([signal, this.closing.signal]);
    const handover = new Handover<FeedBatch>();
    const leaving = new AbortController();
    const end = (): void => {
      handover.end();
      leaving.abort();
    };
    if (ending.aborted) return;
    ending.addEventListener('abort', end, { once: true });
    const member = this.takePart(group, handover, leaving.signal).finally(() => this.members.delete(member));
    this.members.add(member);
    try {
      for (;;) {
        const batch = await handover.next();
        if (batch === undefined) return;
        yield batch;
      }
    } finally {
      ending.removeEventListener('abort', end);
      end();
      handover.release();
      await member;
    }
  }

  async close(): Promise<void> {
    this.closing.abort();
    const left = Promise.all(this.members).then(() => this.aside.close());
    await within(LEAVE, left).catch(() => undefined);
  }

  /** Is a member of the group until the signal aborts; one that fails is followed by another. */
  private async takePart(group: string, handover: Handover<FeedBatch>, signal: AbortSignal): Promise<void> {
    const { partitions = DEFAULT_PARTITIONS, replication, onConsumed, onMembership } = this.options;
    let attempt = 0;
    while (!signal.aborted) {
      try {
        const shape = { topic: this.topic, partitions, replication };
        const timeout = 3 * requestTimeoutOf(this.options);
        const count = await within(timeout, ensureTopic(this.kafka, shape), signal);
        const member = new Member({
          ...this.settings,
          kafka: this.kafka,
          topic: this.topic,
          group,
          handover,
          partitionOf: (programme) => partitionOf(programme, count),
          read: (message, partition) => this.read(message, partition),
          onJoined: () => {
            attempt = 0;
            onMembership?.(group, true);
          },
          onBatch: (partition, events, lag) => onConsumed?.({ group, partition, events, lag }),
          commitLate: (partition, offset) => this.commitLate(group, partition, offset),
        });
        await member.takePart(signal);
      } catch (error) {
        onMembership?.(group, false);
        this.report(error, signal);
        await pause(attempt++, signal);
      }
    }
    onMembership?.(group, false);
  }

  private report(error: unknown, signal: AbortSignal): void {
    if (!signal.aborted) this.options.onTrouble?.(asError(error));
  }

  private async read(message: KafkaMessage, partition: number): Promise<ProgrammeEvent | undefined> {
    try {
      return readCloudEvent(message.value?.toString('utf8'), this.source);
    } catch (error) {
      this.passedOver++;
      const { topic } = this;
      const reason = asError(error).message;
      const place = `${topic}/${String(partition)}/${message.offset}`;
      const keptIn = await this.aside.keep(message, place, reason);
      this.options.onUnreadable?.({ topic, partition, offset: message.offset, reason, keptIn });
      return undefined;
    }
  }

  private async commitLate(group: string, partition: number, offset: bigint): Promise<void> {
    const place = { topic: this.topic, partition, offset };
    try {
      await commitLate(this.kafka, group, place, this.settings.sessionTimeout);
    } catch (error) {
      // Then it comes again.
      this.options.onTrouble?.(asError(error));
    }
  }
}
