import fc from 'fast-check';
import { GenerationGone, ViewStoreMoved } from '../ports/view-store';
import type { ViewRunner } from '../run-view';
import { type Happening, pure, toyViews, type ViewsUnderTest, type ViewTests } from './views-fixture';

const happening: fc.Arbitrary<Happening> = fc.record({
  programme: fc.nat(1),
  type: fc.constantFrom('Added', 'Added', 'Reset', 'LimitSet'),
  code: fc.constantFrom('a', 'b'),
  by: fc.integer({ min: 1, max: 9 }),
});

const step = fc.record({
  happenings: fc.array(happening, { maxLength: 6 }),
  store: fc.constantFrom('as it is', 'as it is', 'backed up', 'restored'),
});

/** Works; where the store is not as it was left, begins again. Says whether it did. */
async function healing(mine: ViewRunner, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return false;
  } catch (error) {
    if (!(error instanceof ViewStoreMoved) && !(error instanceof GenerationGone)) throw error;
    await mine.start();
    return true;
  }
}

async function agree({ programmes, stored, happen }: ViewsUnderTest): Promise<void> {
  const events = await happen([]);
  for (const programme of programmes) {
    for (const view of toyViews) expect(await stored(view, programme)).toEqual(pure(view, programme, events));
  }
}

/** A store that comes back older than its writer left it: from a backup, or without its last writes. */
export const movedTests: ViewTests = (under) => ({
  'the next commit notices, and a new start goes on from what is stored': async () => {
    const { happen, runner, backup, store, programmes } = under();
    const mine = runner();
    await mine.start();
    await mine.apply(await happen([{ by: 1 }, { by: 2 }, { programme: 1 }]));
    const restore = await backup();
    await mine.apply(await happen([{ by: 3 }, { type: 'Reset' }, { by: 4 }, { programme: 1, by: 5 }]));
    await restore();
    const events = await happen([{ by: 6 }]);
    await expect(mine.apply(events)).rejects.toThrow(ViewStoreMoved);
    const generation = (await store.current('journal', 1))!;
    expect((await store.marker(generation, programmes[0]!)).index).toBe(1);
    await mine.start();
    await agree(under());
    expect(mine.markers(programmes[1]!).get('journal')?.index).toBe(1);
    await mine.verify();
  },

  'where nothing happens it is seen by looking': async () => {
    const { happen, runner, backup } = under();
    const mine = runner();
    await mine.start();
    await mine.verify();
    const restore = await backup();
    await mine.apply(await happen([{ programme: 1 }]));
    await mine.verify();
    await restore();
    await expect(mine.verify()).rejects.toThrow(ViewStoreMoved);
    await mine.start();
    await mine.verify();
    await agree(under());
  },

  'however often it comes back older, stored views are pure folds in the end': async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 2, maxLength: 14 }),
        fc.constantFrom(1, 1_000),
        async (steps, cachedDocuments) => {
          const { happen, runner, backup, ...rest } = await under().fresh();
          let restore = await backup();
          const mine = runner({ cachedDocuments });
          await mine.start();
          for (const { happenings, store } of steps) {
            if (store === 'restored') await restore();
            if (store === 'backed up') restore = await backup();
            const events = await happen(happenings);
            await healing(mine, () => mine.apply(events.slice(-4)));
          }
          await healing(mine, () => mine.verify());
          expect(await healing(mine, () => mine.verify())).toBe(false);
          await mine.apply(await happen([{ by: 1 }, { programme: 1 }]));
          await agree({ happen, runner, backup, ...rest });
        },
      ),
      { numRuns: Math.ceil(under().series / 3) },
    );
  },
});
