import type { Kafka, Producer, TopicMessages } from 'kafkajs';
import { partitioner } from './partition';
import { asError, pause, within } from './waiting';

export interface SenderOptions {
  readonly kafka: Kafka;
  /** in milliseconds */
  readonly timeout: number;
  /** told of everything that went wrong and is being tried again */
  readonly onTrouble: (error: Error) => void;
  /** what comes before each connection */
  readonly prepare?: () => Promise<unknown>;
}

/** The broker takes no message of this size. */
export class TooLarge extends Error {
  readonly code = 'message-too-large';
}

/** Sends messages that may well come twice, to topics that are there. */
export class Sender {
  private producer: Promise<Producer> | undefined;

  constructor(private readonly options: SenderOptions) {}

  /**
   * Sends messages until all replicas in sync have them.
   *
   * @returns false where the signal aborted before that
   * @throws TooLarge
   */
  async deliver(topicMessages: TopicMessages[], signal: AbortSignal): Promise<boolean> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        await this.once(topicMessages, signal);
        return true;
      } catch (error) {
        if (isTooLarge(error)) throw new TooLarge(asError(error).message);
        if (!isAborted(signal)) this.options.onTrouble(asError(error));
        await pause(attempt, signal);
      }
    }
    return false;
  }

  /**
   * As `deliver`, tried once.
   *
   * @throws what went wrong; it is not known, then, whether they came
   */
  async once(topicMessages: TopicMessages[], signal?: AbortSignal): Promise<void> {
    const { timeout } = this.options;
    try {
      const producer = await within(timeout, (this.producer ??= this.connected()), signal);
      await within(timeout, producer.sendBatch({ acks: -1, topicMessages }), signal);
    } catch (error) {
      // A message that is too large says nothing of the connection.
      if (!isTooLarge(error)) void this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const { producer } = this;
    this.producer = undefined;
    await producer?.then((one) => one.disconnect()).catch(() => undefined);
  }

  private async connected(): Promise<Producer> {
    await this.options.prepare?.();
    const producer = this.options.kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: partitioner,
    });
    await producer.connect();
    return producer;
  }
}

function isTooLarge(error: unknown): boolean {
  const { type, cause } = error as { type?: unknown; cause?: unknown };
  if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE') return true;
  return cause !== undefined && cause !== error && isTooLarge(cause);
}

const isAborted = (signal: AbortSignal): boolean => signal.aborted;
