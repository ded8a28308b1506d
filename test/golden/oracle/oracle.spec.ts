import { catalogue } from '@jejak/domain';
import { agree } from './compare';
import { randomHistory } from './history';
import { runLateEvents } from './late';
import { runHistories } from './oracle';

const NOT_COUNTED = /^(Account|Operator|Role|Finding|Reminder)|^AgencyWithdrawn$|^PhaseRescheduled$/;

describe('the oracle', () => {
  it('holds two sides to each other to the letter', () => {
    expect(agree('equal', { a: 1, b: null }, { b: null, a: 1 })).toBe(1);
    expect(() => agree('unequal', { exact: '1/2' }, { exact: '1/3' })).toThrow('unequal');
  });

  it('makes histories of every event that figures can depend on, and wishes for what is refused too', () => {
    const types = new Set<string>();
    const refusals = new Set<string>();
    for (let seed = 1; seed <= 30; seed++) {
      const { world } = randomHistory(seed, 120);
      for (const { event } of world.events) types.add(event.type);
      for (const code of world.refusals.keys()) refusals.add(code);
    }
    const counted = catalogue.names().filter((name) => !NOT_COUNTED.test(name));
    expect(counted.filter((name) => !types.has(name))).toEqual([]);
    expect(refusals.size).toBeGreaterThan(20);
  });

  it('makes the same history of the same seed', () => {
    const text = (seed: number): string => JSON.stringify(randomHistory(seed, 60).world.events);
    expect(text(7)).toBe(text(7));
    expect(text(7)).not.toBe(text(8));
  });

  it('compares what it says', () => {
    const counts = runHistories(10);
    expect(counts).toMatchObject({ histories: 10, folds: 10 });
    expect(counts.compared).toBeGreaterThan(10 * 4 * 7);
  });

  it('tells late events that move figures, and some without a reason', () => {
    const runs = Array.from({ length: 8 }, (_, n) => runLateEvents(n + 1));
    const sum = (of: 'late' | 'moved' | 'withoutReason'): number =>
      runs.reduce((all, run) => all + run[of], 0);
    expect(sum('late')).toBeGreaterThan(100);
    expect(sum('moved')).toBeGreaterThan(10);
    expect(sum('withoutReason')).toBeGreaterThan(0);
  });
});
