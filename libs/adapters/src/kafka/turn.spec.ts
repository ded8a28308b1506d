import { randomUUID } from 'node:crypto';
import { describeWith } from '../../../../test/support/servers';
import { KafkaTurn } from './turn';

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
};

describeWith('kafka', 'turns by a consumer group', (address) => {
  const endings: AbortController[] = [];
  const takings: Promise<unknown>[] = [];

  afterEach(async () => {
    for (const ending of endings.splice(0)) ending.abort();
    await Promise.allSettled(takings.splice(0));
  });

  /** A member of its own; tells what it lives through. */
  const member = (name: string, work?: (turn: AbortSignal) => Promise<void>) => {
    const ending = new AbortController();
    const seen: string[] = [];
    const turn = new KafkaTurn({ brokers: [address()], name, sessionTimeout: 1_500 });
    const taking = turn.take(async (signal) => {
      seen.push('begins');
      if (work !== undefined) await work(signal);
      else if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
      seen.push('ends');
    }, ending.signal);
    endings.push(ending);
    takings.push(taking.catch(() => undefined));
    return { seen, ending, taking };
  };

  it('one has its turn; one that joins does not interrupt it, and follows when it leaves', async () => {
    const name = `turn-${randomUUID()}`;
    const first = member(name);
    await until(() => first.seen.length === 1);
    const others = [member(name), member(name)];
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(first.seen).toEqual(['begins']);
    expect(others.flatMap(({ seen }) => seen)).toEqual([]);
    first.ending.abort();
    await first.taking;
    expect(first.seen).toEqual(['begins', 'ends']);
    await until(() => others.some(({ seen }) => seen.length > 0));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(others.flatMap(({ seen }) => seen)).toEqual(['begins']);
  });

  it('work that fails gives the turn away, and says why', async () => {
    const name = `turn-${randomUUID()}`;
    const failing = member(name, async () => {
      throw new Error('the disk is full');
    });
    await expect(failing.taking).rejects.toThrow('the disk is full');
    const next = member(name);
    await until(() => next.seen.length === 1);
  });

  it('work that ends by itself ends the taking', async () => {
    const done = member(`turn-${randomUUID()}`, async () => undefined);
    await done.taking;
    expect(done.seen).toEqual(['begins', 'ends']);
  });

  it('an abort ends one that waits for its turn', async () => {
    const name = `turn-${randomUUID()}`;
    const first = member(name);
    await until(() => first.seen.length === 1);
    const waiting = member(name);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const started = performance.now();
    waiting.ending.abort();
    await waiting.taking;
    expect(performance.now() - started).toBeLessThan(2_500);
    expect(waiting.seen).toEqual([]);
  });
});
