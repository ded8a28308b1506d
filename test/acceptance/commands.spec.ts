import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { Kafka, logLevel, type Message, type Producer } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { type City, city, DAYS, line, PASSWORD } from './support/city';
import type { Client } from './support/client';
import { environmentOf, mode, removeData, type Running, startJejak } from './support/start-jejak';

jest.setTimeout(120_000);

/** What an answer holds, and what its headers say it is. */
interface Answer {
  readonly id: string;
  readonly type: string;
  readonly body: {
    readonly receipt?: { readonly token: string; readonly stream: string };
    readonly problem?: {
      readonly code: string;
      readonly detail: { readonly en: string; readonly id: string };
    };
  };
}

if (mode === 'embedded')
  process.stderr.write(
    'SKIPPED in embedded mode: on one machine there is no Kafka for commands to come over\n',
  );
// On one machine there is no Kafka; `npm run acceptance -- --mode distributed`, which .ci/run calls, is where it runs.
const distributed = mode === 'distributed' ? describe : describe.skip;

distributed('a treasury system that sends its disbursements over Kafka', () => {
  let running: Running;
  let kota: City;
  let treasury: Client;
  let prefix: string;
  let producer: Producer;
  let consumer: ReturnType<Kafka['consumer']>;
  const answers: Answer[] = [];

  beforeAll(async () => {
    running = await startJejak(mode);
    kota = await city(running, 'kas');
    const { operator, anyone, people, path: programme } = kota;
    const login = `treasury-${randomUUID().slice(0, 8)}`;
    const account = { login, name: 'Treasury', password: PASSWORD, kind: 'service' };
    const { body } = await operator.accepted('/v1/accounts', account);
    const grant = { role: 'officer', agency: 'diskominfo' };
    await people.office.accepted(`${programme}/grants/${String(body.subject)}`, grant);
    await people.office.accepted(`${programme}/budget-lines`, line('L-1'));
    treasury = await anyone.signedIn(login, PASSWORD);

    const { KAFKA_BROKERS = '', JEJAK_KAFKA_PREFIX = '' } = environmentOf(running.directory);
    prefix = JEJAK_KAFKA_PREFIX;
    const kafka = new Kafka({ brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING });
    producer = kafka.producer({ idempotent: true });
    consumer = kafka.consumer({ groupId: randomUUID(), maxWaitTimeInMs: 100 });
    await producer.connect();
    await consumer.connect();
    await consumer.subscribe({ topic: `${prefix}.command-results.v1`, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message: { key, value, headers } }) => {
        const type = headers?.ce_type?.toString() ?? '';
        const body = JSON.parse(value?.toString() ?? '') as Answer['body'];
        answers.push({ id: key?.toString() ?? '', type, body });
      },
    });
  });
  afterAll(async () => {
    await consumer.disconnect();
    await producer.disconnect();
    await running.stop();
    await removeData(running);
  });

  /** A disbursement of so many rupiah, as the README has it. */
  const disbursement = (id: string, amount: number, by: Client = treasury): Message => ({
    key: kota.programme,
    value: JSON.stringify({ occurredOn: DAYS.middle, amount, document: { kind: 'sp2d', number: id } }),
    headers: {
      ...{ ce_specversion: '1.0', ce_id: id, ce_source: 'treasury' },
      ...{ ce_type: 'DisburseBudget', ce_subject: `budget-${kota.programme}.l-1` },
      ...{ 'content-type': 'application/json', 'idempotency-key': id },
      authorization: `Bearer ${by.token ?? ''}`,
    },
  });
  const send = (...messages: Message[]) => producer.send({ topic: `${prefix}.commands.v1`, messages });

  async function answersTo(id: string, count = 1): Promise<readonly Answer[]> {
    for (const end = Date.now() + 60_000; ;) {
      const found = answers.filter((answer) => answer.id === id);
      if (found.length >= count) return found;
      if (Date.now() > end)
        throw new Error(`${id} has ${String(found.length)} answers:\n${running.output()}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('is answered with receipts, and what it sent is read back in the figures', async () => {
    const ids = ['0001/2025', '0002/2025', '0003/2025'];
    await send(...ids.map((id) => disbursement(id, 100_000_000)));
    for (const id of ids) expect(await answersTo(id)).toMatchObject([{ type: 'CommandAccepted' }]);
    const [last] = await answersTo('0003/2025');
    const token = last?.body.receipt?.token ?? '';
    const after = `?after=${encodeURIComponent(token)}`;
    const { status, body } = await kota.people.office.get(`${kota.path}/budget-lines/L-1${after}`);
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toContain('300000000');
  });

  it('may repeat a message: the same answer comes, and nothing is added', async () => {
    const message = disbursement('0004/2025', 1_000_000);
    await send(message);
    await send(message, message);
    const all = await answersTo('0004/2025', 3);
    for (const answer of all) expect(answer).toEqual(all[0]);
  });

  it('is refused by the same rules, in both languages, and goes on', async () => {
    await send(disbursement('0005/2025', 2_000_000_000));
    const [refused] = await answersTo('0005/2025');
    const body = {
      occurredOn: DAYS.middle,
      amount: 2_000_000_000,
      document: { kind: 'sp2d', number: '0005/2025' },
    };
    for (const language of ['en', 'id'] as const) {
      const over = await treasury.command(`${kota.path}/budget-lines/L-1/disbursements`, body, {
        ...{ 'idempotency-key': randomUUID(), 'accept-language': language },
      });
      expect(over.status).toBe(422);
      expect(refused?.body.problem).toMatchObject({ code: over.body.code as string });
      expect(refused?.body.problem?.detail[language]).toBe(over.body.detail);
    }
    await send(disbursement('0006/2025', 1_000_000));
    expect(await answersTo('0006/2025')).toMatchObject([{ type: 'CommandAccepted' }]);
  });

  it('is a service: a person is refused, and the auditor reads that', async () => {
    await send(disbursement('0007/2025', 1, kota.people.officer));
    expect(await answersTo('0007/2025')).toMatchObject([{ body: { problem: { code: 'not-a-service' } } }]);
    const { body } = await kota.people.auditor.get(`${kota.path}/access-log`);
    expect(JSON.stringify(body)).toContain('DisburseBudget');
  });

  it('that sends what nobody can read is answered, and goes on', async () => {
    await send({ ...disbursement('0008/2025', 1), value: 'SP2D;1' }, disbursement('0009/2025', 1_000_000));
    expect(await answersTo('0008/2025')).toMatchObject([{ body: { problem: { code: 'malformed-body' } } }]);
    expect(await answersTo('0009/2025')).toMatchObject([{ type: 'CommandAccepted' }]);
  });

  it('gets answers as the AsyncAPI document describes them', () => {
    const file = path.resolve(__dirname, '../../apps/worker/asyncapi.json');
    const document = JSON.parse(fs.readFileSync(file, 'utf8')) as {
      components: { schemas: Record<string, object> };
    };
    const ajv = addFormats(new Ajv({ strict: false }));
    expect(new Set(answers.map(({ type }) => type))).toEqual(new Set(['CommandAccepted', 'CommandRefused']));
    for (const { type, body } of answers) {
      const validate = ajv.compile(document.components.schemas[type] ?? false);
      expect([body, validate(body), validate.errors]).toEqual([body, true, null]);
    }
  });
});
