import { ForeignToken, ViewBehind, ViewStopped, ViewWaiter } from './await-view';
import type { Marker } from './ports/view-store';
import { BrokenViewStore } from './testing/broken-view-store';
import { MemoryViewStore } from './testing/memory-view-store';
import type { ReadToken } from './token';

const P = 'malang.2023';
const token = (position: number, programme = P): ReadToken => ({
  logId: 'log-1',
  programme,
  position: String(position),
});

class CountingStore extends BrokenViewStore {
  looks = 0;
  override marker(generation: string, programme: string): Promise<Marker> {
    this.looks++;
    return super.marker(generation, programme);
  }
}

let inner: MemoryViewStore;
let store: CountingStore;
beforeEach(() => {
  inner = new MemoryViewStore();
  store = new CountingStore(() => inner);
});

const waiter = (options: { bound?: number; poll?: number; firstPoll?: number } = {}) =>
  new ViewWaiter({
    logId: 'log-1',
    store,
    views: ['actions', 'budget', 'csr'].map((name) => ({ name, version: 1 })),
    bound: 2_000,
    poll: 5,
    firstPoll: options.poll ?? 5,
    ...options,
  });

/** Makes a view readable, at a position. */
async function at(view: string, position: number, programme = P, stopped?: Marker['stopped']): Promise<void> {
  let generation = await inner.current(view, 1);
  if (generation === undefined) {
    generation = await inner.building(view, 1);
    await inner.swap(view, generation);
  }
  const marker = { index: position, position: String(position), ...(stopped && { stopped }) };
  await inner.commit([{ generation, programme, documents: [], after: -1, marker }]);
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Whether it is settled by now. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  const open = Symbol('open');
  return (await Promise.race([promise.catch(() => undefined), pause(0).then(() => open)])) !== open;
}

describe('ViewWaiter', () => {
  it('does not wait for what is there, equal or beyond', async () => {
    await at('actions', 7);
    await at('budget', 12);
    await waiter({ poll: 10_000 }).until(['actions', 'budget'], token(7));
    await waiter({ poll: 10_000 }).until([], token(99));
  });

  it('compares positions as numbers of any size', async () => {
    await at('actions', 99);
    const waiting = waiter({ bound: 30 });
    await expect(waiting.until(['actions'], token(100))).rejects.toThrow(ViewBehind);
    await waiting.until(['actions'], token(9));
  });

  it('waits until every view it was asked for has come there, by looking at the store', async () => {
    await at('actions', 1);
    await at('budget', 9);
    const waiting = waiter().until(['actions', 'budget', 'csr'], token(5));
    await at('actions', 5);
    await pause(30);
    expect(await settled(waiting)).toBe(false);
    // A view that is not ready yet may become so.
    await at('csr', 6);
    await waiting;
  });

  it('is woken at once by who knows, without looking again', async () => {
    await at('actions', 1);
    await at('budget', 1);
    const mine = waiter({ poll: 60_000 });
    const waiting = [mine.until(['actions', 'budget'], token(5)), mine.until(['actions'], token(6))] as const;
    await pause(5);
    const { looks } = store;
    mine.moved('actions', 'batu.2023', { index: 9, position: '9' });
    mine.moved('actions', P, { index: 4, position: '4' });
    mine.moved('budget', P, { index: 5, position: '5' });
    expect(await settled(waiting[0])).toBe(false);
    mine.moved('actions', P, { index: 5, position: '5' });
    expect(await settled(waiting[0])).toBe(true);
    expect(await settled(waiting[1])).toBe(false);
    mine.moved('actions', P, { index: 6, position: '6' });
    await Promise.all(waiting);
    expect(store.looks).toBe(looks);
  });

  it('looks once for all who wait for one view of one programme, however many they are', async () => {
    await at('actions', 1);
    const mine = waiter({ poll: 20 });
    const waiting = Array.from({ length: 500 }, (_, n) => mine.until(['actions'], token(2 + (n % 3))));
    await pause(110);
    expect(store.looks).toBeGreaterThan(2);
    expect(store.looks).toBeLessThan(10);
    await at('actions', 4);
    await Promise.all(waiting);
    // Nobody waits any more, and nobody looks.
    const { looks } = store;
    await pause(60);
    expect(store.looks).toBe(looks);
  });

  it('looks again soon at first, and less and less often; soon again for who comes later', async () => {
    await at('actions', 1);
    const pauses: number[] = [];
    const real = setTimeout;
    const spy = jest.spyOn(globalThis, 'setTimeout').mockImplementation((work: () => void, time = 0) => {
      if (time === 60_000) return real(work, time);
      pauses.push(time);
      return real(work, 0);
    });
    const mine = waiter({ poll: 20, firstPoll: 4, bound: 60_000 });
    const waiting = [mine.until(['actions'], token(2))];
    while (pauses.length < 8) await new Promise(setImmediate);
    expect(pauses.slice(0, 8)).toEqual([4, 6, 9, 13.5, 20, 20, 20, 20]);
    const before = pauses.length;
    waiting.push(mine.until(['actions'], token(2)));
    while (pauses.length < before + 4) await new Promise(setImmediate);
    expect(pauses.slice(before)).toContain(4);
    spy.mockRestore();
    await at('actions', 2);
    await Promise.all(waiting);
  });

  it('looks at once for who comes later', async () => {
    await at('actions', 1);
    const mine = waiter({ poll: 60_000 });
    const first = mine.until(['actions'], token(5), 100);
    await pause(5);
    await at('actions', 3);
    await mine.until(['actions'], token(3));
    await expect(first).rejects.toThrow(ViewBehind);
  });

  it('leaves no timer behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    await at('actions', 1);
    await at('budget', 1);
    const mine = waiter({ bound: 60_000, poll: 60_000 });
    const waiting: Promise<void>[] = [];
    for (let position = 2; position < 6; position++) {
      waiting.push(mine.until(['actions', 'budget'], token(position)));
      await new Promise(setImmediate);
    }
    // One bound for each who waits, one look to come for each view.
    expect(timers() - before).toBe(6);
    mine.moved('actions', P, { index: 5, position: '5' });
    mine.moved('budget', P, { index: 5, position: '5' });
    await Promise.all(waiting);
    expect(timers()).toBe(before);
  });

  it('refuses a token of another log at once', async () => {
    await at('actions', 9);
    const attempt = waiter().until(['actions'], { ...token(1), logId: 'log-2' });
    await expect(attempt).rejects.toThrow(ForeignToken);
    expect(store.looks).toBe(0);
  });

  it('says at once that a view has stopped before the position, and serves what lies before', async () => {
    await at('actions', 4, P, { index: 5, error: 'poison' });
    const mine = waiter({ poll: 60_000, bound: 60_000 });
    await mine.until(['actions'], token(4));
    const attempt = mine.until(['budget', 'actions'], token(5));
    await expect(attempt).rejects.toThrow(ViewStopped);
    await expect(attempt).rejects.toMatchObject({
      view: 'actions',
      programme: P,
      index: 5,
      code: 'view-stopped',
    });
    // Also when it stops while one waits.
    await at('csr', 1);
    const later = mine.until(['csr'], token(3));
    await pause(5);
    mine.moved('csr', P, { index: 1, position: '1', stopped: { index: 2, error: 'poison' } });
    await expect(later).rejects.toThrow(ViewStopped);
  });

  it('gives up when the bound has passed, and names who is behind and when to ask again', async () => {
    await at('actions', 9);
    await at('budget', 1);
    const begun = performance.now();
    const attempt = waiter({ bound: 60 }).until(['actions', 'budget', 'csr'], token(5));
    await expect(attempt).rejects.toMatchObject({
      code: 'view-behind',
      views: ['budget', 'csr'],
      programme: P,
      retryAfter: 1,
    });
    expect(performance.now() - begun).toBeGreaterThan(55);
    await expect(waiter().until(['budget'], token(5), 10)).rejects.toThrow(ViewBehind);
    const { looks } = store;
    await pause(30);
    expect(store.looks).toBe(looks);
  });

  it('follows a view to its new generation', async () => {
    await at('actions', 9);
    const next = await inner.building('actions', 1);
    const marker = { index: 3, position: '3' };
    await inner.commit([{ generation: next, programme: P, documents: [], after: -1, marker }]);
    const mine = waiter();
    await mine.until(['actions'], token(9));
    await inner.swap('actions', next);
    // The new one has not come so far yet.
    const waiting = mine.until(['actions'], token(9));
    await pause(30);
    expect(await settled(waiting)).toBe(false);
    await inner.commit([
      { generation: next, programme: P, documents: [], after: -1, marker: { index: 9, position: '9' } },
    ]);
    await waiting;
  });

  it('outlives a generation that is gone between two questions', async () => {
    await at('actions', 1);
    let asked = 0;
    jest.spyOn(store, 'current').mockImplementation(async (view, version) => {
      return asked++ === 0 ? 'gone' : inner.current(view, version);
    });
    await waiter().until(['actions'], token(1));
    expect(asked).toBe(2);
  });

  it('passes on what the store throws, and a view that nobody knows', async () => {
    jest.spyOn(store, 'current').mockRejectedValueOnce(new Error('disk'));
    await expect(waiter().until(['actions'], token(1))).rejects.toThrow('disk');
    await expect(waiter().until(['nothing'], token(1))).rejects.toThrow('no view nothing');
  });
});
