import { LRUCache } from 'lru-cache';
import type { ProgrammeEvent } from './envelope';
import type { Catalogue } from './event-types';
import type { Json } from './json';
import type { DocumentWrite, Marker, ViewStore, ViewWrite } from './ports/view-store';
import type { AnyView } from './view';

interface Held {
  index: number;
  value: unknown;
  /** how often it was met: what is met once only is not worth keeping in memory */
  met: number;
}

/** A generation of a view, which its documents are of. */
export interface Folding {
  readonly view: AnyView;
  readonly generation: string;
}

/** Folds events in memory, on documents that it keeps between batches. What it made is to be written, or forgotten. */
export class ViewFolder {
  private readonly documents: LRUCache<string, Held>;

  /** @param cachedDocuments how many are kept, over all views */
  constructor(
    private readonly store: Pick<ViewStore, 'load'>,
    private readonly catalogue: Catalogue,
    cachedDocuments: number,
  ) {
    this.documents = new LRUCache({ max: cachedDocuments });
  }

  /** Forgets every document: the store has others. */
  clear(): void {
    this.documents.clear();
  }

  /** The event as this version of the software knows it; the error of one that it does not know. */
  upcast(recorded: ProgrammeEvent): ProgrammeEvent | Error {
    try {
      const event = this.catalogue.upcast(recorded.event);
      return event === recorded.event ? recorded : { ...recorded, event };
    } catch (error) {
      return asError(error);
    }
  }

  /**
   * What events make of a view: the documents that changed, and its marker.
   *
   * @param events those behind the marker, without a gap; an error in place of one that cannot be read
   * @throws what the store throws
   */
  async fold(
    folding: Folding,
    programme: string,
    marker: Marker,
    events: readonly (ProgrammeEvent | Error)[],
  ): Promise<ViewWrite> {
    const { view, generation } = folding;
    const prefix = `${generation} ${programme} `;
    const { keys, unreadable } = keysOf(view, events);
    const held = await this.hold(folding, programme, marker, keys);
    const dirty = new Map<string, Held>();
    let last: { readonly index: number; readonly position: string } = marker;
    const stoppedAt = (n: number, error: Error): Marker => ({
      index: last.index,
      position: last.position,
      stopped: { index: marker.index + 1 + n, error: error.message },
    });
    for (const [n, touched] of keys.entries()) {
      const recorded = events[n] as ProgrammeEvent;
      try {
        for (const key of touched) {
          const document = held.get(key) as Held;
          // A crash between documents and marker leaves documents that have this event already.
          if (document.index >= recorded.index) continue;
          document.value = view.fold(document.value, recorded, key) as unknown;
          document.index = recorded.index;
          document.met++;
          dirty.set(key, document);
        }
      } catch (error) {
        // The fold may have stopped halfway through a document: fold what came before it again, from the store.
        for (const key of held.keys()) this.documents.delete(prefix + key);
        const sound = await this.fold(folding, programme, marker, events.slice(0, n));
        return { ...sound, marker: stoppedAt(n, asError(error)) };
      }
      last = recorded;
    }
    const documents: DocumentWrite[] = [];
    for (const [key, document] of dirty) {
      if (document.met > 1) this.documents.set(prefix + key, document);
      documents.push({ key, index: document.index, value: document.value as Json | undefined });
    }
    const { index, position } = last;
    const moved = unreadable === undefined ? { index, position } : stoppedAt(keys.length, unreadable);
    return { generation, programme, documents, after: marker.index, marker: moved };
  }

  /** The documents of those keys: from memory, else from the store, else not there. */
  private async hold(
    { generation }: Folding,
    programme: string,
    marker: Marker,
    keys: readonly (readonly string[])[],
  ): Promise<Map<string, Held>> {
    const prefix = `${generation} ${programme} `;
    const held = new Map<string, Held>();
    const missing: string[] = [];
    for (const touched of keys) {
      for (const key of touched) {
        if (held.has(key)) continue;
        const cached = this.documents.get(prefix + key);
        held.set(key, cached ?? { index: -1, value: undefined, met: 0 });
        if (cached === undefined) missing.push(key);
      }
    }
    if (missing.length > 0 && marker.index >= 0) {
      const loaded = await this.store.load(generation, programme, missing);
      for (const [key, { index, value }] of loaded) held.set(key, { index, value, met: 1 });
    }
    return held;
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** The keys of each event, up to one that cannot be read. */
function keysOf(
  view: AnyView,
  events: readonly (ProgrammeEvent | Error)[],
): { readonly keys: readonly (readonly string[])[]; readonly unreadable?: Error } {
  const keys: (readonly string[])[] = [];
  for (const recorded of events) {
    if (recorded instanceof Error) return { keys, unreadable: recorded };
    try {
      keys.push(view.keys(recorded.event, recorded.index));
    } catch (error) {
      return { keys, unreadable: asError(error) };
    }
  }
  return { keys };
}
