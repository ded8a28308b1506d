import fc from 'fast-check';
import type { ProgrammeEvent } from '../envelope';
import type { ViewRunner } from '../run-view';
import { crashes } from './broken-view-store';
import { type Happening, pure, toyViews, type ViewTests } from './views-fixture';

const happening: fc.Arbitrary<Happening> = fc.record({
  programme: fc.nat(1),
  type: fc.constantFrom('Added', 'Added', 'Added', 'Reset', 'LimitSet'),
  code: fc.constantFrom('a', 'b', 'c'),
  by: fc.integer({ min: 1, max: 9 }),
});

/** Something happens, and a feed that delivers at least once brings a batch; before that, or in it, things go wrong. */
interface Step {
  readonly happenings: readonly Happening[];
  /** where the batch begins, counted from the end of the log */
  readonly back: number;
  readonly count: number;
  readonly form: 'in order' | 'backwards' | 'doubled' | 'with holes';
  readonly before: 'nothing' | 'restart' | 'reopen';
  readonly crash: keyof typeof crashes | undefined;
}

const step = (crash: Step['crash'][]): fc.Arbitrary<Step> =>
  fc.record({
    happenings: fc.array(happening, { maxLength: 8 }),
    back: fc.nat(12),
    count: fc.integer({ min: 1, max: 12 }),
    form: fc.constantFrom('in order', 'in order', 'backwards', 'doubled', 'with holes'),
    before: fc.constantFrom('nothing', 'nothing', 'nothing', 'restart', 'reopen'),
    crash: fc.constantFrom(...crash),
  });

const allCrashes = Object.keys(crashes) as (keyof typeof crashes)[];

function batchOf(events: readonly ProgrammeEvent[], { back, count, form }: Step): readonly ProgrammeEvent[] {
  const from = Math.max(0, events.length - back);
  const batch = events.slice(from, from + count);
  switch (form) {
    case 'in order':
      return batch;
    case 'backwards':
      return batch.reverse();
    case 'doubled':
      return batch.flatMap((recorded) => [recorded, recorded]);
    case 'with holes':
      return batch.filter((_, n) => n % 3 !== 1);
    default:
      return form satisfies never;
  }
}

export const foldingTests: ViewTests = (under) => {
  /** Plays the steps, and holds what is stored against pure folds after each. */
  const play = async (steps: readonly Step[], cachedDocuments: number): Promise<void> => {
    const { store, programmes, happen, runner, stored, reopen } = await under().fresh();
    const crashing = async (crash: Step['crash'], work: () => Promise<void>): Promise<void> => {
      store.onCommit = crash && crashes[crash];
      try {
        await work();
      } catch (error) {
        if (crash === undefined || (error as Error).message !== 'crash') throw error;
      } finally {
        store.onCommit = undefined;
      }
    };
    const agree = async (mine: ViewRunner, events: readonly ProgrammeEvent[]): Promise<void> => {
      for (const programme of programmes) {
        for (const view of toyViews) {
          const marker = mine.markers(programme).get(view.name)!;
          const generation = (await store.current(view.name, view.version))!;
          expect(await store.marker(generation, programme)).toEqual(marker);
          const seen = events.filter(({ index }) => index <= marker.index);
          expect(await stored(view, programme)).toEqual(pure(view, programme, seen));
        }
      }
    };

    let mine = runner({ cachedDocuments });
    await mine.start();
    let events: readonly ProgrammeEvent[] = [];
    // After a crash the store may be ahead of the runner, until it begins again or has caught up.
    let disturbed = false;
    for (const each of steps) {
      events = await happen(each.happenings);
      if (each.before === 'reopen') await reopen();
      if (each.before !== 'nothing') {
        await crashing(each.crash, () => runner({ cachedDocuments }).start());
        mine = runner({ cachedDocuments });
        await mine.start();
        await agree(mine, events);
        disturbed = false;
      }
      await crashing(each.crash, () => mine.apply(batchOf(events, each)));
      disturbed ||= each.crash !== undefined;
      if (!disturbed) await agree(mine, events);
    }
    // Whatever went wrong: at the end the same runner, or another one, comes to what the log says.
    if (steps.length % 2 === 0) {
      mine = runner({ cachedDocuments });
      await mine.start();
    } else {
      for (const programme of programmes) {
        await mine.apply(events.filter(({ event }) => event.programme === programme).slice(-1));
      }
    }
    for (const programme of programmes) {
      for (const view of toyViews)
        expect(await stored(view, programme)).toEqual(pure(view, programme, events));
    }
  };

  const cached = fc.constantFrom(1, 3, 1_000);
  return {
    'in whatever batches events come, doubled, out of order or with holes, stored views are pure folds':
      async () => {
        await fc.assert(fc.asyncProperty(fc.array(step([undefined]), { maxLength: 12 }), cached, play), {
          numRuns: under().series,
        });
      },

    'however often a crash interrupts a commit, and wherever, stored views are pure folds in the end':
      async () => {
        const steps = fc.array(step([...allCrashes, undefined]), { minLength: 1, maxLength: 12 });
        await fc.assert(fc.asyncProperty(steps, cached, play), { numRuns: under().series });
      },

    'what a batch brings is not read from the log, and what it lacks is': async () => {
      const { happen, runner, log, programmes } = under();
      const mine = runner();
      await mine.start();
      const events = await happen(
        Array.from({ length: 20 }, (_, by) => ({ by, programme: by < 10 ? 0 : 1 })),
      );
      const read = async (...batch: readonly ProgrammeEvent[]) => {
        const before = log.histories;
        await mine.apply(batch);
        return log.histories - before;
      };
      expect(await read(...events.slice(0, 4), ...events.slice(10, 14))).toBe(0);
      expect(await read(...events.slice(2, 6))).toBe(0);
      expect(await read(...events.slice(2, 6))).toBe(0);
      expect(await read(...events.slice(7, 9), ...events.slice(14, 16))).toBe(1);
      expect(programmes.map((programme) => mine.markers(programme).get('journal')?.index)).toEqual([8, 5]);
    },

    'what a batch changes in many programmes is written at once': async () => {
      const { happen, runner, store, programmes } = under();
      const mine = runner();
      await mine.start();
      const before = store.commits;
      await mine.apply(await happen([{ by: 1 }, { programme: 1 }, { by: 2 }, { type: 'LimitSet' }]));
      expect(store.commits - before).toBe(1);
      expect(programmes.map((programme) => mine.markers(programme).get('journal')?.index)).toEqual([2, 0]);
    },

    'after every batch, each view is the fold of the log up to its marker': async () => {
      const { happen, runner, stored, programmes } = under();
      const mine = runner();
      await mine.start();
      const events = await happen(
        Array.from({ length: 90 }, (_, n): Partial<Happening> => {
          const type = n % 11 === 3 ? 'Reset' : n % 7 === 2 ? 'LimitSet' : 'Added';
          return { programme: n % 2, type, code: 'abc'[n % 3] ?? 'a', by: n };
        }),
      );
      for (let at = 0; at < events.length; at += 4) {
        await mine.apply(events.slice(at, at + 4));
        for (const programme of programmes) {
          for (const view of toyViews) {
            const { index } = mine.markers(programme).get(view.name)!;
            const seen = events.filter((recorded) => recorded.index <= index);
            expect(await stored(view, programme)).toEqual(pure(view, programme, seen));
          }
        }
      }
      expect([...mine.markers(programmes[0]!).values()].map(({ index }) => index)).toEqual([44, 44, 44]);
    },
  };
};
