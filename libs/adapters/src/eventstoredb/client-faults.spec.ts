import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { OutcomeUnknown } from '@jejak/core';
import { freshProgramme, newEvents, streamOf } from '@jejak/core/testing';
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { standInLog } from '../../../../test/support/eventstoredb/event-log';
import { StandIn } from '../../../../test/support/eventstoredb/stand-in';

/**
 * Faults of @eventstore/db-client 6.2.1 that the adapter goes round. When one of these fails the client was mended,
 * and the adapter can be simpler.
 */
describe('faults of the official client', () => {
  const event = () => jsonEvent({ type: 'Happened', data: {} });
  const servers: StandIn[] = [];
  const clients: EventStoreDBClient[] = [];
  const server = async (): Promise<StandIn> => {
    const standIn = await StandIn.start();
    servers.push(standIn);
    return standIn;
  };
  const clientOf = (standIn: StandIn, settings = ''): EventStoreDBClient => {
    const client = EventStoreDBClient.connectionString(standIn.address + settings);
    clients.push(client);
    return client;
  };
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.dispose()));
    await Promise.all(servers.map((standIn) => standIn.stop()));
  });

  it('a batch append that fails without throwing tells a wrong next revision', async () => {
    const client = clientOf(await server(), '&throwOnAppendFailure=false');
    await client.appendToStream('orders-1', Array.from({ length: 5 }, event));
    const failed = await client.appendToStream('orders-1', event(), { expectedRevision: 0n });
    expect(failed).toMatchObject({ success: false, nextExpectedRevision: 1n });
    const credentials = { username: 'not', password: 'batched' };
    const single = await client.appendToStream('orders-1', event(), { expectedRevision: 0n, credentials });
    expect(single).toMatchObject({ success: false, nextExpectedRevision: 4n });
  });

  it('a batch append has no timer: without an answer it waits for ever; ours does not', async () => {
    const standIn = await server();
    standIn.fate = () => ({ answer: 'never' });
    const append = clientOf(standIn).appendToStream('orders-1', event(), { deadline: 500 });
    const first = await Promise.race([append.catch(() => 'failed'), sleep(1_500, 'still waiting')]);
    expect(first).toBe('still waiting');
    append.catch(() => undefined);
    const { log, close, standIn: own } = await standInLog(Date.now, { patience: 400 });
    own.fate = () => ({ answer: 'never' });
    const programme = freshProgramme();
    await expect(log.append(streamOf(programme), -1, newEvents(programme, 1))).rejects.toThrow(
      OutcomeUnknown,
    );
    await close();
  });

  it('a broken connection rejects the appends of other clients; ours only its own', async () => {
    const [breaks, lasts] = [await server(), await server()];
    for (const standIn of [breaks, lasts]) standIn.fate = () => ({ before: 300 });
    const broken = clientOf(breaks).appendToStream('orders-1', event());
    const other = clientOf(lasts).appendToStream('orders-1', event());
    const outcomes = Promise.allSettled([broken, other]);
    await sleep(100);
    // What follows of this in the client ends the process, so its answer must not come.
    lasts.fate = undefined;
    await Promise.all([breaks.halt(), lasts.halt()]);
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);

    const [ours, others] = [await standInLog(Date.now, { patience: 2_000 }), await standInLog()];
    for (const { standIn } of [ours, others]) standIn.fate = () => ({ before: 500 });
    const programme = freshProgramme();
    const append = ({ log }: typeof ours) => log.append(streamOf(programme), -1, newEvents(programme, 1));
    const both = Promise.allSettled([append(ours), append(others)]);
    await sleep(100);
    await ours.standIn.halt();
    const [own, unharmed] = await both;
    expect(own).toMatchObject({ status: 'rejected', reason: expect.any(OutcomeUnknown) });
    expect(unharmed.status).toBe('fulfilled');
    await Promise.all([ours.close(), others.close()]);
  });

  it('an answer that comes after another client was cut off ends the process', async () => {
    const [breaks, lasts] = [await server(), await server()];
    for (const standIn of [breaks, lasts]) standIn.fate = () => ({ before: 1_000 });
    const script = `
      const { EventStoreDBClient, jsonEvent } = require('@eventstore/db-client');
      for (const address of process.argv.slice(1)) {
        const client = EventStoreDBClient.connectionString(address);
        client.appendToStream('orders-1', jsonEvent({ type: 'Happened', data: {} })).catch(() => undefined);
      }
      console.log('sent');`;
    const child = spawn(process.execPath, ['-e', script, breaks.address, lasts.address]);
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const ended = new Promise((resolve) => child.once('close', resolve));
    const received = (standIn: StandIn) => standIn.calls.get('batchAppend') ?? 0;
    while (received(breaks) + received(lasts) < 2) await sleep(10);
    await breaks.halt();
    expect(await ended).toBe(1);
    expect(said).toMatch(/TypeError: .*undefined/);
  });
});
