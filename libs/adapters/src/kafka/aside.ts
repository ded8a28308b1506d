import type { Kafka, KafkaMessage } from 'kafkajs';
import { Sender } from './sender';
import { ensureTopic } from './topics';
import { asError } from './waiting';

/** A message that could not be read. */
export interface UnreadableMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly reason: string;
  /** the topic where its bytes are kept, undefined where that failed */
  readonly keptIn: string | undefined;
}

/** Keeps messages that cannot be read in a topic of their own, byte for byte, with the place they came from and why. */
export class Aside {
  private readonly sender: Sender;

  constructor(
    kafka: Kafka,
    private readonly topic: string,
    private readonly options: {
      readonly replication: number | undefined;
      readonly timeout: number;
      readonly onTrouble: (error: Error) => void;
    },
  ) {
    const { replication } = options;
    const prepare = (): Promise<unknown> => ensureTopic(kafka, { topic, partitions: 1, replication });
    this.sender = new Sender({ ...options, kafka, prepare });
  }

  /** The topic that the message is kept in; undefined where it could not be kept: it is still where it came from. */
  async keep(message: KafkaMessage, place: string, reason: string): Promise<string | undefined> {
    try {
      const headers = { ...message.headers, 'jejak-place': place, 'jejak-reason': reason };
      const messages = [{ key: message.key, value: message.value, headers }];
      await this.sender.once([{ topic: this.topic, messages }]);
      return this.topic;
    } catch (error) {
      this.options.onTrouble(asError(error));
      return undefined;
    }
  }

  async close(): Promise<void> {
    await this.sender.close();
  }
}
