import { LRUCache } from 'lru-cache';
import type { ProgrammeEvent } from './envelope';
import type { Catalogue } from './event-types';
import type { Json } from './json';
import type { Head, ProgrammeReader } from './ports/event-log';
import {
  type DocumentWrite,
  type Marker,
  NO_MARKER,
  type ViewStore,
  type ViewWrite,
} from './ports/view-store';
import type { AnyView } from './view';

export interface ViewRunnerOptions {
  readonly views: readonly AnyView[];
  readonly store: ViewStore;
  readonly log: ProgrammeReader;
  readonly catalogue: Catalogue;
  /** build every view from nothing, beside the one that is read, and swap it in */
  readonly beside?: boolean;
  /** documents kept in memory between batches, over all views */
  readonly cachedDocuments?: number;
  /** told after each commit, with the markers that moved in views that can be read; and of all when one is swapped in */
  readonly onMoved?: (view: string, programme: string, marker: Marker) => void;
}

interface Slot {
  readonly view: AnyView;
  readonly generation: string;
  readonly markers: Map<string, Marker>;
  /** whether readers read this generation */
  ready: boolean;
}

interface Held {
  index: number;
  value: unknown;
}

/** An event in its newest version with the keys it touches, or why it cannot be folded. */
type Folding = { readonly recorded: ProgrammeEvent; readonly keys: readonly string[] } | Error;

/**
 * Keeps views up to date: folds batches in memory, writes each changed document once, then the marker. Call one method
 * at a time.
 *
 * An event that cannot be folded stops its view, for its programme, with everything before it stored; the next start
 * tries it again.
 */
export class ViewRunner {
  private slots: readonly Slot[] = [];
  private readonly documents: LRUCache<string, Held>;

  constructor(private readonly options: ViewRunnerOptions) {
    this.documents = new LRUCache({ max: options.cachedDocuments ?? 20_000 });
  }

  /**
   * Finds or begins the generation of every view, and folds in what the log has and they have not. A view of a new
   * version, or one that has seen more than the log holds, is built anew and becomes readable at the end of it.
   *
   * @param signal ends the catching up early, between two pages
   * @param onProgress events folded so far, of how many
   * @throws what the store and the log throw: start again
   */
  async start(signal?: AbortSignal, onProgress?: (done: number, total: number) => void): Promise<void> {
    const { views, store, log } = this.options;
    const found = await Promise.all(views.map((view) => this.slotOf(view)));
    const heads = await log.heads();
    this.slots = await Promise.all(
      found.map(async (slot) => {
        if (!aheadOf(slot.markers, heads)) return slot;
        await store.abandon(slot.view.name);
        return this.anew(slot.view);
      }),
    );
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
      for (const [programme, marker] of slot.markers)
        this.options.onMoved?.(slot.view.name, programme, marker);
    }
  }

  /**
   * Folds a batch in, of any programmes. Events that came before are passed over; a gap is read from the log.
   *
   * @throws what the store and the log throw: nothing is lost, the next call goes on from the markers
   */
  async apply(batch: readonly ProgrammeEvent[]): Promise<void> {
    for (const [programme, events] of byProgramme(batch)) {
      const from = this.next(programme);
      if (from === undefined) continue;
      const page = events.filter((recorded) => recorded.index >= from);
      if (page.length === 0) continue;
      if (isRun(page, from)) await this.foldPage(programme, page);
      else await this.catchUp(programme, Math.max(...page.map((recorded) => recorded.index)));
    }
  }

  /** The views' markers of a programme, by view name. */
  markers(programme: string): ReadonlyMap<string, Marker> {
    return new Map(this.slots.map((slot) => [slot.view.name, markerOf(slot, programme)]));
  }

  private async slotOf(view: AnyView): Promise<Slot> {
    const { store, beside } = this.options;
    if (beside === true) await store.abandon(view.name);
    const current = beside === true ? undefined : await store.current(view.name, view.version);
    if (current === undefined) return this.anew(view);
    return { view, generation: current, markers: untried(await store.markers(current)), ready: true };
  }

  private async anew(view: AnyView): Promise<Slot> {
    const { store } = this.options;
    const generation = await store.building(view.name, view.version);
    return { view, generation, markers: untried(await store.markers(generation)), ready: false };
  }

  private async catchUp(programme: string, toIndex: number, signal?: AbortSignal): Promise<void> {
    const from = this.next(programme);
    if (from === undefined || from > toIndex) return;
    for await (const page of this.options.log.readProgramme(programme, from, toIndex)) {
      if (signal?.aborted === true) return;
      if (page.length > 0) await this.foldPage(programme, page);
    }
  }

  /** The lowest index that some view has not folded; undefined when all of them are stopped. */
  private next(programme: string): number | undefined {
    let lowest: number | undefined;
    for (const slot of this.slots) {
      const marker = markerOf(slot, programme);
      if (marker.stopped === undefined && (lowest === undefined || marker.index < lowest))
        lowest = marker.index;
    }
    return lowest === undefined ? undefined : lowest + 1;
  }

  private async foldPage(programme: string, page: readonly ProgrammeEvent[]): Promise<void> {
    const writes: { slot: Slot; write: ViewWrite }[] = [];
    const newest = page.map((recorded) => this.upcast(recorded));
    try {
      for (const slot of this.slots) {
        const marker = markerOf(slot, programme);
        const skip = marker.index + 1 - (page[0] as ProgrammeEvent).index;
        if (marker.stopped !== undefined || skip >= page.length) continue;
        const foldings = newest.slice(skip).map((recorded) => folding(slot.view, recorded));
        writes.push({ slot, write: await this.foldSlot(slot, programme, marker, foldings) });
      }
      if (writes.length === 0) return;
      await this.options.store.commit(writes.map(({ write }) => write));
    } catch (error) {
      // What is in memory may be ahead of the store: forget it, and fold again from the markers.
      this.documents.clear();
      throw error;
    }
    for (const { slot, write } of writes) slot.markers.set(programme, write.marker);
    for (const { slot, write } of writes) {
      if (slot.ready) this.options.onMoved?.(slot.view.name, programme, write.marker);
    }
  }

  private upcast(recorded: ProgrammeEvent): ProgrammeEvent | Error {
    try {
      const event = this.options.catalogue.upcast(recorded.event);
      return event === recorded.event ? recorded : { ...recorded, event };
    } catch (error) {
      return asError(error);
    }
  }

  /** @param foldings the events behind the marker, without a gap */
  private async foldSlot(
    slot: Slot,
    programme: string,
    marker: Marker,
    foldings: readonly Folding[],
  ): Promise<ViewWrite> {
    const { view, generation } = slot;
    const prefix = `${generation} ${programme} `;
    const held = await this.hold(slot, programme, marker, foldings);
    const dirty = new Map<string, Held>();
    let last = marker;
    for (const [n, one] of foldings.entries()) {
      try {
        if (one instanceof Error) throw one;
        const { recorded, keys } = one;
        for (const key of keys) {
          const document = held.get(key) as Held;
          // A crash between documents and marker leaves documents that have this event already.
          if (document.index >= recorded.index) continue;
          document.value = view.fold(document.value, recorded, key) as unknown;
          document.index = recorded.index;
          dirty.set(key, document);
        }
        last = { index: recorded.index, position: recorded.position };
      } catch (error) {
        // The fold may have stopped halfway through a document: fold what came before it again, from the store.
        for (const key of held.keys()) this.documents.delete(prefix + key);
        const sound = await this.foldSlot(slot, programme, marker, foldings.slice(0, n));
        const stopped = { index: marker.index + 1 + n, error: asError(error).message };
        return { ...sound, marker: { ...sound.marker, stopped } };
      }
    }
    const documents: DocumentWrite[] = [];
    for (const [key, document] of dirty) {
      this.documents.set(prefix + key, document);
      documents.push({ key, index: document.index, value: document.value as Json | undefined });
    }
    return { generation, programme, documents, marker: last };
  }

  /** The documents that the events touch: from memory, else from the store, else not there. */
  private async hold(
    { generation }: Slot,
    programme: string,
    marker: Marker,
    foldings: readonly Folding[],
  ): Promise<Map<string, Held>> {
    const prefix = `${generation} ${programme} `;
    const held = new Map<string, Held>();
    const missing: string[] = [];
    for (const one of foldings) {
      if (one instanceof Error) break;
      for (const key of one.keys) {
        if (held.has(key)) continue;
        const cached = this.documents.get(prefix + key);
        held.set(key, cached ?? { index: -1, value: undefined });
        if (cached === undefined) missing.push(key);
      }
    }
    if (missing.length > 0 && marker.index >= 0) {
      const loaded = await this.options.store.load(generation, programme, missing);
      for (const [key, { index, value }] of loaded) held.set(key, { index, value });
    }
    return held;
  }
}

function folding(view: AnyView, recorded: ProgrammeEvent | Error): Folding {
  if (recorded instanceof Error) return recorded;
  try {
    return { recorded, keys: view.keys(recorded.event, recorded.index) };
  } catch (error) {
    return asError(error);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function markerOf(slot: Slot, programme: string): Marker {
  return slot.markers.get(programme) ?? NO_MARKER;
}

function isRun(events: readonly ProgrammeEvent[], from: number): boolean {
  return events.every((recorded, n) => recorded.index === from + n);
}

/** The markers with none of them stopped: what stopped is tried again, since the fix may be in this version. */
export function untried(markers: ReadonlyMap<string, Marker>): Map<string, Marker> {
  return new Map([...markers].map(([programme, { index, position }]) => [programme, { index, position }]));
}

/** Whether the markers, read before the heads, have seen more than the log holds: they are of another history. */
export function aheadOf(markers: ReadonlyMap<string, Marker>, heads: readonly Head[]): boolean {
  const indexes = new Map(heads.map((head) => [head.programme, head.index]));
  return [...markers].some(([programme, { index }]) => index > (indexes.get(programme) ?? -1));
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
