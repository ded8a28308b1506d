import type { EventPublisher, ProgrammeEvent } from '@jejak/core';
import type { Kafka, Message, Producer } from 'kafkajs';
import { cloudEventText, CONTENT_TYPE } from './cloud-event';
import {
  clientOf,
  DEFAULT_PARTITIONS,
  DEFAULT_SOURCE,
  EVENTS_TOPIC,
  type KafkaOptions,
  requestTimeoutOf,
} from './options';
import { partitioner } from './partition';
import { ensureTopic } from './topics';
import { asError, GaveUp, pause, within } from './waiting';

export interface KafkaPublisherOptions extends KafkaOptions {
  /** bytes sent at once, at most, unless one event has more (900 KiB); the broker takes 1 MiB of a partition */
  readonly batchBytes?: number;
}

const BATCH_BYTES = 900 * 1024;

/** What a message takes beside its value, about: its key, its header, its lengths. */
const MESSAGE_BYTES = 128;

/** Attempts with one producer before another one takes its place: it may be the producer that is broken. */
const ATTEMPTS = 3;

/** How long closing waits for connections to end, in milliseconds. */
const LEAVE = 2_000;

/** How many request timeouts one send may take, with the attempts that the library makes. */
const SEND_TIMEOUTS = 3;

/**
 * Sends events to a topic, keyed by programme, as CloudEvents; one batch at a time, idempotent, acknowledged by all
 * replicas in sync.
 *
 * After a failure the very same batch is sent again. The producer numbers what it sends, and the broker takes another
 * batch of the same number for one that it has: an event would be lost though acknowledged. So a batch that is given
 * up takes its producer along.
 */
export class KafkaPublisher implements EventPublisher {
  private readonly kafka: Kafka;
  private readonly topic: string;
  private readonly closing = new AbortController();
  private producer: Producer | undefined;
  private sending: Promise<unknown> = Promise.resolve();
  private readonly leaving = new Set<Promise<void>>();

  constructor(private readonly options: KafkaPublisherOptions) {
    this.kafka = clientOf(options);
    this.topic = options.topic ?? EVENTS_TOPIC;
  }

  async publish(events: readonly ProgrammeEvent[], signal: AbortSignal): Promise<void> {
    const ending = AbortSignal.any([signal, this.closing.signal]);
    const batches = this.batches(events);
    let batch = batches.next();
    while (batch.done !== true && !ending.aborted) {
      const delivering = this.deliver(batch.value, ending);
      // The next batch is written while the broker has this one.
      await new Promise(setImmediate);
      batch = batches.next();
      await delivering;
    }
  }

  async close(): Promise<void> {
    this.closing.abort();
    this.drop();
    // Where the broker is away, leaving takes as long as the library tries; nobody waits for that.
    await within(LEAVE, Promise.all(this.leaving)).catch(() => undefined);
  }

  private *batches(events: readonly ProgrammeEvent[]): Generator<Message[]> {
    const { batchBytes = BATCH_BYTES, source = DEFAULT_SOURCE } = this.options;
    let batch: Message[] = [];
    let bytes = 0;
    for (const recorded of events) {
      const value = Buffer.from(cloudEventText(recorded, source));
      const size = value.length + MESSAGE_BYTES;
      if (batch.length > 0 && bytes + size > batchBytes) {
        yield batch;
        batch = [];
        bytes = 0;
      }
      batch.push({ key: recorded.event.programme, value, headers: headersOf(recorded) });
      bytes += size;
    }
    if (batch.length > 0) yield batch;
  }

  /** Sends a batch until it is acknowledged, or the signal aborts. */
  private async deliver(messages: Message[], signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        await this.send(messages, signal);
        return;
      } catch (error) {
        this.report(error, signal);
        // What was given up may still be under way: two sends of one producer at once lose events.
        if (error instanceof GaveUp || isOutOfStep(error) || attempt % ATTEMPTS === ATTEMPTS - 1) this.drop();
        await pause(attempt, signal);
      }
    }
    this.drop();
  }

  private report(error: unknown, signal: AbortSignal): void {
    if (!signal.aborted) this.options.onTrouble?.(asError(error));
  }

  private async send(messages: Message[], signal: AbortSignal): Promise<void> {
    this.producer ??= await this.connected(signal);
    const sending = this.producer.send({ topic: this.topic, acks: -1, messages });
    this.sending = sending;
    await this.inTime(sending, signal);
  }

  private inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    return within(SEND_TIMEOUTS * requestTimeoutOf(this.options), work, signal);
  }

  private async connected(signal: AbortSignal): Promise<Producer> {
    const { partitions = DEFAULT_PARTITIONS, replication } = this.options;
    await this.inTime(ensureTopic(this.kafka, { topic: this.topic, partitions, replication }), signal);
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: partitioner,
    });
    const connecting = producer.connect();
    try {
      await this.inTime(connecting, signal);
      return producer;
    } catch (error) {
      this.letGo(producer, connecting);
      throw error;
    }
  }

  private drop(): void {
    const { producer, sending } = this;
    this.producer = undefined;
    if (producer !== undefined) this.letGo(producer, sending);
  }

  /** The producer disconnects by itself, once what it may be doing has ended. */
  private letGo(producer: Producer, work: Promise<unknown>): void {
    const leaving = leave(producer, work).finally(() => this.leaving.delete(leaving));
    this.leaving.add(leaving);
  }
}

function headersOf({ event }: ProgrammeEvent): Record<string, string> {
  const { traceparent } = event.meta;
  return { 'content-type': CONTENT_TYPE, ...(traceparent !== undefined && { traceparent }) };
}

/** The library connects again for a send that is under way: so once more, when that has ended. */
async function leave(producer: Producer, sending: Promise<unknown>): Promise<void> {
  await producer.disconnect().catch(() => undefined);
  await sending.catch(() => undefined);
  await producer.disconnect().catch(() => undefined);
}

/** The broker does not know this producer, or expects other numbers of it. */
function isOutOfStep(error: unknown): boolean {
  const { type, cause } = error as { type?: unknown; cause?: unknown };
  if (typeof type === 'string' && /SEQUENCE|PRODUCER/.test(type)) return true;
  return cause !== undefined && cause !== error && isOutOfStep(cause);
}
