import { type AnyView, type Catalogue, type ProgrammeReader } from '@jejak/core';
import { MemoryDocuments } from '@jejak/views';
import { LRUCache } from 'lru-cache';

/** A programme's documents as they were when an event had just happened. */
export interface PastState {
  readonly documents: MemoryDocuments;
  /** index of the last event folded in; -1 when none is */
  readonly index: number;
}

/** Up to which event the past is meant: an index, or every event recorded up to a moment (ISO, UTC). */
export type KnownAt = { readonly index: number } | { readonly moment: string };

export interface PastOptions {
  readonly log: ProgrammeReader;
  readonly views: readonly AnyView[];
  readonly catalogue: Catalogue;
  /** states kept */
  readonly kept: number;
}

/** States that wait to be folded. */
const MOST_WAITING = 50;

/** More of the past was asked for than can be folded in a reasonable time. */
export class PastBusy extends Error {
  readonly code = 'past-busy';
  constructor() {
    super(`${String(MOST_WAITING)} states of the past are waiting to be folded`);
  }
}

/** Folds documents in memory, up to any event: what was known then. The states lately asked for are kept. */
export class Past {
  private readonly kept: LRUCache<string, Promise<PastState>>;
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(private readonly options: PastOptions) {
    this.kept = new LRUCache({ max: options.kept });
  }

  /**
   * The documents of some views of a programme as of then.
   *
   * @throws PastBusy; UnknownEvent, and what a fold throws
   */
  at(programme: string, views: readonly string[], known: KnownAt): Promise<PastState> {
    const names = [...views].sort();
    const key = JSON.stringify([programme, names, known]);
    let state = this.kept.get(key);
    if (state === undefined) {
      if (this.waiting >= MOST_WAITING) return Promise.reject(new PastBusy());
      this.waiting++;
      // One at a time: a long history leaves the thread between pages, and none needs two of them in memory at once.
      state = this.last.then(
        () => this.fold(programme, names, known),
        () => this.fold(programme, names, known),
      );
      this.last = state.catch(() => undefined).finally(() => this.waiting--);
      this.kept.set(key, state);
      state.catch(() => this.kept.delete(key));
    }
    return state;
  }

  private async fold(programme: string, names: readonly string[], known: KnownAt): Promise<PastState> {
    const { log, views, catalogue } = this.options;
    const documents = new MemoryDocuments(views.filter(({ name }) => names.includes(name)));
    const toIndex = 'index' in known ? known.index : undefined;
    let index = -1;
    for await (const page of log.readProgramme(programme, 0, toIndex)) {
      // Everything before the programme's first event recorded after the moment.
      const after = 'moment' in known ? page.findIndex(({ event }) => event.recordedAt > known.moment) : -1;
      const seen = after === -1 ? page : page.slice(0, after);
      documents.fold(seen.map((recorded) => ({ ...recorded, event: catalogue.upcast(recorded.event) })));
      index = seen.at(-1)?.index ?? index;
      if (after !== -1) break;
    }
    return { documents, index };
  }
}
