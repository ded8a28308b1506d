import { KafkaFeed, KafkaPublisher, KafkaTurn } from '@jejak/adapters/kafka';
import { appendEach, MemoryLog, newEvents, streamOf } from '@jejak/core/testing';
import { randomUUID } from 'node:crypto';
import { describeWith, OwnServer } from '../../../../test/support/servers';
import { configFor } from '../config';
import { kafkaOf, securityOf } from './servers';

const SECURE = { kafkaSaslMechanism: 'plain', kafkaUsername: 'jejak', kafkaPassword: 'of-a-test' } as const;

describeWith('kafka', 'a broker that is reached by TLS and with a password', () => {
  let broker: OwnServer;

  beforeAll(async () => {
    broker = await OwnServer.start('kafka', { secure: 'jejak:of-a-test' });
  }, 60_000);
  afterAll(async () => {
    await broker.stop();
  });

  const reached = (more: Partial<ReturnType<typeof configFor>> = {}, troubles: Error[] = []) =>
    kafkaOf(
      configFor('.', {
        ...{ kafkaBrokers: [broker.address], kafkaPrefix: `t${randomUUID().slice(0, 8)}`, partitions: 1 },
        ...{ kafkaSsl: true, kafkaSslCa: broker.certificate, ...SECURE },
        ...more,
      }),
      'the-log',
      (error) => troubles.push(error),
    );

  it('takes what is published, gives it to a feed, and lets one have its turn', async () => {
    const kafka = reached();
    const log = new MemoryLog(Date.now);
    await appendEach(log, streamOf('kota.2023'), newEvents('kota.2023', 3));
    const publisher = new KafkaPublisher(kafka);
    const ending = new AbortController();
    await new KafkaTurn({ ...kafka, name: randomUUID() }).take(async () => {
      for await (const page of log.readProgramme('kota.2023', 0))
        await publisher.publish(page, ending.signal);
    }, ending.signal);
    const feed = new KafkaFeed(kafka);
    let count = 0;
    for await (const batch of feed.consume('views', ending.signal)) {
      count += batch.events.length;
      await batch.done();
      if (count === 3) ending.abort();
    }
    expect(count).toBe(3);
    await feed.close();
    await publisher.close();
  }, 60_000);

  it.each([
    ['a wrong password', { kafkaPassword: 'another' }, /auth/i],
    ['a certificate that nobody knows', { kafkaSslCa: '' }, /certificate/i],
    ['no TLS', { kafkaSsl: false, kafkaSslCa: '' }, /./],
  ])(
    'is not reached with %s, and that is told',
    async (_, more, why) => {
      const troubles: Error[] = [];
      const publisher = new KafkaPublisher({ ...reached(more, troubles), requestTimeout: 1_000 });
      const log = new MemoryLog(Date.now);
      await appendEach(log, streamOf('kota.2023'), newEvents('kota.2023', 1));
      const ending = new AbortController();
      const publishing = (async () => {
        for await (const page of log.readProgramme('kota.2023', 0))
          await publisher.publish(page, ending.signal);
      })();
      while (troubles.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      ending.abort();
      await publishing;
      await publisher.close();
      expect(troubles[0]?.message).toMatch(why);
      expect(troubles[0]?.message).not.toContain('of-a-test');
    },
    30_000,
  );
});

describe('how brokers are reached', () => {
  const plain = configFor('.');

  it('is in the clear and without a sign-in where nothing is said', () => {
    expect(securityOf(plain)).toEqual({});
  });

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('is with a password by %s', (mechanism) => {
    expect(securityOf({ ...plain, ...SECURE, kafkaSsl: true, kafkaSaslMechanism: mechanism })).toEqual({
      ...{ ssl: true, sasl: { mechanism, username: 'jejak', password: 'of-a-test' } },
    });
  });

  it('is not with a file of certificates that is not there', () => {
    expect(() => securityOf({ ...plain, kafkaSsl: true, kafkaSslCa: 'not-there.pem' })).toThrow(
      /KAFKA_SSL_CA/,
    );
  });
});
