import { GenerationGone, type Marker } from '../ports/view-store';
import type { AnyView } from '../view';
import { MemoryLog } from './memory-log';
import { countersView, journalView, pure, toyViews, type ViewTests } from './views-fixture';

const many = (count: number) =>
  Array.from({ length: count }, (_, by) => ({ by, code: 'abc'[by % 3] ?? 'a' }));

/** The same view, telling how many events it folded. */
function counted(view: AnyView): { view: AnyView; folded: () => number } {
  let folded = 0;
  const fold: AnyView['fold'] = (document: unknown, recorded, key) => {
    folded++;
    return view.fold(document, recorded, key) as unknown;
  };
  return { view: { ...view, fold }, folded: () => folded };
}

/** How views come to be, change and are built anew. */
export const lifecycleTests: ViewTests = (under) => ({
  'a first start folds what the log has, and only then can the views be read': async () => {
    const { happen, runner, store, stored, programmes } = under();
    const events = await happen([...many(250), { programme: 1 }]);
    const progress: [number, number][] = [];
    store.onCommit = async (writes, commit) => {
      await commit(writes);
      for (const { name } of toyViews) expect(await store.current(name, 1)).toBeUndefined();
    };
    await runner().start(undefined, (done, total) => progress.push([done, total]));
    expect(store.commits).toBeGreaterThan(1);
    expect(progress.at(-1)).toEqual([251, 251]);
    for (const programme of programmes) {
      for (const view of toyViews)
        expect(await stored(view, programme)).toEqual(pure(view, programme, events));
    }
  },

  'a start that finds everything done folds and writes nothing': async () => {
    const { happen, runner, store } = under();
    await happen(many(20));
    await runner().start();
    const before = store.commits;
    const { view, folded } = counted(journalView);
    const mine = runner({ views: [view] });
    await mine.start();
    await mine.apply(await happen([]));
    expect([store.commits - before, folded()]).toEqual([0, 0]);
  },

  'a view of a new version is built beside the old one, which is read until the new one is ready':
    async () => {
      const { happen, runner, store, stored, programmes } = under();
      const events = await happen(many(30));
      await runner().start();
      const old = (await store.current('counters', 1))!;
      const next: AnyView = {
        ...countersView,
        version: 2,
        fold: (document: unknown, recorded) => ((document as number | undefined) ?? 0) + recorded.index,
      };
      const seen: unknown[] = [];
      store.onCommit = async (writes, commit) => {
        await commit(writes);
        seen.push([
          await store.current('counters', 1),
          await store.current('counters', 2),
          (await store.list(old, programmes[0]!)).length,
        ]);
      };
      await runner({ views: [next, journalView] }).start();
      store.onCommit = undefined;
      expect(seen.length).toBeGreaterThan(0);
      for (const one of seen) expect(one).toEqual([old, undefined, 3]);
      expect(await stored(next, programmes[0]!)).toEqual(pure(next, programmes[0]!, events));
      // And back: the software may be put back to the version before.
      await runner().start();
      expect(await stored(countersView, programmes[0]!)).toEqual(pure(countersView, programmes[0]!, events));
    },

  'two releases that fold at once, each its own version of a view, leave each other alone': async () => {
    const { happen, runner, store, stored, programmes } = under();
    await happen(many(10));
    const next: AnyView = { ...countersView, version: 2 };
    const [old, recent] = [runner(), runner({ views: [next, journalView] })];
    await old.start();
    const before = await store.current('counters', 1);
    await recent.start();
    const built = await store.current('counters', 2);
    for (let by = 0; by < 6; by++) {
      const events = await happen([{ by }, { by, type: by === 3 ? 'Reset' : 'Added' }]);
      await Promise.all([old.apply(events.slice(-2)), recent.apply(events.slice(-2))]);
      // Each starts again now and then, and is where it was.
      if (by % 2 === 1) await Promise.all([old.start(), recent.start()]);
      await Promise.all([old.verify(), recent.verify()]);
      for (const view of [countersView, next, journalView])
        expect(await stored(view, programmes[0]!)).toEqual(pure(view, programmes[0]!, events));
    }
    expect([await store.current('counters', 1), await store.current('counters', 2)]).toEqual([before, built]);
  },

  'runners that begin at once on an empty store build one generation, and none is disturbed': async () => {
    const { happen, runner, stored, programmes } = under();
    const events = await happen([...many(40), { programme: 1 }]);
    const all = [1, 2, 3, 4].map(() => runner());
    await Promise.all(all.map((each) => each.start()));
    const more = await happen([{ by: 1 }]);
    for (const each of all) await each.apply(more.slice(-1));
    expect(more.length).toBe(events.length + 1);
    for (const view of toyViews)
      expect(await stored(view, programmes[0]!)).toEqual(pure(view, programmes[0]!, more));
  },

  'a building that was broken off goes on where it was': async () => {
    const { happen, runner, store, stored, log, programmes } = under();
    log.pageSize = 50;
    const events = await happen([...many(450), ...many(50).map((each) => ({ ...each, programme: 1 }))]);
    const { view, folded } = counted(journalView);
    const ending = new AbortController();
    store.onCommit = async (writes, commit) => {
      await commit(writes);
      if ((writes[0]?.marker.index ?? 0) >= 99) ending.abort();
    };
    await runner({ views: [view] }).start(ending.signal);
    store.onCommit = undefined;
    const first = folded() / 2;
    expect(await store.current('journal', 1)).toBeUndefined();
    await runner({ views: [view] }).start();
    expect(folded() / 2).toBe(500);
    // All of batu, which comes first, and the four pages of malang that are folded together.
    expect(first).toBe(250);
    for (const programme of programmes) {
      expect(await stored(journalView, programme)).toEqual(pure(journalView, programme, events));
    }
  },

  'a rebuilding begins from nothing, beside what is read, and takes its place': async () => {
    const { happen, runner, store, stored, programmes } = under();
    const events = await happen(many(40));
    const mine = runner();
    await mine.start();
    const generations = async () => Promise.all(toyViews.map(({ name }) => store.current(name, 1)));
    const before = await generations();
    // What a rebuilding that was broken off has left does not count either.
    const left = await store.building('journal', 1);
    const wrong = { key: 'count', index: 39, value: 'wrong' };
    await store.commit([
      {
        generation: left,
        programme: programmes[0]!,
        documents: [wrong],
        after: -1,
        marker: { index: 39, position: '40' },
      },
    ]);
    const { view, folded } = counted(journalView);
    await runner({ views: [countersView, view, toyViews[2]!], beside: true }).start();
    expect(folded()).toBe(80);
    for (const generation of await generations()) expect(before).not.toContain(generation);
    for (const each of toyViews)
      expect(await stored(each, programmes[0]!)).toEqual(pure(each, programmes[0]!, events));
    // Who still writes the old generation is told, and a new start goes on with the new one.
    const more = await happen([{ by: 1 }]);
    await expect(mine.apply(more)).rejects.toThrow(GenerationGone);
    await mine.start();
    for (const each of toyViews)
      expect(await stored(each, programmes[0]!)).toEqual(pure(each, programmes[0]!, more));
  },

  'who waits is told of views that can be read, and of no other': async () => {
    const { happen, runner, programmes } = under();
    const moved: (readonly [string, string, Marker])[] = [];
    const told = () => moved.splice(0).map(([view, , { index }]) => `${view} ${String(index)}`);
    await happen(many(250));
    const mine = runner({ onMoved: (...each) => moved.push(each) });
    await mine.start();
    // Once each, at the end: before, nobody could read them.
    expect(told().sort()).toEqual(['counters 249', 'journal 249', 'limit 249']);
    await mine.apply((await happen([{ by: 1 }])).slice(-1));
    expect(told().sort()).toEqual(['counters 250', 'journal 250', 'limit 250']);
    const beside = runner({ beside: true, onMoved: (...each) => moved.push(each) });
    await beside.start();
    expect(told()).toHaveLength(3);
    expect([...mine.markers(programmes[0]!)].map(([name, { index }]) => [name, index])).toEqual([
      ['counters', 250],
      ['journal', 250],
      ['limit', 250],
    ]);
  },

  'views that have seen more than the log holds are of another history, and are built anew': async () => {
    const { happen, runner, store, stored, log, programmes } = under();
    await happen(many(10));
    await runner().start();
    const before = await store.current('journal', 1);
    // A log that was put back from a backup, and went on differently.
    const backup = new MemoryLog(() => 0, log.logId);
    await backup.append('counter-malang.2023.z', -1, [
      { ...(await log.readStream('counter-malang.2023.a'))[0]!.event, id: 'z', data: { by: 99, at: '' } },
    ]);
    await runner({ log: backup }).start();
    expect(await store.current('journal', 1)).not.toBe(before);
    expect(await stored(countersView, programmes[0]!)).toEqual(['z 0 {"adds":[0],"total":99}']);
    expect((await store.marker((await store.current('journal', 1))!, programmes[0]!)).index).toBe(0);
  },

  'a removed document stays removed over restarts, and may come again': async () => {
    const { happen, runner, stored, programmes } = under();
    const step = async (happening: Parameters<typeof happen>[0][number]) => {
      const events = await happen([happening]);
      const mine = runner();
      await mine.start();
      expect(await stored(countersView, programmes[0]!)).toEqual(pure(countersView, programmes[0]!, events));
      return (await stored(countersView, programmes[0]!)).length;
    };
    expect(await step({ by: 1 })).toBe(1);
    expect(await step({ type: 'Reset' })).toBe(0);
    expect(await step({ by: 2, code: 'b' })).toBe(1);
    expect(await step({ type: 'Reset' })).toBe(1);
    expect(await step({ by: 3 })).toBe(2);
    expect(await step({ type: 'Reset', code: 'b' })).toBe(1);
  },
});
