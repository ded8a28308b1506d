import {
  END,
  type EventStoreDBClient,
  eventTypeFilter,
  excludeSystemEvents,
  type Position,
  START,
  streamNameFilter,
} from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import { all, first, idsOf, type Pair, someEvents, startPair } from './client-fixture';

describe('subscribing to the stand-in for EventStoreDB by the official client', () => {
  let pair: Pair;
  let client: EventStoreDBClient;
  beforeEach(async () => {
    pair = await startPair({ systemEvery: 3 });
    ({ client } = pair);
  });
  afterEach(() => pair.close());

  it('to a stream: confirmed, what is there, caught up, then what comes', async () => {
    const events = someEvents(6);
    await client.appendToStream('orders-1', events.slice(0, 3));
    await client.appendToStream('others-1', someEvents(3));
    const subscription = client.subscribeToStream('orders-1', { fromRevision: START });
    const said: string[] = [];
    subscription.on('confirmation', () => said.push('confirmed'));
    subscription.on('caughtUp', () => {
      said.push('caught up');
      void client.appendToStream('orders-1', events.slice(3));
    });
    expect(idsOf(await first(subscription, 6))).toEqual(events.map(({ id }) => id));
    expect(said).toEqual(['confirmed', 'caught up']);
    const behind = client.subscribeToStream('orders-1', { fromRevision: 3n });
    expect(idsOf(await first(behind, 2))).toEqual(events.slice(4).map(({ id }) => id));
  });

  it('to a stream that is not there yet, and from its end', async () => {
    const events = someEvents(3);
    const early = first(client.subscribeToStream('orders-1'), 3);
    await client.appendToStream('orders-1', events.slice(0, 1));
    const late = client.subscribeToStream('orders-1', { fromRevision: END });
    const got = new Promise((resolve) => late.on('caughtUp', resolve));
    const two = first(late, 2);
    await got;
    await client.appendToStream('orders-1', events.slice(1));
    expect(idsOf(await early)).toEqual(events.map(({ id }) => id));
    expect(idsOf(await two)).toEqual(events.slice(1).map(({ id }) => id));
  });

  it('to everything: each subscriber gets the log, in order, while many write', async () => {
    const early = first(client.subscribeToAll({ filter: excludeSystemEvents() }), 200);
    await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        for (const event of someEvents(10)) await client.appendToStream(`orders-${String(n)}`, event);
      }),
    );
    const log = (await all(client.readAll())).filter(({ event }) => !event!.type.startsWith('$'));
    expect(log).toHaveLength(200);
    expect(await early).toEqual(log);
    expect(await first(client.subscribeToAll({ filter: excludeSystemEvents() }), 200)).toEqual(log);
    const unfiltered = await all(client.readAll());
    expect(await first(client.subscribeToAll(), unfiltered.length)).toEqual(unfiltered);
  });

  it.each([
    [
      'streams by prefix',
      streamNameFilter({ prefixes: ['orders-', 'carts-'] }),
      'orders-1 A,carts-1 A,orders-1 B',
    ],
    ['streams by expression', streamNameFilter({ regex: '^(carts|others)-' }), 'carts-1 A,others-1 B'],
    ['types by prefix', eventTypeFilter({ prefixes: ['B'] }), 'others-1 B,orders-1 B'],
    [
      'types by expression',
      eventTypeFilter({ regex: '^[AB]$' }),
      'orders-1 A,carts-1 A,others-1 B,orders-1 B',
    ],
  ])('to some: %s', async (_, filter, expected) => {
    for (const [stream, type] of [
      ['orders-1', 'A'],
      ['carts-1', 'A'],
      ['others-1', 'B'],
      ['orders-1', 'B'],
    ] as const) {
      await client.appendToStream(stream, someEvents(1, type));
    }
    const count = expected.split(',').length;
    const found = await first(client.subscribeToAll({ filter }), count);
    expect(found.map(({ event }) => `${event!.streamId} ${event!.type}`).join()).toBe(expected);
  });

  it('goes on behind a position, and behind a checkpoint where nothing matched', async () => {
    await client.appendToStream('orders-1', someEvents(1));
    for (let n = 0; n < 50; n++) await client.appendToStream('others-1', someEvents(1));
    const last = someEvents(2);
    await client.appendToStream('orders-1', last);
    const reached: Position[] = [];
    const filter = streamNameFilter({
      prefixes: ['orders-'],
      checkpointInterval: 2,
      maxSearchWindow: 5,
      checkpointReached: async (_subscription: unknown, position: Position) => {
        reached.push(position);
      },
    });
    const [one, two] = await first(client.subscribeToAll({ filter }), 3);
    const looked = (await all(client.readAll())).length;
    // One after each ten that were looked at, whether they matched or not.
    expect(Math.abs(reached.length - Math.floor(looked / 10))).toBeLessThanOrEqual(1);
    for (const fromPosition of [one!.event!.position, reached[2]!]) {
      const rest = await first(client.subscribeToAll({ filter, fromPosition }), 2);
      expect(idsOf(rest)).toEqual(last.map(({ id }) => id));
    }
    const [behind] = await first(client.subscribeToAll({ filter, fromPosition: two!.event!.position }), 1);
    expect(behind?.event?.id).toBe(last[1]?.id);
  });

  it('a subscriber that is slow gets everything, told that it fell behind', async () => {
    const subscription = client.subscribeToAll({ filter: excludeSystemEvents() }, { highWaterMark: 4 });
    const said: string[] = [];
    subscription.on('caughtUp', () => said.push('caught up'));
    subscription.on('fellBehind', () => said.push('fell behind'));
    await new Promise((resolve) => subscription.once('caughtUp', resolve));
    const large = 'x'.repeat(2_000);
    const events = someEvents(4_000).map((event) => ({ ...event, data: { n: event.data.n, large } }));
    for (let n = 0; n < events.length; n += 200) {
      await client.appendToStream(`orders-${randomUUID()}`, events.slice(n, n + 200));
    }
    const found = [];
    for await (const { event } of subscription) if (found.push(event!.id) === events.length) break;
    await subscription.unsubscribe();
    expect(found).toEqual(events.map(({ id }) => id));
    expect(said.slice(0, 2)).toEqual(['caught up', 'fell behind']);
  });

  it('nobody sees what is still being committed, nor what lies behind it', async () => {
    pair.standIn.fate = (stream) => (stream === 'slow-1' ? { commit: 600 } : undefined);
    const slow = client.appendToStream('slow-1', someEvents(1));
    while (pair.standIn.stored('slow-1').length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const began = performance.now();
    const quick = client.appendToStream('orders-1', someEvents(1));
    await expect(all(client.readStream('orders-1'))).rejects.toThrow();
    const seen = await first(client.subscribeToAll({ filter: excludeSystemEvents() }), 2);
    expect(performance.now() - began).toBeGreaterThan(100);
    expect(seen.map(({ event }) => event!.streamId)).toEqual(['slow-1', 'orders-1']);
    await Promise.all([slow, quick]);
  });

  it('a connection that is cut ends a subscription with an error, and the client connects again', async () => {
    await client.appendToStream('orders-1', someEvents(1));
    const subscription = client.subscribeToAll({ filter: excludeSystemEvents() });
    const ended = (async () => {
      for await (const { event } of subscription) expect(event!.streamId).toBe('orders-1');
    })();
    await new Promise((resolve) => subscription.once('caughtUp', resolve));
    await Promise.all([pair.standIn.halt(), expect(ended).rejects.toThrow()]);
    await pair.standIn.resume();
    for (let tries = 0; ; tries++) {
      const answered = await client.appendToStream('orders-1', someEvents(1)).catch(() => undefined);
      if (answered !== undefined) break;
      expect(tries).toBeLessThan(50);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(await all(client.readStream('orders-1'))).toHaveLength(2);
  });
});
