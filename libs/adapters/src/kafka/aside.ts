import { type Kafka, type KafkaMessage, Partitioners, type Producer } from 'kafkajs';
import { ensureTopic } from './topics';
import { asError, within } from './waiting';

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
  private producer: Promise<Producer> | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly topic: string,
    private readonly options: {
      readonly replication: number | undefined;
      readonly timeout: number;
      readonly onTrouble: (error: Error) => void;
    },
  ) {}

  /** The topic that the message is kept in; undefined where it could not be kept: it is still where it came from. */
  async keep(message: KafkaMessage, place: string, reason: string): Promise<string | undefined> {
    try {
      const headers = { ...message.headers, 'jejak-place': place, 'jejak-reason': reason };
      const messages = [{ key: message.key, value: message.value, headers }];
      const producer = await within(this.options.timeout, (this.producer ??= this.connected()));
      await within(this.options.timeout, producer.send({ topic: this.topic, acks: -1, messages }));
      return this.topic;
    } catch (error) {
      this.options.onTrouble(asError(error));
      void this.close();
      return undefined;
    }
  }

  async close(): Promise<void> {
    const { producer } = this;
    this.producer = undefined;
    await producer?.then((one) => one.disconnect()).catch(() => undefined);
  }

  private async connected(): Promise<Producer> {
    await ensureTopic(this.kafka, {
      topic: this.topic,
      partitions: 1,
      replication: this.options.replication,
    });
    const producer = this.kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    return producer;
  }
}
