import { DocumentTooLarge, type Marker } from '../ports/view-store';
import { Catalogue } from '../event-types';
import type { AnyView } from '../view';
import { counterEvents } from './counter';
import {
  countersView,
  journalView,
  limitView,
  poisoned,
  pure,
  toyViews,
  type ViewTests,
} from './views-fixture';

/** What happens to an event that cannot be folded. */
export const stopTests: ViewTests = (under) => {
  /** Marker and stored documents of a view. */
  const state = async (view: AnyView, programme: string) => {
    const { store, stored } = under();
    const generation = (await store.current(view.name, view.version))!;
    return { marker: await store.marker(generation, programme), documents: await stored(view, programme) };
  };
  const is13 = ({ event }: { event: { data: unknown } }) => (event.data as { by?: number }).by === 13;

  return {
    'it stops its view for its programme only, with everything before it stored': async () => {
      const { happen, runner, programmes } = under();
      const moved: (readonly [string, string, Marker])[] = [];
      const told: unknown[] = [];
      const mine = runner({
        views: [poisoned(countersView, is13), journalView, limitView],
        onMoved: (...each) => moved.push(each),
        onStopped: (...each) => told.push(each),
      });
      await mine.start();
      const events = await happen([
        { by: 1 },
        { by: 2, code: 'b' },
        { programme: 1, by: 3 },
        { by: 13 },
        { by: 5 },
        { programme: 1, by: 6 },
        { type: 'LimitSet', by: 13 },
      ]);
      await mine.apply(events);
      const [malang, batu] = programmes as [string, string];
      const before = events.filter(({ index }) => index < 2);
      const stopped = { index: 2, error: 'cannot fold 2' };
      expect(await state(countersView, malang)).toEqual({
        marker: { index: 1, position: events[1]!.position, stopped },
        documents: pure(countersView, malang, before),
      });
      expect(await state(countersView, batu)).toEqual({
        marker: { index: 1, position: events[5]!.position },
        documents: pure(countersView, batu, events),
      });
      for (const view of [journalView, limitView]) {
        expect(await state(view, malang)).toEqual({
          marker: { index: 4, position: events[6]!.position },
          documents: pure(view, malang, events),
        });
      }
      expect(
        moved.find(([view, programme]) => view === 'counters' && programme === malang)?.[2].stopped,
      ).toEqual(stopped);
      // It takes nothing more, and keeps nobody.
      const more = await happen([{ by: 7 }, { programme: 1, by: 8 }]);
      await mine.apply(more);
      expect((await state(countersView, malang)).documents).toEqual(pure(countersView, malang, before));
      expect((await state(countersView, batu)).documents).toEqual(pure(countersView, batu, more));
      expect((await state(journalView, malang)).documents).toEqual(pure(journalView, malang, more));
      // Told once, and of that view only.
      expect(told).toEqual([['counters', malang, stopped]]);
    },

    'after a fix the view goes on where it stopped': async () => {
      const { happen, runner, programmes, store } = under();
      const broken = runner({ views: [poisoned(countersView, is13), journalView] });
      await broken.start();
      const events = await happen([{ by: 1 }, { by: 13 }, { by: 2 }]);
      await broken.apply(events);
      // Not yet fixed: it stops again at the same place.
      const again = runner({ views: [poisoned(countersView, is13), journalView] });
      await again.start();
      expect((await state(countersView, programmes[0]!)).marker.stopped).toEqual({
        index: 1,
        error: 'cannot fold 1',
      });
      const generation = await store.current('counters', 1);
      let folded = 0;
      const fixed: AnyView = {
        ...countersView,
        fold: (document: never, recorded, key) => {
          folded++;
          return countersView.fold(document, recorded, key);
        },
      };
      const mine = runner({ views: [fixed, journalView] });
      await mine.start();
      expect(await state(countersView, programmes[0]!)).toEqual({
        marker: { index: 2, position: events[2]!.position },
        documents: pure(countersView, programmes[0]!, events),
      });
      expect(await store.current('counters', 1)).toBe(generation);
      expect(folded).toBe(2);
    },

    'it may be anywhere in a batch, or in the keys, or touch several documents': async () => {
      const halfway: AnyView = {
        ...journalView,
        fold: (document, recorded, key) => {
          if (is13(recorded) && key === 'count') throw new Error('in the second document');
          return journalView.fold(document, recorded, key);
        },
      };
      const keyless: AnyView = {
        ...journalView,
        keys: (event, index) => {
          if (is13({ event })) throw new Error('no keys');
          return journalView.keys(event, index);
        },
      };
      for (const view of [poisoned(journalView, is13), halfway, keyless]) {
        for (const at of [0, 1, 4]) {
          for (const batch of [1, 2, 3, 5]) {
            const { happen, runner, stored, programmes } = await under().fresh();
            const mine = runner({ views: [view, limitView] });
            await mine.start();
            const events = await happen([0, 1, 2, 3, 4].map((n) => ({ by: n === at ? 13 : n })));
            for (let n = 0; n < 5; n += batch) await mine.apply(events.slice(n, n + batch));
            const seen = events.slice(0, at);
            expect(await stored(view, programmes[0]!)).toEqual(pure(journalView, programmes[0]!, seen));
            const markers = mine.markers(programmes[0]!);
            expect(markers.get('journal')).toMatchObject({ index: at - 1, stopped: { index: at } });
            expect(markers.get('limit')?.index).toBe(4);
            const fixed = runner({ views: [journalView, limitView] });
            await fixed.start();
            expect(await stored(view, programmes[0]!)).toEqual(pure(journalView, programmes[0]!, events));
          }
        }
      }
    },

    'one that makes a document larger than the store takes stops its view there, and keeps no other':
      async () => {
        const { happen, runner, store, programmes, stored } = under();
        const told: unknown[] = [];
        const mine = runner({ onStopped: (...each) => told.push(each) });
        await mine.start();
        // The store takes no counter above ten.
        store.onCommit = async (writes, commit) => {
          const totals = writes.flatMap(({ documents }) =>
            documents.map(({ value }) => (value as { total?: number } | undefined)?.total ?? 0),
          );
          if (Math.max(0, ...totals) > 10) throw new DocumentTooLarge('too large');
          await commit(writes);
        };
        const events = await happen([
          ...[1, 2, 3, 4, 5, 6, 7].map((by) => ({ by })),
          ...[1, 2].map((by) => ({ by, programme: 1 })),
        ]);
        await mine.apply(events);
        const [malang, batu] = programmes as [string, string];
        const stopped = { index: 4, error: 'too large' };
        expect(told).toEqual([['counters', malang, stopped]]);
        expect(await state(countersView, malang)).toEqual({
          marker: { index: 3, position: events[3]!.position, stopped },
          documents: pure(countersView, malang, events.slice(0, 4)),
        });
        for (const programme of [malang, batu])
          expect(await stored(journalView, programme)).toEqual(pure(journalView, programme, events));
        expect((await state(countersView, batu)).documents).toEqual(pure(countersView, batu, events));
        // It is not tried again and again; who takes the programme next, does, and goes on where there is room by then.
        const before = store.commits;
        const more = await happen([{ by: 1 }]);
        await mine.apply(more.slice(-1));
        expect(store.commits - before).toBe(1);
        store.onCommit = undefined;
        await mine.start();
        expect((await state(countersView, malang)).documents).toEqual(pure(countersView, malang, more));
      },

    'an event that this version does not know stops every view of its programme, until a version does':
      async () => {
        const { happen, runner, stored, programmes } = under();
        const old = runner({ catalogue: new Catalogue([counterEvents]) });
        await old.start();
        const events = await happen([
          { by: 1 },
          { type: 'LimitSet', by: 9 },
          { by: 2 },
          { programme: 1, by: 3 },
        ]);
        await old.apply(events);
        const markers = [...old.markers(programmes[0]!).values()];
        expect(markers.map(({ index, stopped }) => [index, stopped?.index])).toEqual([
          [0, 1],
          [0, 1],
          [0, 1],
        ]);
        expect(markers[0]?.stopped?.error).toContain('LimitSet');
        expect([...old.markers(programmes[1]!).values()].map(({ index }) => index)).toEqual([0, 0, 0]);
        await runner().start();
        for (const view of toyViews) {
          expect(await stored(view, programmes[0]!)).toEqual(pure(view, programmes[0]!, events));
        }
      },

    'a view that has stopped makes nobody read the log': async () => {
      const { happen, runner, log } = under();
      const mine = runner({ views: [poisoned(countersView, is13), journalView] });
      await mine.start();
      await mine.apply(await happen([{ by: 13 }, { by: 1 }]));
      const more = await happen([{ by: 2 }, { by: 3 }]);
      const before = log.histories;
      await mine.apply(more.slice(2));
      expect(log.histories).toBe(before);
    },

    'where all views of a programme have stopped, its events are passed over': async () => {
      const { happen, runner, programmes } = under();
      const mine = runner({ views: [poisoned(journalView, is13)] });
      await mine.start();
      await mine.apply(await happen([{ by: 13 }, { by: 1 }]));
      await mine.apply(await happen([{ by: 2 }]));
      expect(mine.markers(programmes[0]!).get('journal')).toEqual({
        index: -1,
        position: '0',
        stopped: { index: 0, error: 'cannot fold 0' },
      });
    },
  };
};
