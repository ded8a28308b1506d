import type { Handled } from '@jejak/adapters/kafka';
import { streamName } from '@jejak/core';
import { Kafka, logLevel, type Message } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { describeWith } from '../../../../test/support/servers';
import { CITY, disbursement, lineCode, TreasuryCity } from '../../../../test/support/treasury-city';
import { commandTopicsOf, serveCommands } from './serve-commands';

interface Answer {
  readonly key: string;
  readonly type: string;
  readonly text: string;
  readonly code: string | undefined;
}

/** A treasury system with a client of its own: sends commands and reads what becomes of them. */
class Treasury {
  readonly answers: Answer[] = [];
  private readonly kafka: Kafka;
  private readonly producer;
  private readonly consumer;

  constructor(
    address: string,
    private readonly topics: ReturnType<typeof commandTopicsOf>,
  ) {
    this.kafka = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, retry: { retries: 20 } });
    this.producer = this.kafka.producer();
    this.consumer = this.kafka.consumer({ groupId: randomUUID(), maxWaitTimeInMs: 50 });
  }

  async open(): Promise<void> {
    await this.producer.connect();
    await this.consumer.connect();
    await this.consumer.subscribe({ topic: this.topics.results, fromBeginning: true });
    await this.consumer.run({
      eachMessage: async ({ message: { key, value, headers } }) => {
        const text = value?.toString() ?? '';
        const { problem } = JSON.parse(text) as { problem?: { code: string } };
        const type = headers?.ce_type?.toString() ?? '';
        this.answers.push({ key: key?.toString() ?? '', type, text, code: problem?.code });
      },
    });
  }

  async send(...messages: Message[]): Promise<void> {
    await this.producer.send({ topic: this.topics.topic, messages });
  }

  /** What is answered, by the commands' ids: answers to several are in several partitions. */
  codes(): readonly (readonly [string, string | undefined])[] {
    return this.answers.map(({ key, code }) => [key, code] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** What is kept in a topic of one partition. */
  async kept(topic: string, count: number): Promise<readonly Message[]> {
    const found: Message[] = [];
    const reader = this.kafka.consumer({ groupId: randomUUID(), maxWaitTimeInMs: 50 });
    await reader.connect();
    await reader.subscribe({ topic, fromBeginning: true });
    await reader.run({ eachMessage: async ({ message }) => void found.push(message) });
    await until(() => found.length >= count);
    await reader.disconnect();
    return found;
  }

  async close(): Promise<void> {
    await this.consumer.disconnect();
    await this.producer.disconnect();
  }
}

async function until(condition: () => boolean, patience = 20_000): Promise<void> {
  const end = Date.now() + patience;
  while (!condition()) {
    if (Date.now() > end) throw new Error('it did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describeWith('kafka', 'commands over a broker', (address) => {
  let city: TreasuryCity;
  let token: string;
  let treasury: Treasury;
  let topics: ReturnType<typeof commandTopicsOf>;
  let workers: { readonly ending: AbortController; readonly serving: Promise<void> }[];
  let handled: Handled[];
  const troubles: Error[] = [];

  beforeAll(async () => {
    city = await TreasuryCity.open(4);
    token = await city.token();
  }, 60_000);
  afterAll(async () => {
    await city.close();
  });

  beforeEach(async () => {
    topics = commandTopicsOf({ kafkaPrefix: `t${randomUUID().slice(0, 8)}` });
    treasury = new Treasury(address(), topics);
    workers = [];
    handled = [];
    troubles.length = 0;
    worker();
    await until(() => joined > 0);
    await treasury.open();
  }, 60_000);
  afterEach(async () => {
    for (const { ending } of workers) ending.abort();
    await Promise.all(workers.map(({ serving }) => serving));
    await treasury.close();
  }, 60_000);

  let joined = 0;
  const worker = (parts = city.jejak) => {
    joined = 0;
    const ending = new AbortController();
    const prefix = topics.topic.replace('.commands.v1', '');
    const serving = serveCommands(
      { ...parts, config: { ...parts.config, kafkaPrefix: prefix } },
      {
        ...{ brokers: [address()], source: 'the-log', partitions: 4, requestTimeout: 5_000 },
        ...{ sessionTimeout: 3_000, heartbeatInterval: 300 },
      },
      {
        onTrouble: (_, error) => troubles.push(error),
        onHandled: (one) => handled.push(one),
        onMembership: (isMember) => (joined += isMember ? 1 : 0),
      },
      ending.signal,
    );
    workers.push({ ending, serving });
    return { ending, serving };
  };

  /** The n-th disbursement, as its message. */
  const command = (n: number, headers: Readonly<Record<string, string>> = {}): Message => ({
    key: CITY,
    value: JSON.stringify(disbursement(n)),
    headers: {
      ...{
        ce_specversion: '1.0',
        ce_id: `sp2d-${String(n)}`,
        ce_source: 'treasury',
        ce_type: 'DisburseBudget',
      },
      ce_subject: streamName('budget', CITY, lineCode(n % 4)),
      ...{ 'content-type': 'application/json', 'idempotency-key': `key-${String(n)}` },
      authorization: `Bearer ${token}`,
      ...headers,
    },
  });

  const answersTo = (n: number): readonly Answer[] =>
    treasury.answers.filter(({ key }) => key === `sp2d-${String(n)}`);

  it('are carried out in the order of their partition, delivered one to five times: one effect, one answer', async () => {
    const count = 60;
    const copies = Array.from({ length: count }, (_, n) => 1 + (n % 5));
    const before = (await city.jejak.log.head(CITY))?.index ?? -1;
    for (let round = 0; round < 5; round++)
      await treasury.send(...copies.flatMap((times, n) => (times > round ? [command(n)] : [])));
    const sum = copies.reduce((total, times) => total + times, 0);
    await until(() => treasury.answers.length >= sum);
    expect((await city.jejak.log.head(CITY))?.index).toBe(before + count);
    for (const [n, times] of copies.entries()) {
      expect(answersTo(n)).toHaveLength(times);
      expect(new Set(answersTo(n).map(({ text }) => text)).size).toBe(1);
      expect(answersTo(n)[0]?.type).toBe('CommandAccepted');
    }
    const firsts = handled.map(({ answer }) => answer?.key).filter((key, n, all) => all.indexOf(key) === n);
    expect(firsts).toEqual(copies.map((_, n) => `sp2d-${String(n)}`));
    expect(handled.at(-1)).toMatchObject({ lag: 0 });
  });

  it('that cannot be read are answered, counted and kept aside without their token, once, and the next goes on', async () => {
    await treasury.send({ ...command(200), value: 'no JSON' }, command(201, { authorization: 'Basic abc' }), {
      key: CITY,
      value: null,
    });
    await treasury.send({ ...command(202), value: Buffer.alloc(1_047_000, 0x20) });
    await treasury.send(command(203));
    await until(() => handled.length === 5);
    await until(() => treasury.answers.length === 4);
    expect(treasury.codes()).toEqual([
      ['sp2d-200', 'malformed-body'],
      ['sp2d-201', 'token-invalid'],
      ['sp2d-202', 'malformed-body'],
      ['sp2d-203', undefined],
    ]);
    expect(handled.map(({ unreadable }) => unreadable)).toEqual([
      ...['malformed-body', undefined, 'not-a-cloud-event', 'malformed-body', undefined],
    ]);
    const kept = await treasury.kept(`${topics.topic}.unreadable`, 3);
    expect(kept.map(({ value }) => value?.length)).toEqual(['no JSON'.length, undefined, 1_047_000]);
    const [first] = kept;
    expect(first?.headers).toMatchObject({ ce_type: Buffer.from('DisburseBudget') });
    expect(first?.headers?.['jejak-reason']?.toString()).toBe('malformed-body');
    expect(first?.headers?.['jejak-place']?.toString()).toMatch(/\.commands\.v1\/[0-3]\/0$/);
    expect(Object.keys(first?.headers ?? {})).not.toContain('authorization');
  });

  it('are stamped by the broker, whatever time their sender says', async () => {
    city.shift = -3_600_000;
    const old = await city.token();
    city.shift = 0;
    const timestamp = String(Date.now() - 3_600_000);
    await treasury.send({ ...command(210, { authorization: `Bearer ${old}` }), timestamp });
    await until(() => answersTo(210).length === 1);
    expect(answersTo(210)[0]?.code).toBe('token-expired');
  });

  it('wait while the log is away, and are carried out when it is back', async () => {
    workers[0]?.ending.abort();
    await workers[0]?.serving;
    let away = true;
    const commands = Object.create(city.jejak.commands) as typeof city.jejak.commands;
    commands.run = (submission) =>
      away
        ? Promise.reject(Object.assign(new Error('away'), { code: 'log-unavailable' }))
        : city.jejak.commands.run(submission);
    worker({ ...city.jejak, commands });
    await until(() => joined > 0);
    await treasury.send(command(220), command(221));
    // Longer than the group waits for a member that gives no sign of life.
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(treasury.answers).toEqual([]);
    expect(troubles.length).toBeGreaterThan(2);
    away = false;
    await until(() => treasury.answers.length === 2);
    expect(joined).toBe(1);
    expect(treasury.codes()).toEqual([
      ['sp2d-220', undefined],
      ['sp2d-221', undefined],
    ]);
  }, 60_000);

  it('go on with another worker when one leaves, and none is left out', async () => {
    worker();
    const sent = Array.from({ length: 40 }, (_, n) => 300 + n);
    for (const n of sent) {
      await treasury.send({ ...command(n), key: String(n) });
      if (n === 310) workers[0]?.ending.abort();
    }
    await until(() => sent.every((n) => answersTo(n).length > 0));
    for (const n of sent) expect(new Set(answersTo(n).map(({ text }) => text)).size).toBe(1);
  }, 60_000);
});
