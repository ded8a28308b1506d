import {
  BACKWARDS,
  END,
  type EventStoreDBClient,
  START,
  StreamDeletedError,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { all, idsOf, type Pair, someEvents, startPair } from './client-fixture';

const STREAM = 'orders-1';
const events = someEvents(20);
const ids = events.map(({ id }) => id);
const from = (start: number, end?: number): readonly string[] => ids.slice(start, end);
const reversed = (list: readonly string[]): readonly string[] => [...list].reverse();

describe('reading from the stand-in for EventStoreDB by the official client', () => {
  let pair: Pair;
  let client: EventStoreDBClient;
  let positions: readonly bigint[];
  beforeAll(async () => {
    pair = await startPair();
    ({ client } = pair);
    for (const event of events) await client.appendToStream(STREAM, event);
    positions = (await all(client.readStream(STREAM))).map(({ event }) => event?.position?.commit ?? -1n);
  });
  afterAll(() => pair.close());

  it.each([
    [{}, from(0)],
    [{ maxCount: 3 }, from(0, 3)],
    [{ fromRevision: 7n }, from(7)],
    [{ fromRevision: 7n, maxCount: 2 }, from(7, 9)],
    [{ fromRevision: 20n }, []],
    [{ fromRevision: START, maxCount: 1 }, from(0, 1)],
    [{ fromRevision: END }, []],
    [{ direction: BACKWARDS, fromRevision: END }, reversed(ids)],
    [{ direction: BACKWARDS, fromRevision: END, maxCount: 1 }, from(19)],
    [{ direction: BACKWARDS, fromRevision: 7n, maxCount: 3 }, reversed(from(5, 8))],
    [{ direction: BACKWARDS, fromRevision: 99n, maxCount: 2 }, reversed(from(18))],
    [{ direction: BACKWARDS, fromRevision: START }, from(0, 1)],
  ] as const)('a stream, %j', async (options, expected) => {
    expect(idsOf(await all(client.readStream(STREAM, options)))).toEqual(expected);
  });

  it('the whole log, from either end and from any position, with the events of the server', async () => {
    const at = (n: number) => ({ commit: positions[n]!, prepare: positions[n]! });
    const every = await all(client.readAll());
    expect(every.some(({ event }) => event?.type.startsWith('$'))).toBe(true);
    expect(idsOf(every).filter((id) => ids.includes(id ?? ''))).toEqual(ids);
    const read = async (options: Parameters<typeof client.readAll>[0]) =>
      idsOf(await all(client.readAll(options)));
    expect(await read({ direction: BACKWARDS, fromPosition: END })).toEqual(idsOf(every).toReversed());
    // Forwards a position is the first that is read; backwards the first that is not.
    expect(await read({ fromPosition: at(5), maxCount: 3 })).toEqual(from(5, 8));
    expect(await read({ direction: BACKWARDS, fromPosition: at(5), maxCount: 3 })).toEqual(
      reversed(from(2, 5)),
    );
    expect(await read({ fromPosition: END })).toEqual([]);
    await expect(read({ fromPosition: { commit: 5n, prepare: 5n } })).rejects.toThrow('not a position');
  });

  it('links are events, and are not resolved', async () => {
    const other = await startPair({ systemEvery: 1 });
    await other.client.appendToStream(STREAM, someEvents(1));
    const links = (await all(other.client.readAll())).filter(({ event }) => event?.type === '$>');
    expect(links).toHaveLength(1);
    expect(links[0]?.link).toBeUndefined();
    expect(links[0]?.event?.streamId).toBe('$ce-orders');
    await expect(all(other.client.readStream(STREAM, { resolveLinkTos: true }))).rejects.toThrow(
      'does not do this',
    );
    await other.close();
  });

  it('a stream that is not there, or was removed', async () => {
    await expect(all(client.readStream('orders-none'))).rejects.toThrow(StreamNotFoundError);
    await client.appendToStream('orders-2', someEvents(2));
    await expect(client.deleteStream('orders-2', { expectedRevision: 7n })).rejects.toThrow(
      WrongExpectedVersionError,
    );
    await client.deleteStream('orders-2', { expectedRevision: 1n });
    await expect(all(client.readStream('orders-2'))).rejects.toThrow(StreamNotFoundError);
    const back = await client.appendToStream('orders-2', someEvents(1), { expectedRevision: 'no_stream' });
    expect(back.nextExpectedRevision).toBe(2n);
    expect(await all(client.readStream('orders-2'))).toHaveLength(1);
    await client.tombstoneStream('orders-2');
    await expect(all(client.readStream('orders-2'))).rejects.toThrow(StreamDeletedError);
    await expect(client.tombstoneStream('orders-2')).rejects.toThrow(StreamDeletedError);
  });

  it('a stream of which its metadata hide some', async () => {
    const last = someEvents(5);
    await client.appendToStream('orders-3', last);
    await client.setStreamMetadata('orders-3', { maxCount: 2 });
    expect(await all(client.readStream('orders-3'))).toHaveLength(2);
    expect((await client.getStreamMetadata('orders-3')).metadata).toMatchObject({ maxCount: 2 });
  });

  it('many, to a reader that is slow, and to one that breaks off', async () => {
    const many = Array.from({ length: 20 }, () => someEvents(500)).flat();
    for (let n = 0; n < many.length; n += 500)
      await client.appendToStream('orders-4', many.slice(n, n + 500));
    let read = 0;
    for await (const { event } of client.readStream('orders-4')) {
      expect(event?.id).toBe(many[read++]?.id);
      if (read % 2_000 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(read).toBe(10_000);
    for await (const { event } of client.readStream('orders-4')) if (event?.revision === 10n) break;
    expect(await all(client.readStream('orders-4', { maxCount: 1 }))).toHaveLength(1);
  });
});

describe('the log of the stand-in for EventStoreDB', () => {
  it('in a file is there after a restart, without a line that was cut off', async () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-stand-in-'));
    const file = path.join(directory, 'log');
    const { standIn, client, another, close } = await startPair({ file });
    await client.appendToStream(STREAM, events);
    const before = await all(client.readAll());
    await standIn.halt();
    fs.appendFileSync(file, '[{"id":"half of a li');
    await standIn.resume();
    expect(await all(another().readAll())).toEqual(before);
    const next = await another().appendToStream(STREAM, someEvents(1), { expectedRevision: 19n });
    expect(next.position?.commit).toBeGreaterThan(before.at(-1)?.event?.position.commit ?? 0n);
    await close();
    fs.rmSync(directory, { recursive: true });
  });
});
