import { EventStoreDBClient } from '@eventstore/db-client';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { OwnServer } from '../servers';
import { all, idsOf, someEvents } from './client-fixture';

describe('the stand-in for EventStoreDB as a program', () => {
  it('keeps in its file what it answered, over SIGKILL, on the same port', async () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-stand-in-'));
    const server = await OwnServer.start('eventstoredb', { file: path.join(directory, 'log') });
    const events = someEvents(20);
    const first = EventStoreDBClient.connectionString(server.address);
    for (const event of events) await first.appendToStream('orders-1', event);
    await server.kill();
    await first.dispose();
    await server.restart();
    const second = EventStoreDBClient.connectionString(server.address);
    expect(idsOf(await all(second.readStream('orders-1')))).toEqual(events.map(({ id }) => id));
    await second.appendToStream('orders-1', someEvents(1), { expectedRevision: 19n });
    await second.dispose();
    await server.stop();
    fs.rmSync(directory, { recursive: true });
  }, 120_000);
});
