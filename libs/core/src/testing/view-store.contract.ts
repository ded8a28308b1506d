import fc from 'fast-check';
import { canonical } from '../canonical';
import type { Json } from '../json';
import {
  type DocumentWrite,
  GenerationGone,
  type Marker,
  NO_MARKER,
  type ViewStore,
  ViewStoreMoved,
} from '../ports/view-store';
import { type ContractTests, contractTests, type Skips } from './contract';

/** A view store under test. */
export interface ViewStoreFixture {
  /** the store as it is open now; another one after `reopen` */
  readonly store: ViewStore;
  /** Closes the store and opens it again, as after a restart. */
  reopen(): Promise<void>;
  /** Keeps what is stored now; calling the result brings it back, as restoring a backup does. */
  backup?(): Promise<() => Promise<void>>;
  /** Closes the store and removes what it kept. */
  close(): Promise<void>;
}

/** Makes a store that is empty. */
export type MakeViewStore = () => Promise<ViewStoreFixture>;

const P = 'malang.2023';
const at = (index: number, stopped?: Marker['stopped']): Marker => ({
  index,
  position: String(index + 1),
  ...(stopped && { stopped }),
});
const doc = (
  key: string,
  index: number,
  value: Json | undefined = `${key}@${String(index)}`,
): DocumentWrite => ({
  key,
  index,
  value,
});
const tombstone = (key: string, index: number): DocumentWrite => ({ key, index, value: undefined });

/** Everything that the port ViewStore promises, for any adapter. */
export function viewStoreContract(name: string, make: MakeViewStore, skips: Skips = {}): void {
  describe(`the view store of ${name}`, () => {
    let fixture: ViewStoreFixture;
    let store: ViewStore;
    let g: string;
    beforeEach(async () => {
      fixture = await make();
      store = fixture.store;
      g = await store.building('actions', 1);
    });
    afterEach(() => fixture.close());

    const write = (
      documents: readonly DocumentWrite[],
      marker: Marker,
      programme = P,
      generation = g,
      after = -1,
    ) => store.commit([{ generation, programme, documents, after, marker }]);
    const listed = async (programme = P, generation = g): Promise<readonly string[]> =>
      (await store.list(generation, programme)).map(
        ({ key, index, value }) => `${key} ${String(index)} ${canonical(value)}`,
      );

    const tests: ContractTests = {
      'a view has no current generation until one is swapped in, and then only in its version': async () => {
        expect(await store.current('actions', 1)).toBeUndefined();
        await store.swap('actions', g);
        expect(await store.current('actions', 1)).toBe(g);
        expect(await store.current('actions', 2)).toBeUndefined();
        expect(await store.current('budget', 1)).toBeUndefined();
      },

      'the generation under construction is found again, and gives way where it is of no use': async () => {
        await write([doc('a', 0)], at(0));
        const other = await store.building('budget', 1);
        expect(await store.building('actions', 1)).toBe(g);
        expect(await store.building('actions', 1, 'nonsense')).toBe(g);
        const anew = await store.building('actions', 1, g);
        expect([g, other]).not.toContain(anew);
        await expect(store.marker(g, P)).rejects.toThrow(GenerationGone);
        expect(await store.marker(anew, P)).toEqual(NO_MARKER);
        expect(await store.list(anew, P)).toEqual([]);
        // Who finds the same out later gets the same.
        expect(await store.building('actions', 1, g)).toBe(anew);
        expect(await store.building('budget', 1)).toBe(other);
      },

      'who folds opens the current generation, else the one under construction, else a new one': async () => {
        expect(await store.open('actions', 1)).toEqual({ generation: g, isCurrent: false });
        await store.swap('actions', g);
        const beside = await store.building('actions', 1);
        expect(await store.open('actions', 1)).toEqual({ generation: g, isCurrent: true });
        const { generation, isCurrent } = await store.open('budget', 1);
        expect(isCurrent).toBe(false);
        expect([g, beside]).not.toContain(generation);
        expect(await store.open('budget', 1)).toEqual({ generation, isCurrent });
        expect(await store.building('budget', 1)).toBe(generation);
      },

      'who opens a view at once with another folds the same generation as he, also when it is swapped in just then':
        async () => {
          for (let round = 0; round < 20; round++) {
            const view = `view-${String(round)}`;
            const opening = Array.from({ length: 6 }, async () => {
              const { generation } = await store.open(view, 1);
              await store.swap(view, generation);
              return generation;
            });
            expect(new Set(await Promise.all(opening)).size).toBe(1);
          }
        },

      'beside what is read another generation of its version is built, and takes its place': async () => {
        await write([doc('a', 0)], at(0));
        await store.swap('actions', g);
        const budget = await store.building('budget', 1);
        await store.swap('budget', budget);
        const beside = await store.building('actions', 1, g);
        expect(beside).not.toBe(g);
        await write([doc('b', 0)], at(0), P, beside);
        expect(await listed()).toEqual(['a 0 "a@0"']);
        await store.swap('actions', beside);
        expect(await store.current('actions', 1)).toBe(beside);
        expect(await listed(P, beside)).toEqual(['b 0 "b@0"']);
        await expect(store.load(g, P, ['a'])).rejects.toThrow(GenerationGone);
        expect(await store.current('budget', 1)).toBe(budget);
        // One that is swapped in again throws away what is being built beside it.
        const late = await store.building('actions', 1);
        await store.swap('actions', beside);
        expect(await listed(P, beside)).toEqual(['b 0 "b@0"']);
        await expect(store.list(late, P)).rejects.toThrow(GenerationGone);
      },

      'of two versions that are folded at once, neither disturbs the other': async () => {
        await write([doc('a', 0)], at(0));
        const next = await store.building('actions', 2);
        expect(next).not.toBe(g);
        await write([doc('b', 0)], at(0), P, next);
        expect(await store.open('actions', 1)).toEqual({ generation: g, isCurrent: false });
        await store.swap('actions', g);
        await store.swap('actions', next);
        expect(await store.current('actions', 1)).toBe(g);
        expect(await store.current('actions', 2)).toBe(next);
        await write([doc('c', 1)], at(1));
        await write([doc('c', 2)], at(2), P, next);
        expect(await listed()).toEqual(['a 0 "a@0"', 'c 1 "c@1"']);
        expect(await listed(P, next)).toEqual(['b 0 "b@0"', 'c 2 "c@2"']);
      },

      'what does not exist cannot be swapped in, read or written': async () => {
        await store.building('actions', 1, g);
        for (const gone of [g, 'nonsense', '']) {
          await expect(store.swap('actions', gone)).rejects.toThrow(GenerationGone);
          await expect(store.marker(gone, P)).rejects.toThrow(GenerationGone);
          await expect(store.markers(gone)).rejects.toThrow(GenerationGone);
          await expect(store.load(gone, P, ['a'])).rejects.toThrow(GenerationGone);
          await expect(store.list(gone, P)).rejects.toThrow(GenerationGone);
          await expect(write([doc('a', 0)], at(0), P, gone)).rejects.toThrow(GenerationGone);
        }
        const budget = await store.building('budget', 1);
        await expect(store.swap('actions', budget)).rejects.toThrow(GenerationGone);
      },

      'documents come back as they were written, whatever their keys and values': async () => {
        const key = fc.string({ unit: 'binary', maxLength: 12 });
        const value = fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 }) as fc.Arbitrary<Json>;
        let index = 0;
        await fc.assert(
          fc.asyncProperty(fc.dictionary(key, value, { maxKeys: 8 }), async (documents) => {
            const keys = Object.keys(documents);
            index++;
            await write(
              keys.map((each) => doc(each, index, documents[each])),
              at(index),
            );
            const loaded = await store.load(g, P, [...keys, 'not there \u{1f6ab}']);
            expect([...loaded.keys()].sort()).toEqual([...keys].sort());
            for (const each of keys) {
              const found = loaded.get(each);
              expect([found?.key, found?.index]).toEqual([each, index]);
              expect(canonical(found?.value ?? null)).toBe(canonical(documents[each] ?? null));
            }
          }),
          { numRuns: 50 },
        );
        const all = await store.list(g, P);
        expect(all.map((each) => each.key)).toEqual(all.map((each) => each.key).sort());
      },

      'a list gives the keys that begin with a prefix, in the order of UTF-16 code units': async () => {
        const keys = [
          '',
          'a',
          'a/',
          'a/1',
          'a/10',
          'a/2',
          'a0',
          'A/1',
          'a/\u{1f600}',
          'a/\uffee',
          'a/%',
          'a/_',
          'b',
        ];
        await write(
          keys.map((key, n) => doc(key, n)),
          at(keys.length),
        );
        const found = async (prefix?: string) => (await store.list(g, P, prefix)).map(({ key }) => key);
        expect(await found('a/')).toEqual([
          'a/',
          'a/%',
          'a/1',
          'a/10',
          'a/2',
          'a/_',
          'a/\u{1f600}',
          'a/\uffee',
        ]);
        expect(await found('a/1')).toEqual(['a/1', 'a/10']);
        expect(await found('c')).toEqual([]);
        expect(await found()).toEqual([...keys].sort());
        expect(await store.list(g, 'batu.2023')).toEqual([]);
      },

      'a document is written only over one with a lower index': async () => {
        await write([doc('a', 5, 'first')], at(5));
        await write([doc('a', 4, 'older')], at(6));
        await write([doc('a', 5, 'first')], at(7));
        expect(await listed()).toEqual(['a 5 "first"']);
        await write([doc('a', 8, 'newer')], at(8));
        expect(await listed()).toEqual(['a 8 "newer"']);
      },

      'a removed document is not found, and what was before it cannot bring it back': async () => {
        await write([doc('a', 1), doc('b', 1)], at(1));
        await write([tombstone('a', 3)], at(3));
        expect((await store.load(g, P, ['a', 'b'])).size).toBe(1);
        expect(await listed()).toEqual(['b 1 "b@1"']);
        await write([doc('a', 2), doc('a', 3)], at(4));
        expect(await listed()).toEqual(['b 1 "b@1"']);
        await write([doc('a', 5)], at(5));
        expect(await listed()).toEqual(['a 5 "a@5"', 'b 1 "b@1"']);
      },

      'a marker only moves forward; one of an equal index sets and clears why it stopped': async () => {
        expect(await store.marker(g, P)).toEqual(NO_MARKER);
        const stopped = { index: 6, error: 'cannot be "folded"\nat all' };
        await write([], at(5));
        await write([], at(4, stopped));
        expect(await store.marker(g, P)).toEqual(at(5));
        await write([], at(5, stopped));
        expect(await store.marker(g, P)).toEqual(at(5, stopped));
        await write([], at(5));
        expect(await store.marker(g, P)).toEqual(at(5));
        await write([], { index: 9, position: '123456789012345678901' });
        expect(await store.marker(g, P)).toEqual({ index: 9, position: '123456789012345678901' });
        await write([], at(-1, { index: 0, error: 'at once' }), 'batu.2023');
        expect(await store.marker(g, 'batu.2023')).toEqual({
          index: -1,
          position: '0',
          stopped: { index: 0, error: 'at once' },
        });
      },

      'a marker that stands before where the writer left it is noticed, and stays there': async () => {
        await write([doc('a', 3)], at(3));
        await expect(write([doc('a', 9)], at(9), P, g, 4)).rejects.toThrow(ViewStoreMoved);
        await expect(write([], at(2), P, g, 4)).rejects.toThrow(ViewStoreMoved);
        await expect(write([doc('b', 9)], at(9), 'batu.2023', g, 0)).rejects.toThrow(ViewStoreMoved);
        expect(await store.markers(g)).toEqual(new Map([[P, at(3)]]));
        await expect(
          store.commit([
            { generation: g, programme: 'batu.2023', documents: [], after: -1, marker: at(0) },
            { generation: g, programme: P, documents: [doc('c', 9)], after: 8, marker: at(9) },
          ]),
        ).rejects.toMatchObject({ generation: g, programme: P, known: 8, found: 3 });
        // From where it stands, or behind it, one goes on.
        await write([doc('b', 4)], at(4), P, g, 3);
        await write([doc('b', 5)], at(5), P, g, 3);
        expect(await store.marker(g, P)).toEqual(at(5));
      },

      'programmes, views and generations are apart': async () => {
        const budget = await store.building('budget', 1);
        await store.commit([
          { generation: g, programme: P, documents: [doc('a', 1, 'of malang')], after: -1, marker: at(1) },
          {
            generation: g,
            programme: 'batu.2023',
            documents: [doc('a', 2, 'of batu')],
            after: -1,
            marker: at(2),
          },
          {
            generation: budget,
            programme: P,
            documents: [doc('a', 3, 'of the budget')],
            after: -1,
            marker: at(3),
          },
        ]);
        expect(await listed()).toEqual(['a 1 "of malang"']);
        expect(await listed('batu.2023')).toEqual(['a 2 "of batu"']);
        expect(await listed(P, budget)).toEqual(['a 3 "of the budget"']);
        expect(await store.markers(g)).toEqual(
          new Map([
            [P, at(1)],
            ['batu.2023', at(2)],
          ]),
        );
        expect(await store.markers(g, ['batu.2023', 'lain.2023'])).toEqual(new Map([['batu.2023', at(2)]]));
        expect(await store.markers(g, [])).toEqual(new Map());
        await store.swap('actions', g);
        const beside = await store.building('actions', 1);
        expect(await listed(P, beside)).toEqual([]);
        expect(await store.markers(beside)).toEqual(new Map());
      },

      'a batch of thousands, and a document of a megabyte': async () => {
        const many = Array.from({ length: 5_000 }, (_, n) => doc(`k${String(n).padStart(5, '0')}`, n));
        await write([...many, doc('large', 5_000, 'x'.repeat(1_000_000))], at(5_000));
        expect((await store.list(g, P, 'k')).map(({ key }) => key)).toEqual(many.map(({ key }) => key));
        expect(
          (
            await store.load(
              g,
              P,
              many.map(({ key }) => key),
            )
          ).size,
        ).toBe(5_000);
        expect((await store.load(g, P, ['large'])).get('large')?.value).toHaveLength(1_000_000);
      },

      'everything is there after a restart': async () => {
        await write([doc('a', 1), doc('b', 1)], at(1));
        await store.swap('actions', g);
        await write([tombstone('b', 2)], at(2, { index: 3, error: 'stopped' }));
        const beside = await store.building('actions', 2);
        await write([doc('c', 1)], at(1), P, beside);
        await fixture.reopen();
        store = fixture.store;
        expect(await store.current('actions', 1)).toBe(g);
        expect(await store.building('actions', 2)).toBe(beside);
        expect(await listed()).toEqual(['a 1 "a@1"']);
        expect(await listed(P, beside)).toEqual(['c 1 "c@1"']);
        expect(await store.marker(g, P)).toEqual(at(2, { index: 3, error: 'stopped' }));
        await write([doc('b', 1)], at(2));
        expect(await listed()).toEqual(['a 1 "a@1"']);
      },
    };
    contractTests(tests, skips);
  });
}
