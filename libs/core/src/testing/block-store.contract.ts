import fc from 'fast-check';
import { canonical } from '../canonical';
import type { Envelope, ProgrammeEvent } from '../envelope';
import type { Json } from '../json';
import { type BlockStore, BlockStoreMoved } from '../ports/block-store';
import { contractTests, type Skips } from './contract';
import { anyJson, asStored, collect, freshProgramme, newEvent, streamOf } from './log-fixture';

/** A block store under test. */
export interface BlockStoreFixture {
  /** the store as it is open now; another one after `reopen` */
  readonly store: BlockStore;
  reopen(): Promise<void>;
  /** Keeps what is stored now; calling the result brings it back, as restoring a backup does. */
  backup?(): Promise<() => Promise<void>>;
  /** Loses the last events of a programme, and nothing else. */
  lose?(programme: string, count: number): Promise<void>;
  close(): Promise<void>;
}
export type MakeBlockStore = () => Promise<BlockStoreFixture>;

/** Events of a programme as the log would give them, from index 0. */
function eventsOf(programme: string, data: readonly Json[]): readonly ProgrammeEvent[] {
  const stream = streamOf(programme);
  const moment = Date.parse('2023-06-12T02:00:00.000Z');
  return data.map((each, index) => ({
    event: asStored(stream, index, moment, newEvent(programme, each)),
    // Far apart, and longer than a number is exact.
    position: String(10n ** 18n + BigInt(index) * 129n),
    index,
  }));
}

const counted = (programme: string, count: number): readonly ProgrammeEvent[] =>
  eventsOf(
    programme,
    Array.from({ length: count }, (_, n) => ({ n })),
  );

const bytes = ({ event }: { readonly event: Envelope }): string => canonical(event as unknown as Json);

/** Everything that the port BlockStore promises, tested on an adapter. */
export function blockStoreContract(
  name: string,
  make: MakeBlockStore,
  options: { readonly skips?: Skips } = {},
): void {
  describe(`the block store of ${name}`, () => {
    let made: BlockStoreFixture | undefined;
    const fixture = (): BlockStoreFixture => {
      if (made === undefined) throw new Error('there is no store to test');
      return made;
    };
    const store = () => fixture().store;
    beforeAll(async () => {
      made = await make();
    });
    afterAll(() => made?.close());

    const all = (programme: string) => collect(store().readProgramme(programme, 0));

    const tests = {
      'what was written is read by index, in any range, with the same bytes': async () => {
        const programme = freshProgramme();
        // JSON knows no -0.
        const data = fc.sample(anyJson, 60).map((each) => JSON.parse(JSON.stringify(each)) as Json);
        const events = eventsOf(programme, data);
        for (let from = 0; from < events.length; from += 7) await store().write(events.slice(from, from + 7));
        await fixture().reopen();
        const back = await all(programme);
        expect(back.map(bytes)).toEqual(events.map(bytes));
        expect(back).toEqual(events);
        await fc.assert(
          fc.asyncProperty(fc.nat(70), fc.option(fc.nat(70), { nil: undefined }), async (from, to) => {
            const read = await collect(store().readProgramme(programme, from, to));
            expect(read).toEqual(events.slice(from, (to ?? 60) + 1));
          }),
          { numRuns: 50 },
        );
      },

      'a write holds several programmes': async () => {
        const [a, b] = [freshProgramme(), freshProgramme()] as const;
        const [ofA, ofB] = [counted(a, 5), counted(b, 3)];
        await store().write([...ofA.slice(0, 2), ...ofB.slice(0, 1), ...ofA.slice(2), ...ofB.slice(1)]);
        expect(await all(a)).toEqual(ofA);
        expect(await all(b)).toEqual(ofB);
        expect(await all(freshProgramme())).toEqual([]);
        await store().write([]);
      },

      'runs of any length, again and over one another, are kept once': async () => {
        await fc.assert(
          fc.asyncProperty(
            fc.array(fc.tuple(fc.nat(29), fc.integer({ min: 1, max: 12 })), { maxLength: 25 }),
            async (runs) => {
              const programme = freshProgramme();
              const events = counted(programme, 42);
              let kept = 0;
              for (const [start, length] of runs) {
                const run = events.slice(start, start + length);
                const wrote = await store()
                  .write(run)
                  .catch((error: unknown) => error);
                if (start > kept) expect(wrote).toBeInstanceOf(BlockStoreMoved);
                else kept = Math.max(kept, start + length);
                expect((await store().head(programme))?.index ?? -1).toBe(kept - 1);
              }
              expect(await all(programme)).toEqual(events.slice(0, kept));
              const from = Math.floor(kept / 2);
              expect(await collect(store().readProgramme(programme, from, from + 3))).toEqual(
                events.slice(from, Math.min(kept, from + 4)),
              );
            },
          ),
          { numRuns: 40 },
        );
      },

      'two writers with pages of their own at once leave one history': async () => {
        const programme = freshProgramme();
        const events = counted(programme, 200);
        const writer = async (length: number): Promise<void> => {
          for (let from = 0; from < events.length; from += length)
            await store().write(events.slice(from, from + length));
        };
        await Promise.all([writer(3), writer(7), writer(20)]);
        expect(await all(programme)).toEqual(events);
      },

      'a run that would leave a gap is refused': async () => {
        const programme = freshProgramme();
        const events = counted(programme, 9);
        await expect(store().write(events.slice(1, 3))).rejects.toThrow(BlockStoreMoved);
        expect(await all(programme)).toEqual([]);
        await store().write(events.slice(0, 4));
        await expect(store().write(events.slice(5))).rejects.toThrow(BlockStoreMoved);
        expect(await all(programme)).toEqual(events.slice(0, 4));
        expect(await collect(store().readProgramme(programme, 4))).toEqual([]);
      },

      'a head is where its programme ends': async () => {
        const [a, b] = [freshProgramme(), freshProgramme()] as const;
        expect(await store().head(a)).toBeUndefined();
        const [ofA, ofB] = [counted(a, 12), counted(b, 1)];
        await store().write(ofA.slice(0, 5));
        await store().write([...ofA.slice(5), ...ofB]);
        const heads = [
          { programme: a, index: 11, position: ofA[11]?.position },
          { programme: b, index: 0, position: ofB[0]?.position },
        ];
        expect(await store().head(a)).toEqual(heads[0]);
        const found = await store().heads();
        expect(found).toEqual(expect.arrayContaining(heads));
        expect(new Set(found.map(({ programme }) => programme)).size).toBe(found.length);
      },

      'events as large as they may be, a hundred in a write, come back': async () => {
        const programme = freshProgramme();
        const text = 'x'.repeat(255 * 1024);
        const events = eventsOf(
          programme,
          Array.from({ length: 100 }, (_, n) => ({ n, text })),
        );
        await store().write(events);
        let next = 0;
        for await (const page of store().readProgramme(programme, 0)) {
          for (const recorded of page) expect(recorded).toEqual(events[next++]);
        }
        expect(next).toBe(100);
      },

      'a checkpoint takes the place of the one that its writer knows': async () => {
        const known = (await store().checkpoint())?.position;
        const first = { position: '1000000000000000000', indexes: { 'a.2023': 1 } };
        await store().saveCheckpoint(known, first);
        expect(await store().checkpoint()).toEqual(first);
        const second = { position: '1000000000000000129', indexes: { 'a.2023': 2, installation: 0 } };
        await expect(store().saveCheckpoint(undefined, second)).rejects.toThrow(BlockStoreMoved);
        await expect(store().saveCheckpoint('7', second)).rejects.toThrow(BlockStoreMoved);
        expect(await store().checkpoint()).toEqual(first);
        const racing = await Promise.allSettled(
          Array.from({ length: 8 }, () => store().saveCheckpoint(first.position, second)),
        );
        expect(racing.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        await fixture().reopen();
        expect(await store().checkpoint()).toEqual(second);
      },
    };
    contractTests(tests, options.skips);
  });
}
