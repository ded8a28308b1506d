import type { Marker, OpenedGeneration, ViewDocument, ViewStore, ViewWrite } from '../ports/view-store';

/** A view store that goes wrong where a test wants it to, in front of one that works. */
export class BrokenViewStore implements ViewStore {
  /** what a commit does in place of the real one, which it is handed */
  onCommit: ((writes: readonly ViewWrite[], commit: ViewStore['commit']) => Promise<void>) | undefined;
  /** told which markers were asked for */
  onMarkers: ((generation: string, programmes: readonly string[] | undefined) => void) | undefined;
  /** commits asked for so far */
  commits = 0;

  constructor(private readonly inner: () => ViewStore) {}

  current(view: string, version: number): Promise<string | undefined> {
    return this.inner().current(view, version);
  }

  open(view: string, version: number): Promise<OpenedGeneration> {
    return this.inner().open(view, version);
  }

  building(view: string, version: number, insteadOf?: string): Promise<string> {
    return this.inner().building(view, version, insteadOf);
  }

  swap(view: string, generation: string): Promise<void> {
    return this.inner().swap(view, generation);
  }

  marker(generation: string, programme: string): Promise<Marker> {
    return this.inner().marker(generation, programme);
  }

  markers(generation: string, programmes?: readonly string[]): Promise<ReadonlyMap<string, Marker>> {
    this.onMarkers?.(generation, programmes);
    return this.inner().markers(generation, programmes);
  }

  load(
    generation: string,
    programme: string,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, ViewDocument>> {
    return this.inner().load(generation, programme, keys);
  }

  list(generation: string, programme: string, prefix?: string): Promise<readonly ViewDocument[]> {
    return this.inner().list(generation, programme, prefix);
  }

  commit(writes: readonly ViewWrite[]): Promise<void> {
    this.commits++;
    const commit: ViewStore['commit'] = (some) => this.inner().commit(some);
    return this.onCommit === undefined ? commit(writes) : this.onCommit(writes, commit);
  }

  async close(): Promise<void> {
    return;
  }
}

/** The ways in which a crash can interrupt a commit; the last is that of a store without transactions. */
export const crashes = {
  'before anything was written': async () => {
    throw new Error('crash');
  },
  'after everything was written': async (writes, commit) => {
    await commit(writes);
    throw new Error('crash');
  },
  'after the first document': async (writes, commit) => {
    const [first] = writes;
    if (first !== undefined)
      await commit([{ ...first, documents: first.documents.slice(0, 1), marker: UNMOVED }]);
    throw new Error('crash');
  },
  'after the documents, before the markers': async (writes, commit) => {
    await commit(writes.map((write) => ({ ...write, marker: UNMOVED })));
    throw new Error('crash');
  },
  'after the first view': async (writes, commit) => {
    await commit(writes.slice(0, 1));
    throw new Error('crash');
  },
} satisfies Record<string, BrokenViewStore['onCommit']>;

/** Never over another: a marker only moves forward. */
const UNMOVED: Marker = { index: -1, position: '0' };
