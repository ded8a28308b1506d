import { canonical } from '../canonical';
import type { ProgrammeEvent } from '../envelope';
import type { Json } from '../json';
import { ViewRunner, type ViewRunnerOptions } from '../run-view';
import { parseStream, streamName } from '../stream-name';
import { type AnyView, foldView, type View } from '../view';
import { BrokenLog } from './broken-log';
import { BrokenViewStore } from './broken-view-store';
import type { ContractTests } from './contract';
import { toyCatalogue } from './counter';
import { collect, type EventLogFixture, newEvent } from './log-fixture';
import type { ViewStoreFixture } from './view-store.contract';

/** Something that happened to a counter, as a test tells it. */
export interface Happening {
  /** which of the test's programmes */
  readonly programme: number;
  readonly type: 'Added' | 'Reset' | 'LimitSet';
  readonly code: string;
  readonly by: number;
}

interface CounterDocument {
  total: number;
  readonly adds: number[];
}

/** One document for each counter, changed in place, and gone when the counter is reset. */
export const countersView: View<CounterDocument> = {
  name: 'counters',
  version: 1,
  keys: ({ stream }) => (stream.startsWith('counter-') ? [parseStream(stream).code] : []),
  fold: (document = { total: 0, adds: [] }, { event, index }) => {
    if (event.type === 'Reset') return undefined;
    document.total += (event.data as { by: number }).by;
    document.adds.push(index);
    return document;
  },
};

/** A document for each event, and one that every event changes. */
export const journalView: View = {
  name: 'journal',
  version: 1,
  keys: (_event, index) => [`entry/${String(index).padStart(5, '0')}`, 'count'],
  fold: (document, { event }, key) =>
    key === 'count' ? ((document as number | undefined) ?? 0) + 1 : { type: event.type, id: event.id },
};

/** A view that few events touch. */
export const limitView: View<{ limit: number; changes: number }> = {
  name: 'limit',
  version: 1,
  keys: ({ type }) => (type === 'LimitSet' ? ['limit'] : []),
  fold: (document, { event }) => ({
    limit: (event.data as { limit: number }).limit,
    changes: (document?.changes ?? 0) + 1,
  }),
};

export const toyViews: readonly AnyView[] = [countersView, journalView, limitView];

/** The view with a fold that cannot take some events: it breaks off in the middle of its document. */
export function poisoned(view: AnyView, isPoison: (recorded: ProgrammeEvent) => boolean): AnyView {
  return {
    ...view,
    fold: (document: unknown, recorded, key) => {
      const next: unknown = view.fold(document, recorded, key);
      if (isPoison(recorded)) throw new Error(`cannot fold ${String(recorded.index)}`);
      return next;
    },
  };
}

/** What each test of run-view has: programmes of its own, an empty store that may go wrong, and a log. */
export interface ViewsUnderTest {
  readonly log: BrokenLog;
  readonly store: BrokenViewStore;
  readonly programmes: readonly string[];
  /** how many random series a test plays */
  readonly series: number;
  /** The same again, for a test that needs many. */
  fresh(): Promise<ViewsUnderTest>;
  /** A new runner, as after a restart. */
  runner(options?: Partial<ViewRunnerOptions>): ViewRunner;
  /** Appends to the log; gives all that its programmes hold, in the log's order. */
  happen(happenings: readonly Partial<Happening>[]): Promise<readonly ProgrammeEvent[]>;
  /** The documents of the current generation, by key: `key index json`. */
  stored(view: AnyView, programme: string): Promise<readonly string[]>;
  /** Closes the store and opens it again. */
  reopen(): Promise<void>;
  /** Keeps what is stored now; calling the result brings it back. */
  backup(): Promise<() => Promise<void>>;
}

export type ViewTests = (under: () => ViewsUnderTest) => ContractTests;

/** What a view's documents must be: a fold of these events alone. */
export function pure(view: AnyView, programme: string, events: readonly ProgrammeEvent[]): readonly string[] {
  const own = events.filter(({ event }) => event.programme === programme);
  const documents = foldView<unknown>(view, structuredClone(own));
  return [...documents]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { index, value }]) => line(key, index, value));
}

const line = (key: string, index: number, value: unknown) =>
  `${key} ${String(index)} ${canonical(value as Json)}`;

/** What a test has, over a log and a store that are empty. */
export function viewsUnderTest(
  log: EventLogFixture,
  store: ViewStoreFixture,
  series: number,
  fresh: () => Promise<ViewsUnderTest>,
): ViewsUnderTest {
  const reader = new BrokenLog(() => log.log);
  const broken = new BrokenViewStore(() => store.store);
  const programmes = ['malang.2023', 'batu.2023'];
  const revisions = new Map<string, number>();
  return {
    log: reader,
    store: broken,
    programmes,
    series,
    fresh,
    reopen: () => store.reopen(),
    backup: async () => {
      if (store.backup === undefined) throw new Error('the fixture can bring nothing back');
      return store.backup();
    },
    runner: (options) =>
      new ViewRunner({ views: toyViews, store: broken, log: reader, catalogue: toyCatalogue, ...options }),
    happen: async (happenings) => {
      for (const { programme = 0, type = 'Added', code = 'a', by = 1 } of happenings) {
        const name = programmes[programme]!;
        const stream = streamName(
          type === 'LimitSet' ? 'limit' : 'counter',
          name,
          type === 'LimitSet' ? 'main' : code,
        );
        const last = revisions.get(stream) ?? -1;
        const data = type === 'Added' ? { by, at: '' } : type === 'LimitSet' ? { limit: by } : {};
        await reader.append(stream, last, [{ ...newEvent(name, data), type }]);
        revisions.set(stream, last + 1);
      }
      await log.settled();
      const all = await Promise.all(
        programmes.map((programme) => collect(reader.readProgramme(programme, 0))),
      );
      return all.flat().sort((a, b) => Number(a.position) - Number(b.position));
    },
    stored: async (view, programme) => {
      const generation = await broken.current(view.name, view.version);
      if (generation === undefined) throw new Error(`${view.name} is not ready`);
      const documents = await broken.list(generation, programme);
      return documents.map(({ key, index, value }) => line(key, index, value));
    },
  };
}
