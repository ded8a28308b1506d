import {
  CommandRunner,
  formatToken,
  isoMoment,
  type Json,
  NO_MARKER,
  type View,
  ViewRunner,
  ViewWaiter,
} from '@jejak/core';
import { MemoryLog, MemoryViewStore, toyCatalogue, toyDeciders } from '@jejak/core/testing';
import { NotFound, type Query } from '@jejak/views';
import { z } from 'zod';
import { Ask, InvalidParams } from './ask';

const P = 'kota.2023';
const START = Date.parse('2023-06-01T00:00:00.000Z');

/** How many events a programme has, counted by two views that must agree. */
const counting = (name: string, broken: () => boolean = () => false): View<number> => ({
  name,
  version: 1,
  keys: () => ['count'],
  fold: (count = 0) => {
    if (broken()) throw new Error('poison');
    return count + 1;
  },
});

interface Counted {
  readonly a: unknown;
  readonly b: unknown;
}
const both: Query<{ readonly twice?: string | undefined }, Counted> = {
  name: 'both',
  params: z.strictObject({ twice: z.string().optional() }),
  needs: () => [{ view: 'a', keys: ['count'] }, { view: 'b' }],
  answer: (documents) => ({ a: documents.get('a', 'count'), b: documents.list('b')[0]?.value }),
};

describe('a question', () => {
  let now: number;
  let log: MemoryLog;
  let store: MemoryViewStore;
  let commands: CommandRunner;
  let runner: ViewRunner;
  let ask: Ask;
  let poisoned: boolean;
  let keys = 0;

  beforeEach(() => {
    now = START;
    poisoned = false;
    log = new MemoryLog(() => now, 'log-1');
    store = new MemoryViewStore();
    commands = new CommandRunner({ log, deciders: toyDeciders, catalogue: toyCatalogue, clock: () => now });
    wire();
  });

  function wire(over: MemoryViewStore = store): void {
    const views = [counting('a', () => poisoned), counting('b')];
    const parts = { log, store: over, views, catalogue: toyCatalogue };
    runner = new ViewRunner(parts);
    const waiter = new ViewWaiter({ logId: log.logId, store: over, views, bound: 50, poll: 5 });
    ask = new Ask({ ...parts, waiter, logId: log.logId, clock: () => now, kept: 4 });
  }
  const add = (programme = P) =>
    commands.run({
      type: 'Add',
      stream: `counter-${programme}.c`,
      body: { by: 1 },
      key: `k${String(keys++)}`,
      actor: { subject: 'u', role: 'office' },
      correlationId: 'c',
    });
  const put = (more: object = {}) => ask.answer({ query: both, programme: P, params: {}, ...more });

  it('is answered at one index, with the moment of its event', async () => {
    await add();
    now += 1000;
    await add();
    await runner.start();
    expect(await put()).toEqual({ answer: { a: 2, b: 2 }, index: 1, asOf: '2023-06-01T00:00:01.000Z' });
  });

  it('is answered from memory as long as nothing happened, and anew when something did', async () => {
    await add();
    await runner.start();
    const first = await put();
    expect((await put()).answer).toBe(first.answer);
    expect((await put({ params: { twice: 'x' } })).answer).not.toBe(first.answer);
    await add();
    await runner.start();
    expect((await put()).answer).toEqual({ a: 2, b: 2 });
  });

  it('leaves no older answer in memory when it is answered anew, and keeps what has room there', async () => {
    const sized = (text: string): Query<{ readonly n: number }> => ({
      name: 'sized',
      params: z.strictObject({ n: z.number() }),
      needs: () => [{ view: 'a', keys: ['count'] }],
      answer: (documents, { n }) => ({ n, count: documents.get('a', 'count'), text }),
    });
    const small = sized('x');
    const large = sized('x'.repeat(3_000_000));
    const asked = (query: typeof small, n: number) => ask.answer({ query, programme: P, params: { n } });
    await add();
    await runner.start();
    const first = await asked(small, 0);
    for (let n = 1; n <= 3; n++) await asked(large, n);
    expect((await asked(small, 0)).answer).toBe(first.answer);
    // The same questions at one index after the other: each answer takes the place of the one before.
    for (let round = 0; round < 3; round++) {
      await add();
      await runner.start();
      for (let n = 1; n <= 3; n++) await asked(large, n);
    }
    await add();
    await runner.start();
    const anew = await asked(small, 0);
    for (let n = 1; n <= 3; n++) await asked(large, n);
    expect((await asked(small, 0)).answer).toBe(anew.answer);
    for (let n = 4; n <= 9; n++) await asked(large, n);
    expect((await asked(small, 0)).answer).not.toBe(anew.answer);
  });

  it('is answered anew when the day may be another', async () => {
    await add();
    await runner.start();
    const first = await put();
    now += 3_600_000;
    expect((await put()).answer).not.toBe(first.answer);
  });

  it('of a programme that there is not is not answered', async () => {
    await runner.start();
    await expect(put()).rejects.toThrow(NotFound);
    await expect(put({ programme: 'nonsense' })).rejects.toThrow(NotFound);
  });

  it('waits for views that are being built, by an error that says so', async () => {
    await add();
    await expect(put()).rejects.toMatchObject({ code: 'view-rebuilding' });
    await runner.start();
    await add('baru.2023');
    await expect(put({ programme: 'baru.2023' })).rejects.toMatchObject({ code: 'view-behind' });
  });

  it('has no answer for a while where what reads the log came back older than the views', async () => {
    await add();
    await runner.start();
    const [head, events] = [log.head.bind(log), log.readProgramme.bind(log)];
    log.head = async () => undefined;
    log.readProgramme = async function* () {
      // It has none of them yet.
    };
    await expect(put()).rejects.toMatchObject({ code: 'view-behind' });
    log.head = head;
    log.readProgramme = events;
    expect(await put()).toMatchObject({ index: 0 });
  });

  it('takes no unknown parameter', async () => {
    await add();
    await runner.start();
    const wrong = put({ params: { colour: 'red' } });
    await expect(wrong).rejects.toThrow(InvalidParams);
    await expect(wrong).rejects.toMatchObject({ issues: [{ field: 'colour' }] });
  });

  it('reads again what was written while it was read', async () => {
    await add();
    await add();
    let writes = 3;
    const list = store.list.bind(store);
    // Between the two reads of a question another event is folded, three times over.
    store.list = async (...args) => {
      if (writes-- > 0) {
        await add();
        await runner.start();
      }
      return list(...args);
    };
    await runner.start();
    const { answer, index } = await put();
    expect(answer).toEqual({ a: index + 1, b: index + 1 });
    expect(index).toBe(4);
  });

  it('is answered from the log where the views never stand still', async () => {
    await add();
    await runner.start();
    const list = store.list.bind(store);
    store.list = async (...args) => {
      await add();
      await runner.start();
      return list(...args);
    };
    const { answer, index } = await put();
    expect(answer).toEqual({ a: index + 1, b: index + 1 });
  });

  describe('to a view that has stopped', () => {
    beforeEach(async () => {
      await add();
      await add();
      await runner.start();
      poisoned = true;
      await add();
      await runner.start();
      poisoned = false;
      await add();
    });

    it('gets the last good answer of all views, and says that it is stale', async () => {
      expect(await put()).toEqual({
        answer: { a: 2, b: 2 },
        index: 1,
        asOf: '2023-06-01T00:00:00.000Z',
        stale: true,
      });
    });

    it('goes on after the fix', async () => {
      await runner.start();
      expect(await put()).toMatchObject({ answer: { a: 4, b: 4 }, index: 3 });
      expect(await put()).not.toHaveProperty('stale');
    });

    it('does not wait for what will not come', async () => {
      const { token } = await add();
      await expect(put({ after: token })).rejects.toMatchObject({ code: 'view-stopped' });
    });
  });

  describe('with a receipt’s token', () => {
    it('waits for the views, with a bound', async () => {
      const { token } = await add();
      await runner.start();
      expect((await put({ after: token })).index).toBe(0);
      const later = await add();
      const waiting = put({ after: later.token });
      await runner.start();
      expect((await waiting).index).toBe(1);
      await expect(put({ after: (await add()).token })).rejects.toMatchObject({ code: 'view-behind' });
    });

    it('does not wait for another programme, and takes no token of another log', async () => {
      await add();
      await runner.start();
      const other = formatToken({ logId: log.logId, programme: 'lain.2023', position: '99' });
      expect((await put({ after: other })).index).toBe(0);
      for (const programme of [P, 'lain.2023']) {
        const foreign = formatToken({ logId: 'log-2', programme, position: '1' });
        await expect(put({ after: foreign })).rejects.toMatchObject({ code: 'foreign-token' });
      }
      await expect(put({ after: 'nonsense' })).rejects.toThrow(InvalidParams);
    });

    it('waits, too, where the heads of the log are behind what it acknowledged', async () => {
      await add();
      await runner.start();
      const behind = await log.head(P);
      const { token } = await add();
      log.head = () => Promise.resolve(behind);
      const waiting = put({ after: token });
      await runner.start();
      expect(await waiting).toMatchObject({ answer: { a: 2, b: 2 }, index: 1 });
      log.head = () => Promise.resolve(undefined);
      expect((await put({ after: token })).index).toBe(1);
    });
  });

  describe('of the past', () => {
    const known = async (knownAt: string): Promise<unknown> => {
      const { answer, index } = await put({ knownAt });
      return [answer.a, index];
    };

    beforeEach(async () => {
      for (const seconds of [0, 0, 1, 1, 5]) {
        now = START + seconds * 1000;
        await add();
      }
      now = START + 60_000;
      await runner.start();
    });

    it('is folded for so many at once, and the others are told to come back', async () => {
      const asked = Array.from({ length: 300 }, (_, n) => put({ knownAt: isoMoment(START + n) }));
      const refused = (await Promise.allSettled(asked)).flatMap((one) =>
        one.status === 'rejected' ? [one.reason as unknown] : [],
      );
      expect(refused.length).toBeGreaterThan(0);
      expect(refused.length).toBeLessThanOrEqual(250);
      for (const error of refused) expect(error).toMatchObject({ code: 'past-busy' });
      expect(await known('0')).toEqual([1, 0]);
    });

    it('is answered at an index, that event included', async () => {
      expect(await known('0')).toEqual([1, 0]);
      expect(await known('3')).toEqual([4, 3]);
      await expect(known('5')).rejects.toThrow(InvalidParams);
    });

    it('is answered at a moment: everything before the first event recorded after it', async () => {
      expect(await known('2023-06-01T00:00:00.000Z')).toEqual([2, 1]);
      expect(await known('2023-06-01T00:00:00.999Z')).toEqual([2, 1]);
      expect(await known('2023-06-01T07:00:01+07:00')).toEqual([4, 3]);
      expect(await known('2023-06-01T00:00:59Z')).toEqual([5, 4]);
      await expect(known('2023-05-31T23:59:59.999Z')).rejects.toThrow(NotFound);
      await expect(known('2023-06-01T00:02:00Z')).rejects.toThrow(InvalidParams);
      for (const nonsense of [
        '',
        'yesterday',
        '-1',
        '1.5',
        '2023-06-01',
        '2023-06-01T00:00:00',
        '2023-13-01T00:00:00Z',
      ]) {
        await expect(known(nonsense)).rejects.toThrow(InvalidParams);
      }
    });

    it('stays answered so when the present moment gets another event', async () => {
      const moment = new Date(now).toISOString();
      expect(await known(moment)).toEqual([5, 4]);
      await add();
      expect(await known(moment)).toEqual([6, 5]);
      expect(await known('4')).toEqual([5, 4]);
    });

    it('is the same answer as the present one of that index', async () => {
      const present = await put();
      expect(await put({ knownAt: String(present.index) })).toEqual(present);
    });

    it('folds a state once for many who ask at once', async () => {
      let reads = 0;
      const read = log.readProgramme.bind(log);
      log.readProgramme = (programme, from, to) => {
        if (from === 0 && to === 2) reads++;
        return read(programme, from, to);
      };
      await Promise.all(Array.from({ length: 10 }, () => known('2')));
      expect(reads).toBe(1);
    });
  });

  it('takes no document that is ahead of its view’s marker', async () => {
    await add();
    await add();
    await runner.start();
    const list = store.list.bind(store);
    store.list = async (...args) =>
      (await list(...args)).map((document) => ({ ...document, index: 2, value: 3 }));
    expect(await put()).toMatchObject({ answer: { a: 2, b: 2 }, index: 1 });
  });

  it('gets what it finds out that it needs, which may be ahead of its index', async () => {
    await add();
    await add();
    await runner.start();
    const keys: (readonly string[])[] = [];
    const load = store.load.bind(store);
    store.load = async (generation, programme, wanted) => {
      keys.push(wanted);
      const loaded = await load(generation, programme, wanted);
      if (keys.length < 2) return loaded;
      return new Map([...loaded].map(([key, document]) => [key, { ...document, index: 7, value: 8 }]));
    };
    const stepwise: Query<object> = {
      name: 'stepwise',
      params: z.strictObject({}),
      needs: () => [{ view: 'a', keys: ['none'] }],
      further: (documents, _params, { index }) =>
        documents.get('a', 'count') === undefined ? [{ view: 'a', keys: ['count', String(index)] }] : [],
      answer: (documents, _params, { index }) => [documents.get('a', 'count'), index],
    };
    const answered = await ask.answer({ query: stepwise, programme: P, params: {} });
    expect(answered).toMatchObject({ answer: [8, 1], index: 1 });
    expect(keys).toEqual([['none'], ['count', '1']]);
    // Where all is folded, nobody asks.
    const then = await ask.answer({ query: stepwise, programme: P, params: {}, knownAt: '0' });
    expect(then).toMatchObject({ answer: [1, 0], index: 0 });
  });

  it('never reads documents of a view beyond its marker', async () => {
    await add();
    await runner.start();
    const generation = (await store.current('a', 1))!;
    const document: Json = 99;
    // What a crash leaves behind in a store without transactions: a document ahead of the marker.
    await store.commit([
      {
        generation,
        programme: 'lain.2023',
        documents: [{ key: 'count', index: 0, value: document }],
        after: -1,
        marker: NO_MARKER,
      },
    ]);
    await expect(put({ programme: 'lain.2023' })).rejects.toThrow(NotFound);
  });
});
