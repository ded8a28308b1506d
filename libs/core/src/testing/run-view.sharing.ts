import { EVERYTHING, type Share } from '../ports/event-feed';
import type { AnyView } from '../view';
import { countersView, journalView, poisoned, pure, toyViews, type ViewTests } from './views-fixture';

const only = (...programmes: readonly string[]): Share => ({
  ...EVERYTHING,
  has: (programme) => programmes.includes(programme),
});

/** How many share the work. */
export const sharingTests: ViewTests = (under) => {
  const agree = async (): Promise<void> => {
    const { happen, programmes, stored } = under();
    const events = await happen([]);
    for (const programme of programmes) {
      for (const view of toyViews)
        expect(await stored(view, programme)).toEqual(pure(view, programme, events));
    }
  };

  return {
    'each folds the programmes of its share alone, and reads no markers of others': async () => {
      const { happen, runner, store, programmes } = under();
      await happen([{ by: 1 }, { by: 2 }, { programme: 1, by: 3 }]);
      const [malang, batu] = programmes as [string, string];
      const asked: unknown[] = [];
      store.onMarkers = (_generation, names) => asked.push(names);
      const written: string[] = [];
      store.onCommit = async (writes, commit) => {
        written.push(...writes.map(({ programme }) => programme));
        await commit(writes);
      };
      const mine = runner();
      await mine.take(only(batu));
      expect(new Set(written)).toEqual(new Set([batu]));
      expect(asked).toContainEqual([batu]);
      expect(mine.markers(malang).get('journal')?.index).toBe(-1);
      expect(mine.markers(batu).get('journal')?.index).toBe(0);
    },

    'what is built by many can be read once the last of them has caught up, and each comes to know':
      async () => {
        const { happen, runner, store, programmes } = under();
        await happen([{ by: 1 }, { by: 2 }, { programme: 1, by: 3 }]);
        const moved: string[] = [];
        const [a, b] = [runner({ onMoved: (view) => moved.push(view) }), runner()];
        await a.take(only(programmes[0]!));
        await a.verify();
        expect([a.isSettled, await store.current('journal', 1), moved]).toEqual([false, undefined, []]);
        // An event that comes meanwhile has to be waited for by nobody.
        const more = await happen([{ by: 4 }]);
        await b.take(only(programmes[1]!));
        expect(b.isSettled).toBe(false);
        await a.apply(more.slice(-1));
        await b.verify();
        expect([a.isSettled, b.isSettled]).toEqual([false, true]);
        await a.verify();
        expect(a.isSettled).toBe(true);
        expect(moved.sort()).toEqual(['counters', 'journal', 'limit']);
        await agree();
      },

    'a programme that is taken heals, without a new event of it': async () => {
      const { happen, runner, store, programmes, backup } = under();
      const restore = await backup();
      await happen([{ by: 1 }, { programme: 1, by: 3 }]);
      const mine = runner();
      await mine.take(EVERYTHING);
      await restore();
      await expect(mine.verify()).rejects.toThrow();
      const [a, b] = [runner(), runner()];
      await a.take(only(programmes[0]!));
      await b.take(only(programmes[1]!));
      await agree();
      // And so do views of a new version.
      const next: AnyView = { ...countersView, version: 2 };
      const [c, d] = [runner({ views: [next] }), runner({ views: [next] })];
      await c.take(only(programmes[1]!));
      await d.take(only(programmes[0]!));
      expect(await store.current('counters', 2)).toBeDefined();
    },

    'who gets a programme back goes on from where others have brought it, not from what it remembers':
      async () => {
        const { happen, runner, programmes } = under();
        const [a, b] = [runner(), runner()];
        await a.start();
        await b.take(only());
        const share = only(programmes[0]!);
        for (let by = 1; by < 8; by++) {
          const events = await happen([{ by }, { by, code: 'b' }, { programme: 1, by }]);
          const [one, other] = by % 2 === 0 ? [a, b] : [b, a];
          await one.take(share);
          await one.apply(events.filter(({ event }) => event.programme === programmes[0]).slice(-2));
          await other.take(only(programmes[1]!));
          await other.apply(events.filter(({ event }) => event.programme === programmes[1]).slice(-1));
          await agree();
        }
      },

    'an event of a programme that is not of the share is folded all the same': async () => {
      const { happen, runner, programmes } = under();
      const [a, b] = [runner(), runner()];
      await a.start();
      await b.take(only(programmes[1]!));
      await a.apply(await happen([{ by: 1 }, { by: 2 }]));
      const more = await happen([{ by: 3 }]);
      const before = under().log.histories;
      await b.apply(more.slice(-1));
      expect(under().log.histories).toBe(before);
      await agree();
    },

    'what has stopped goes on once a member with the fix takes the programme, and stays so when another takes it back':
      async () => {
        const { happen, runner, store, programmes } = under();
        const [malang, batu] = programmes as [string, string];
        const is13 = ({ event }: { event: { data: unknown } }) => (event.data as { by?: number }).by === 13;
        const told: string[] = [];
        const old = runner({
          views: [poisoned(countersView, is13), journalView, toyViews[2]!],
          onStopped: (view, programme) => told.push(`${view} ${programme}`),
        });
        await old.take(EVERYTHING);
        await old.apply(await happen([{ by: 1 }, { by: 13 }, { by: 2 }, { programme: 1, by: 3 }]));
        const stored = async () => store.marker((await store.current('counters', 1))!, malang);
        expect(await stored()).toMatchObject({ index: 0, stopped: { index: 1 } });
        // Whoever takes it without the fix tries it once, and tells of it again.
        await old.take(only(malang));
        expect(told).toEqual([`counters ${malang}`, `counters ${malang}`]);
        // A worker of the release with the fix joins, and the group gives it the programme; no event comes.
        const fixed = runner();
        await fixed.take(only(malang));
        expect(await stored()).not.toHaveProperty('stopped');
        await agree();
        // One without the fix is past the event by then.
        await old.take(EVERYTHING);
        await old.apply((await happen([{ by: 4 }])).slice(-1));
        expect([told.length, old.markers(batu).get('counters')?.index]).toEqual([2, 0]);
        await agree();
      },

    'a share that is over is not caught up to its end': async () => {
      const { happen, runner, programmes, store } = under();
      await happen([{ by: 1 }, { programme: 1, by: 3 }]);
      const over = new AbortController();
      store.onCommit = async (writes, commit) => {
        await commit(writes);
        over.abort();
      };
      const mine = runner({ views: [journalView] });
      await mine.take({ has: () => true, over: over.signal });
      expect(programmes.map((programme) => mine.markers(programme).get('journal')?.index).sort()).toEqual([
        -1, 0,
      ]);
      expect(mine.isSettled).toBe(false);
    },

    'what has seen more than the log holds is built anew by who sees it, whole, and the others go on with it':
      async () => {
        const { happen, runner, store, programmes, stored } = under();
        const [a, b] = [runner(), runner()];
        await happen([{ by: 1 }, { programme: 1, by: 3 }]);
        await a.take(only(programmes[0]!));
        await b.take(only(programmes[1]!));
        await a.verify();
        const generation = (await store.current('counters', 1))!;
        const marker = { index: 7, position: '8' };
        const write = { generation, programme: programmes[0]!, documents: [], after: -1, marker };
        await store.commit([{ ...write, documents: [{ key: 'z', index: 7, value: 'of another history' }] }]);
        await a.take(only(programmes[0]!));
        expect(await store.current('counters', 1)).not.toBe(generation);
        await expect(b.verify()).rejects.toThrow();
        await b.take(only(programmes[1]!));
        expect(b.isSettled).toBe(true);
        expect(await stored(countersView, programmes[0]!)).toHaveLength(1);
        await agree();
      },
  };
};
