import { type Kafka, Partitioners, type Producer, type TopicMessages } from 'kafkajs';
import { asError, pause, within } from './waiting';

export interface SenderOptions {
  readonly kafka: Kafka;
  /** in milliseconds */
  readonly timeout: number;
  /** told of everything that went wrong and is being tried again */
  readonly onTrouble: (error: Error) => void;
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
        const producer = await this.inTime((this.producer ??= this.connected()), signal);
        await this.inTime(producer.sendBatch({ acks: -1, topicMessages }), signal);
        return true;
      } catch (error) {
        if (isTooLarge(error)) throw new TooLarge(asError(error).message);
        if (!isAborted(signal)) this.options.onTrouble(asError(error));
        void this.close();
        await pause(attempt, signal);
      }
    }
    return false;
  }

  async close(): Promise<void> {
    const { producer } = this;
    this.producer = undefined;
    await producer?.then((one) => one.disconnect()).catch(() => undefined);
  }

  private inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    return within(this.options.timeout, work, signal);
  }

  private async connected(): Promise<Producer> {
    const producer = this.options.kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
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
