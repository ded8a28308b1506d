import {
  binaryEvent,
  type EventStoreDBClient,
  MaxAppendSizeExceededError,
  NO_STREAM,
  STREAM_EXISTS,
  StreamDeletedError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import { all, idsOf, type Pair, someEvents, startPair } from './client-fixture';

/** One by one, and in batches: the client sends one by one when it is given credentials. */
const ways = { append: { credentials: { username: 'u', password: 'p' } }, 'batch append': {} } as const;

describe.each(Object.entries(ways))(
  'the stand-in for EventStoreDB, by %s of the official client',
  (way, options) => {
    let pair: Pair;
    let client: EventStoreDBClient;
    beforeAll(async () => {
      pair = await startPair();
      ({ client } = pair);
    });
    afterAll(() => pair.close());
    const fresh = (): string => `orders-${randomUUID()}`;
    const read = (stream: string) => all(client.readStream(stream));

    it('uses the call that this is about', async () => {
      const calls = () => pair.standIn.calls.get(way === 'append' ? 'append' : 'batchAppend') ?? 0;
      const before = calls();
      await client.appendToStream(fresh(), someEvents(1), options);
      expect(calls() - before).toBeGreaterThan(0);
    });

    it('numbers revisions from 0, gives positions that grow with gaps, and stamps the time', async () => {
      const stream = fresh();
      const events = someEvents(3);
      const began = Date.now();
      const first = await client.appendToStream(stream, events, { expectedRevision: NO_STREAM, ...options });
      const second = await client.appendToStream(stream, someEvents(1), { expectedRevision: 2n, ...options });
      expect([first.nextExpectedRevision, second.nextExpectedRevision]).toEqual([2n, 3n]);
      const back = await read(stream);
      expect(back.map(({ event }) => event?.revision)).toEqual([0n, 1n, 2n, 3n]);
      const positions = back.map(({ event }) => event?.position?.commit ?? -1n);
      expect(positions.every((position, n) => n === 0 || position - positions[n - 1]! > 100n)).toBe(true);
      expect(back.map(({ event }) => event?.position?.prepare)).toEqual(positions);
      expect([first.position?.commit, second.position?.commit]).toEqual([positions[2], positions[3]]);
      for (const { event } of back) {
        expect(event?.created.getTime()).toBeGreaterThanOrEqual(began - 1);
        expect(event?.created.getTime()).toBeLessThanOrEqual(Date.now() + 1);
      }
    });

    it('keeps data and metadata byte by byte', async () => {
      const stream = fresh();
      const data = Uint8Array.from(Array.from({ length: 256 }, (_, n) => n));
      const metadata = Uint8Array.from(Buffer.from('{"b":1, "a":"\u{1f600}"}'));
      await client.appendToStream(stream, binaryEvent({ type: 'Bytes', data, metadata }), options);
      await client.appendToStream(stream, someEvents(1), options);
      const [bytes, json] = await read(stream);
      expect(bytes?.event).toMatchObject({ type: 'Bytes', isJson: false, metadata: { a: '😀', b: 1 } });
      expect(bytes?.event?.data).toEqual(data);
      expect(json?.event).toMatchObject({ type: 'Happened', isJson: true, data: { n: 0 } });
    });

    it.each([
      ['no_stream', NO_STREAM, 1n],
      ['a revision before', 0n, 1n],
      ['a revision behind', 5n, 1n],
    ] as const)('says so where the stream is not as expected: %s', async (_, expectedRevision, current) => {
      const stream = fresh();
      await client.appendToStream(stream, someEvents(2), options);
      const refusal: unknown = await client
        .appendToStream(stream, someEvents(1), { expectedRevision, ...options })
        .catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(WrongExpectedVersionError);
      expect(refusal).toMatchObject({
        streamName: stream,
        actualVersion: current,
        expectedVersion: expectedRevision,
      });
      expect(await read(stream)).toHaveLength(2);
    });

    it('says that a stream is not there which was expected', async () => {
      for (const expectedRevision of [0n, STREAM_EXISTS] as const) {
        const attempt = client.appendToStream(fresh(), someEvents(1), { expectedRevision, ...options });
        await expect(attempt).rejects.toMatchObject({
          actualVersion: 'no_stream',
          expectedVersion: expectedRevision,
        });
      }
    });

    it('answers the same ids at the same expected revision as the first time, and writes them again at another', async () => {
      const stream = fresh();
      const events = someEvents(2);
      const first = await client.appendToStream(stream, events, { expectedRevision: NO_STREAM, ...options });
      await client.appendToStream(stream, someEvents(1), { expectedRevision: 1n, ...options });
      const repeat = await client.appendToStream(stream, events, { expectedRevision: NO_STREAM, ...options });
      expect(repeat).toEqual(first);
      const prefix = await client.appendToStream(stream, events[0]!, {
        expectedRevision: NO_STREAM,
        ...options,
      });
      expect(prefix.nextExpectedRevision).toBe(0n);
      // Some that are there and some that are not are no repeat.
      const more = [...events, ...someEvents(1), ...someEvents(1)];
      const attempt = client.appendToStream(stream, more, { expectedRevision: NO_STREAM, ...options });
      await expect(attempt).rejects.toThrow(WrongExpectedVersionError);
      await client.appendToStream(stream, events, { expectedRevision: 2n, ...options });
      const ids = events.map(({ id }) => id);
      expect(idsOf(await read(stream))).toEqual([...ids, expect.any(String), ...ids]);
    });

    it('takes an append of a MiB, and no byte more', async () => {
      const stream = fresh();
      const sized = (bytes: number) =>
        binaryEvent({ type: 'Large', data: new Uint8Array(bytes - 2 * 'Large'.length) });
      await client.appendToStream(stream, sized(1024 * 1024), options);
      const attempt = client.appendToStream(stream, sized(1024 * 1024 + 1), options);
      await expect(attempt).rejects.toThrow(MaxAppendSizeExceededError);
      await expect(
        client.appendToStream(stream, [sized(600_000), sized(600_000)], options),
      ).rejects.toMatchObject({
        maxAppendSize: 1024 * 1024,
      });
      expect(await read(stream)).toHaveLength(1);
    });

    it('of many at one revision lets one through', async () => {
      const stream = fresh();
      const attempts = await Promise.allSettled(
        Array.from({ length: 32 }, () =>
          client.appendToStream(stream, someEvents(1), { expectedRevision: NO_STREAM, ...options }),
        ),
      );
      expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('takes nothing more for a stream that is removed for good', async () => {
      const stream = fresh();
      await client.appendToStream(stream, someEvents(1), options);
      await client.tombstoneStream(stream);
      await expect(client.appendToStream(stream, someEvents(1), options)).rejects.toThrow(StreamDeletedError);
    });

    it('delays, loses and leaves unanswered what it is told to', async () => {
      const fates = [
        { answer: 'never' },
        { lost: true },
        { before: 60 },
        { commit: 60 },
        { after: 60 },
      ] as const;
      const outcomes: string[] = [];
      for (const fate of fates) {
        const stream = fresh();
        pair.standIn.fate = (name) => (name === stream ? fate : undefined);
        const began = performance.now();
        const answer = client.appendToStream(stream, someEvents(1), { ...options, deadline: 300 }).then(
          () => (performance.now() - began >= 59 ? 'late' : 'at once'),
          () => 'failed',
        );
        const settled = await Promise.race([
          answer,
          new Promise((resolve) => setTimeout(resolve, 500, 'nothing')),
        ]);
        const stored = await read(stream).catch(() => []);
        outcomes.push(`${String(settled)}, ${String(stored.length)} stored`);
      }
      pair.standIn.fate = undefined;
      // Batch append has no timer on the client's side.
      const unanswered = way === 'append' ? 'failed' : 'nothing';
      expect(outcomes).toEqual([
        `${unanswered}, 1 stored`,
        `${unanswered}, 0 stored`,
        'late, 1 stored',
        'late, 1 stored',
        'late, 1 stored',
      ]);
    });
  },
);
