import { LRUCache } from 'lru-cache';
import type { Envelope, ProgrammeEvent } from './envelope';
import type { Catalogue } from './event-types';
import type { Json } from './json';
import type { ProgrammeReader } from './ports/event-log';
import { NO_MARKER, type DocumentWrite, type Marker, type ViewDocument, type ViewStore, type ViewWrite } from './ports/view-store';

/**
 * What people read, as a pure fold of a programme's events into documents.
 *
 * `E` is what the log holds; `D` is the document, any JSON.
 */
export interface View<D = unknown, E extends Envelope = Envelope> {
  readonly name: string;
  /** goes up when the fold changes: the view is then rebuilt beside the old one and swapped */
  readonly version: number;
  /** the keys of the documents that an event touches, each once; from the event and its index alone */
  keys(event: E, index: number): readonly string[];
  /**
   * The document after an event; undefined removes it. May change `document` in place: the runner owns it and
   * shares it with nobody.
   */
  fold(document: D | undefined, recorded: ProgrammeEvent<E>, key: string): D | undefined;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the runner hands each view only its own documents
export type AnyView = View<any, any>;

/** A fold in memory, from nothing: for history, for tests, and to check what is stored. */
export function foldView<D>(
  view: View<D>,
  events: Iterable<ProgrammeEvent>,
  documents = new Map<string, { index: number; value: D }>(),
): Map<string, { index: number; value: D }> {
  for (const recorded of events) {
    for (const key of view.keys(recorded.event, recorded.index)) {
      const value = view.fold(documents.get(key)?.value, recorded, key);
      if (value === undefined) documents.delete(key);
      else documents.set(key, { index: recorded.index, value });
    }
  }
  return documents;
}

export interface ViewRunnerOptions {
  readonly views: readonly AnyView[];
  readonly store: ViewStore;
  readonly log: ProgrammeReader;
  readonly catalogue: Catalogue;
  /** build every view from nothing, beside the one that is read, and swap it in */
  readonly beside?: boolean;
  /** documents kept in memory between batches, over all views */
  readonly cachedDocuments?: number;
  /** told after each commit, with the markers that moved */
  readonly onMoved?: (view: string, programme: string, marker: Marker) => void;
}

interface Slot {
  readonly view: AnyView;
  readonly generation: string;
  readonly markers: Map<string, Marker>;
  ready: boolean;
}

interface Held {
  index: number;
  value: unknown;
}

/** Keeps views up to date: folds batches in memory, writes each changed document once, then the marker. */
export class ViewRunner {
  private slots: readonly Slot[] = [];
  private readonly documents: LRUCache<string, Held>;

  constructor(private readonly options: ViewRunnerOptions) {
    this.documents = new LRUCache({ max: options.cachedDocuments ?? 20_000 });
  }

  /**
   * Finds or begins the generation of every view, and folds in what the log has and they have not. A view of a new
   * version becomes readable at the end of it.
   *
   * @param signal ends the catching up early, between two pages
   * @param onProgress events folded so far, of how many
   */
  async start(signal?: AbortSignal, onProgress?: (done: number, total: number) => void): Promise<void> {
    const { views, store, log, beside } = this.options;
    this.slots = await Promise.all(
      views.map(async (view) => {
        if (beside === true) await store.abandon(view.name);
        const current = beside === true ? undefined : await store.current(view.name, view.version);
        const generation = current ?? (await store.building(view.name, view.version));
        const markers = new Map(await store.markers(generation));
        // A stopped view is tried again: the fix may be in this version.
        for (const [programme, { index, position }] of markers) markers.set(programme, { index, position });
        return { view, generation, markers, ready: current !== undefined };
      }),
    );
    const heads = await log.heads();
    const total = heads.reduce((sum, head) => sum + head.index + 1, 0);
    let done = 0;
    for (const head of heads) {
      if (signal?.aborted === true) return;
      await this.catchUp(head.programme, head.index, signal);
      done += head.index + 1;
      onProgress?.(done, total);
    }
    if (signal?.aborted === true) return;
    for (const slot of this.slots) {
      if (slot.ready) continue;
      await store.swap(slot.view.name, slot.generation);
      slot.ready = true;
    }
  }

  /** Folds a batch in, of any programmes. Events that came before are passed over; a gap is read from the log. */
  async apply(batch: readonly ProgrammeEvent[]): Promise<void> {
    for (const [programme, events] of byProgramme(batch)) {
      const from = this.next(programme);
      if (from === undefined) continue;
      const page = events.filter((recorded) => recorded.index >= from);
      const last = page.at(-1);
      if (last === undefined) continue;
      if (isRun(page, from)) await this.foldPage(programme, page);
      else await this.catchUp(programme, Math.max(...page.map((recorded) => recorded.index)));
    }
  }

  /** The views' markers of a programme, by view name. */
  markers(programme: string): ReadonlyMap<string, Marker> {
    return new Map(this.slots.map((slot) => [slot.view.name, markerOf(slot, programme)]));
  }

  private async catchUp(programme: string, toIndex: number, signal?: AbortSignal): Promise<void> {
    const from = this.next(programme);
    if (from === undefined || from > toIndex) return;
    for await (const page of this.options.log.readProgramme(programme, from, toIndex)) {
      if (signal?.aborted === true) return;
      await this.foldPage(programme, page);
    }
  }

  /** The lowest index that some view has not folded; undefined when all of them are stopped. */
  private next(programme: string): number | undefined {
    let lowest: number | undefined;
    for (const slot of this.slots) {
      const marker = markerOf(slot, programme);
      if (marker.stopped === undefined && (lowest === undefined || marker.index < lowest)) lowest = marker.index;
    }
    return lowest === undefined ? undefined : lowest + 1;
  }

  private async foldPage(programme: string, page: readonly ProgrammeEvent[]): Promise<void> {
    const writes: { slot: Slot; write: ViewWrite }[] = [];
    const newest: (ProgrammeEvent | Error)[] = page.map((recorded) => {
      try {
        return { ...recorded, event: this.options.catalogue.upcast(recorded.event) };
      } catch (error) {
        return error as Error;
      }
    });
    try {
      for (const slot of this.slots) {
        const marker = markerOf(slot, programme);
        const skip = marker.index + 1 - (page[0] as ProgrammeEvent).index;
        if (marker.stopped !== undefined || skip >= page.length) continue;
        const write = await this.foldSlot(slot, programme, marker, newest.slice(skip), page.slice(skip));
        writes.push({ slot, write });
      }
      if (writes.length === 0) return;
      await this.options.store.commit(writes.map(({ write }) => write));
    } catch (error) {
      // What is in memory may be ahead of the store: forget it, and fold again from the markers.
      this.documents.clear();
      throw error;
    }
    for (const { slot, write } of writes) {
      slot.markers.set(programme, write.marker);
      this.options.onMoved?.(slot.view.name, programme, write.marker);
    }
  }

  private async foldSlot(
    slot: Slot,
    programme: string,
    marker: Marker,
    newest: readonly (ProgrammeEvent | Error)[],
    page: readonly ProgrammeEvent[],
  ): Promise<ViewWrite> {
    const { view, generation } = slot;
    const prefix = `${generation} ${programme} `;
    const held = new Map<string, Held>();
    const missing: string[] = [];
    for (const recorded of newest) {
      if (recorded instanceof Error) break;
      for (const key of view.keys(recorded.event, recorded.index)) {
        if (held.has(key)) continue;
        const cached = this.documents.get(prefix + key);
        held.set(key, cached ?? { index: -1, value: undefined });
        if (cached === undefined) missing.push(key);
      }
    }
    if (missing.length > 0 && marker.index >= 0) {
      const loaded: ReadonlyMap<string, ViewDocument> = await this.options.store.load(generation, programme, missing);
      for (const [key, document] of loaded) held.set(key, { index: document.index, value: document.value });
    }
    const dirty = new Set<string>();
    let last = marker;
    for (const [n, recorded] of newest.entries()) {
      const { index, position } = page[n] as ProgrammeEvent;
      try {
        if (recorded instanceof Error) throw recorded;
        for (const key of view.keys(recorded.event, recorded.index)) {
          const document = held.get(key) as Held;
          document.value = view.fold(document.value, recorded, key);
          document.index = index;
          dirty.add(key);
        }
      } catch (error) {
        // The fold may have stopped halfway through a document: fold what came before it again, from the store.
        for (const key of held.keys()) this.documents.delete(prefix + key);
        const stopped = { index, error: error instanceof Error ? error.message : String(error) };
        const sound = await this.foldSlot(slot, programme, marker, newest.slice(0, n), page.slice(0, n));
        return { ...sound, marker: { ...sound.marker, stopped } };
      }
      last = { index, position };
    }
    const documents: DocumentWrite[] = [];
    for (const key of dirty) {
      const document = held.get(key) as Held;
      this.documents.set(prefix + key, document);
      documents.push({ key, index: document.index, value: document.value as Json | undefined });
    }
    return { generation, programme, documents, marker: last };
  }
}

function markerOf(slot: Slot, programme: string): Marker {
  return slot.markers.get(programme) ?? NO_MARKER;
}

function isRun(events: readonly ProgrammeEvent[], from: number): boolean {
  return events.every((recorded, n) => recorded.index === from + n);
}

/** The events by programme, each in the order they came. */
export function byProgramme(events: readonly ProgrammeEvent[]): Map<string, ProgrammeEvent[]> {
  const groups = new Map<string, ProgrammeEvent[]>();
  for (const recorded of events) {
    const group = groups.get(recorded.event.programme);
    if (group === undefined) groups.set(recorded.event.programme, [recorded]);
    else group.push(recorded);
  }
  return groups;
}
