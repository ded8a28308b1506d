import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { canonical, EnvelopeTooLarge, type Json } from '@jejak/core';
import {
  freshProgramme,
  idsOf,
  MemoryBlocks,
  newEvent,
  newEvents,
  restOf,
  streamOf,
} from '@jejak/core/testing';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type EventStoreFixture, standInLog } from '../../../../test/support/eventstoredb/event-log';
import { StandIn } from '../../../../test/support/eventstoredb/stand-in';
import { needs } from '../../../../test/support/needs';
import { ServerTooOld } from './connection';
import { AppendTooLarge } from './errors';
import { EventStoreLog } from './log';

const open = (connectionString: string) =>
  EventStoreLog.open({ connectionString, clock: Date.now, reader: new MemoryBlocks(), patience: 2_000 });

describe('what the log on EventStoreDB stores', () => {
  let fixture: EventStoreFixture & { readonly standIn: StandIn };
  beforeAll(async () => {
    fixture = await standInLog();
  });
  afterAll(() => fixture.close());

  it('is canonical data and canonical metadata, id and type its own', async () => {
    const programme = freshProgramme();
    const stream = streamOf(programme);
    const event = newEvent(programme, {
      b: 'é\u{1f600}',
      a: [1e21, -0, 0.1],
      10: 1,
      9: { __proto__x: null },
    });
    const { events } = await fixture.log.append(stream, -1, [event]);
    const [kept] = fixture.standIn.stored(stream);
    const { recordedAt } = events[0]!.event;
    expect(Buffer.from(kept!.data).toString()).toBe(canonical(event.data as Json));
    expect(Buffer.from(kept!.metadata).toString()).toBe(
      canonical({ version: 1, programme, recordedAt, meta: event.meta } as unknown as Json),
    );
    expect(kept).toMatchObject({ id: event.id, type: event.type, contentType: 'application/json' });
    expect(events[0]!.position).toBe(String(kept!.position));
  });

  it('is not mixed up with what others write there, nor with the events of the server', async () => {
    const programme = freshProgramme();
    const client = EventStoreDBClient.connectionString(fixture.standIn.address);
    const foreign = () => jsonEvent({ type: 'Happened', data: {} });
    await client.appendToStream('orders-1', foreign());
    await client.appendToStream('cart-shop.2023.a', foreign());
    await client.appendToStream('$own', foreign());
    const { events } = await fixture.log.append(streamOf(programme), -1, newEvents(programme, 3));
    await client.appendToStream('cart-shop.2023.a', foreign());
    expect((await restOf(fixture.log)).slice(-3)).toEqual(events);
    expect(idsOf(await restOf(fixture.log)).length).toBeLessThan(10);
    await expect(fixture.log.readStream('cart-shop.2023.a')).rejects.toThrow('was not written by Jejak');
    await client.dispose();
  });

  it('is refused whole where EventStoreDB would not take it at once', async () => {
    const programme = freshProgramme();
    const large = Array.from({ length: 6 }, () => newEvent(programme, { text: 'x'.repeat(200 * 1024) }));
    const attempt = fixture.log.append(streamOf(programme), -1, large);
    await expect(attempt).rejects.toThrow(AppendTooLarge);
    await expect(fixture.log.append(streamOf(programme), -1, large)).rejects.toThrow(EnvelopeTooLarge);
    expect(await fixture.log.readStream(streamOf(programme))).toEqual([]);
    const { events } = await fixture.log.append(streamOf(programme), -1, large.slice(0, 5));
    expect(events).toHaveLength(5);
  });

  it('an append that another process carried out in the meantime is a repeat, with its answer', async () => {
    const programme = freshProgramme();
    const stream = streamOf(programme);
    const [mine, others] = [fixture.log, await fixture.another()];
    await mine.append(stream, -1, newEvents(programme, 1));
    await others.readStream(stream);
    const event = newEvent(programme, { by: 'others' });
    const first = await others.append(stream, 0, [event]);
    const again = await mine.append(stream, 0, [{ ...event, data: { by: 'mine' } }]);
    expect(again).toEqual({ events: first.events, repeated: true });
  });
});

describe('opening the log on EventStoreDB', () => {
  it('names it once, whoever comes first', async () => {
    const standIn = await StandIn.start();
    const logs = await Promise.all(Array.from({ length: 8 }, () => open(standIn.address)));
    expect(new Set(logs.map(({ logId }) => logId)).size).toBe(1);
    expect(standIn.stored('jejak-log')).toHaveLength(1);
    const later = await open(standIn.address);
    expect(later.logId).toBe(logs[0]!.logId);
    expect(await later.readAll(undefined, 10)).toEqual([]);
    await Promise.all([...logs, later].map((log) => log.close()));
    await standIn.stop();
  });

  it.each([
    ['22.10.5', false],
    ['23.6.0', false],
    ['unknown', false],
    ['23.10.0', true],
    ['24.2.0.1', true],
    ['25.0.0', true],
  ])('on version %s: %s', async (version, opens) => {
    const standIn = await StandIn.start({ version });
    if (opens) await (await open(standIn.address)).close();
    else await expect(open(standIn.address)).rejects.toThrow(ServerTooOld);
    await standIn.stop();
  });

  it('finds the leader of a cluster', async () => {
    const standIn = await StandIn.start();
    const log = await open(standIn.address.replace('esdb:', 'esdb+discover:'));
    const programme = freshProgramme();
    await log.append(streamOf(programme), -1, newEvents(programme, 1));
    expect(await log.readStream(streamOf(programme))).toHaveLength(1);
    await log.close();
    await standIn.stop();
  });

  it('says no more of a connection string that cannot be read than that', async () => {
    const attempt = open('esdb://admin:se%cret@127.0.0.1:x');
    await expect(attempt).rejects.toThrow('the connection string of EventStoreDB cannot be read');
    await attempt.catch((error: unknown) => expect(String((error as Error).stack)).not.toContain('cret'));
  });
});

const openssl = spawnSync('openssl', ['version']).status === 0;
needs(
  'openssl',
  openssl,
  'no certificate can be made',
)('the log on EventStoreDB over TLS', () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-tls-'));
  const [key, certificate] = [path.join(directory, 'key.pem'), path.join(directory, 'certificate.pem')];
  let standIn: StandIn;
  beforeAll(async () => {
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
    const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    spawnSync('openssl', [...made, ...names, '-keyout', key, '-out', certificate]);
    standIn = await StandIn.start({
      tls: { key: fs.readFileSync(key, 'utf8'), certificate: fs.readFileSync(certificate, 'utf8') },
      signIn: { username: 'admin', password: 'secret' },
    });
  });
  afterAll(async () => {
    await standIn.stop();
    fs.rmSync(directory, { recursive: true });
  });
  const address = (password: string): string =>
    `esdb://admin:${password}@localhost:${String(standIn.listensOn)}?tls=true&tlsCAFile=${certificate}`;

  it('signs in with what the connection string says', async () => {
    const log = await open(address('secret'));
    const programme = freshProgramme();
    const { events } = await log.append(streamOf(programme), -1, newEvents(programme, 2));
    expect(await log.readAll(undefined, 10)).toEqual(events);
    await log.close();
  });

  it('tells a wrong password from a server that is away, and does not repeat it', async () => {
    const error: unknown = await open(address('wrong-word')).catch((reason: unknown) => reason);
    expect(String(error)).toMatch(/denied/i);
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('wrong-word');
  });

  it('trusts nobody else', async () => {
    const trusting = address('secret').replace(/&tlsCAFile=.*/, '');
    await expect(open(trusting)).rejects.toThrow();
  });
});
