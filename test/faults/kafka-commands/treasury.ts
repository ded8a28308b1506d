import { Kafka, logLevel, type Message } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** A system with a plain client of its own: sends commands, and keeps every answer. */
export class Treasury {
  private readonly answers = new Map<string, string[]>();
  private readonly kafka: Kafka;
  private readonly producer;
  private readonly consumer;
  private count = 0;

  constructor(
    address: string,
    private readonly prefix: string,
  ) {
    this.kafka = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, retry: { retries: 20 } });
    this.producer = this.kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
    this.consumer = this.kafka.consumer({ groupId: randomUUID(), maxWaitTimeInMs: 50 });
  }

  /** How many answers came. */
  get answered(): number {
    return this.count;
  }

  /** The answers to a command, by its id. */
  answersTo(id: string): readonly string[] {
    return this.answers.get(id) ?? [];
  }

  /** Waits until a worker has made the topics, and listens. */
  async open(): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    const topics = [`${this.prefix}.commands.v1`, `${this.prefix}.command-results.v1`];
    for (;;) {
      const there = await admin.listTopics();
      if (topics.every((topic) => there.includes(topic))) break;
      await sleep(50);
    }
    await admin.disconnect();
    await this.producer.connect();
    await this.consumer.connect();
    await this.consumer.subscribe({ topic: `${this.prefix}.command-results.v1`, fromBeginning: true });
    await this.consumer.run({
      eachMessage: async ({ message: { key, value } }) => {
        const id = key?.toString() ?? '';
        const known = this.answers.get(id) ?? [];
        this.answers.set(id, known);
        known.push(value?.toString() ?? '');
        this.count++;
      },
    });
  }

  async send(messages: Message[]): Promise<void> {
    await this.producer.send({ topic: `${this.prefix}.commands.v1`, messages });
  }

  async close(): Promise<void> {
    await this.consumer.disconnect();
    await this.producer.disconnect();
  }
}
