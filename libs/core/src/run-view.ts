import { byProgramme, isRun, joined } from './batches';
import type { ProgrammeEvent } from './envelope';
import type { Catalogue } from './event-types';
import { KnownMarkers, reached } from './markers';
import { EVERYTHING, type Share } from './ports/event-feed';
import type { Head, ProgrammeReader } from './ports/event-log';
import { DocumentTooLarge, type Marker, type ViewStore, type ViewWrite } from './ports/view-store';
import type { AnyView } from './view';
import { ViewFolder } from './view-folder';

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
  /** told when a view stops for a programme, with the index of the event that it could not fold */
  readonly onStopped?: (view: string, programme: string, stopped: NonNullable<Marker['stopped']>) => void;
}

/** Pages of the log that are folded before what they touched is written. */
const JOINED = 4;

/** Documents that are written at once, of whatever programmes, or some more. */
const AT_ONCE = 5_000;

interface Slot {
  readonly view: AnyView;
  readonly generation: string;
  readonly markers: KnownMarkers;
  /** whether readers read this generation */
  ready: boolean;
}

/** What a view made of events of a programme, to be written. */
interface Folded {
  readonly slot: Slot;
  /** those behind the marker, without a gap; an error in place of one that cannot be read */
  readonly events: readonly (ProgrammeEvent | Error)[];
  readonly write: ViewWrite;
}

/**
 * Keeps views up to date: folds batches in memory, writes each changed document once, then the marker. Call one method
 * at a time.
 *
 * Many may share the work: each takes its programmes, and who sees that a view has been built by all of them lets
 * readers have it. Two that fold one programme at once do the same twice, and disturb nothing.
 *
 * An event that cannot be folded stops its view, for its programme, with everything before it stored; who takes the
 * programme next tries it again.
 */
export class ViewRunner {
  private slots: readonly Slot[] = [];
  private readonly folder: ViewFolder;
  /** where the log was when the share was taken; undefined while it is being taken */
  private goal: readonly Head[] | undefined;

  constructor(private readonly options: ViewRunnerOptions) {
    this.folder = new ViewFolder(options.store, options.catalogue, options.cachedDocuments ?? 2_000);
  }

  /**
   * Takes everything, as who is alone.
   *
   * @throws as `take`
   */
  async start(signal?: AbortSignal, onProgress?: (done: number, total: number) => void): Promise<void> {
    await this.take(EVERYTHING, signal, onProgress);
  }

  /**
   * Finds or begins the generation of every view, and folds in what the log has of the share and they have not. A view
   * of a new version, or one that has seen more than the log holds, is built anew, and becomes readable once every
   * programme has caught up.
   *
   * @param signal ends the catching up early, between two pages, as the end of the share does
   * @param onProgress events folded so far, of how many
   * @throws what the store and the log throw, ViewStoreMoved among it: take the share again
   */
  async take(
    share: Share,
    signal?: AbortSignal,
    onProgress?: (done: number, total: number) => void,
  ): Promise<void> {
    const { views, log } = this.options;
    const ending = signal === undefined ? share.over : AbortSignal.any([signal, share.over]);
    this.goal = undefined;
    // Another may have written them since they were read.
    this.folder.clear();
    const found = await Promise.all(views.map((view) => this.slotOf(view)));
    const mine = share === EVERYTHING ? undefined : programmesOf(await log.heads(), share);
    await Promise.all(found.map(({ markers }) => markers.read(mine)));
    const heads = await log.heads();
    this.slots = await Promise.all(found.map((slot) => this.sound(slot, heads)));
    // What is of another history is built by who sees that: the others do not know.
    const isWhole = this.slots.some((slot, n) => slot !== found[n]);
    const own = heads.filter(({ programme }) => isWhole || share.has(programme));
    const total = own.reduce((sum, head) => sum + head.index + 1, 0);
    let done = 0;
    for (const head of own) {
      if (ending.aborted) return;
      await this.catchUp(head.programme, head.index, ending);
      // The next programme has other documents: those of this one would only be carried along.
      this.folder.clear();
      done += head.index + 1;
      onProgress?.(done, total);
    }
    if (ending.aborted) return;
    this.goal = heads;
    await this.settle();
  }

  /** Whether readers have every view that this runner folds. */
  get isSettled(): boolean {
    return this.slots.every(({ ready }) => ready);
  }

  /**
   * Lets readers have what was built, once every programme has come to where the log was when the share was taken,
   * whoever folded it. May be called while another method is at work.
   *
   * @throws what the store throws; GenerationGone where another has taken its place
   */
  async settle(): Promise<void> {
    const { goal, slots } = this;
    if (goal === undefined) return;
    const { store, onMoved } = this.options;
    for (const slot of slots) {
      if (slot.ready) continue;
      const { view, generation, markers } = slot;
      if ((await store.current(view.name, view.version)) !== generation) {
        if (!reached(await store.markers(generation), goal)) continue;
        await store.swap(view.name, generation);
      }
      slot.ready = true;
      for (const [programme, marker] of markers.all()) onMoved?.(view.name, programme, marker);
    }
  }

  /**
   * Folds a batch in, of any programmes. Events that came before are passed over; a gap is read from the log.
   *
   * @throws what the store and the log throw: nothing is lost, the next call goes on from the markers; after
   *   ViewStoreMoved and GenerationGone the share is to be taken again
   */
  async apply(batch: readonly ProgrammeEvent[]): Promise<void> {
    let folded: Folded[] = [];
    for (const [programme, events] of byProgramme(batch)) {
      await this.know(programme);
      const from = this.next(programme);
      if (from === undefined) continue;
      const page = events.filter((recorded) => recorded.index >= from);
      if (page.length === 0) continue;
      if (isRun(page, from)) folded.push(...(await this.fold(programme, page)));
      else await this.catchUp(programme, Math.max(...page.map((recorded) => recorded.index)));
      if (documentsIn(folded) < AT_ONCE) continue;
      await this.save(folded);
      folded = [];
    }
    await this.save(folded);
  }

  /** The views' markers of a programme, by view name. */
  markers(programme: string): ReadonlyMap<string, Marker> {
    return new Map(this.slots.map(({ view, markers }) => [view.name, markers.of(programme)]));
  }

  /**
   * Sees whether the store is where it was left, in every programme: where nothing happens, nothing else would tell.
   * Sees, too, whether what is being built can be read by now. May be called while another method is at work.
   *
   * @throws ViewStoreMoved and GenerationGone: take the share again
   */
  async verify(): Promise<void> {
    await Promise.all(
      this.slots.map(async ({ view, markers }) => {
        await markers.stillThere();
        // Says that this version is in use.
        await this.options.store.open(view.name, view.version);
      }),
    );
    await this.settle();
  }

  private async slotOf(view: AnyView): Promise<Slot> {
    const { store, beside } = this.options;
    if (beside === true) return this.anew(view, await store.building(view.name, view.version));
    const { generation, isCurrent } = await store.open(view.name, view.version);
    return { view, generation, markers: new KnownMarkers(store, generation), ready: isCurrent };
  }

  private async anew(view: AnyView, insteadOf: string): Promise<Slot> {
    const { store } = this.options;
    const generation = await store.building(view.name, view.version, insteadOf);
    return { view, generation, markers: new KnownMarkers(store, generation), ready: false };
  }

  /** The slot, or one in its place where it has seen more than the log holds. */
  private async sound(slot: Slot, heads: readonly Head[]): Promise<Slot> {
    let found = slot;
    for (let now = heads; found.markers.aheadOf(now); now = await this.options.log.heads()) {
      found = await this.anew(found.view, found.generation);
      await found.markers.read();
    }
    return found;
  }

  private async know(programme: string): Promise<void> {
    await Promise.all(this.slots.map(({ markers }) => markers.know(programme)));
  }

  private async catchUp(programme: string, toIndex: number, signal?: AbortSignal): Promise<void> {
    await this.know(programme);
    const from = this.next(programme);
    if (from === undefined || from > toIndex) return;
    for await (const page of joined(this.options.log.readProgramme(programme, from, toIndex), JOINED)) {
      if (signal?.aborted === true) return;
      if (page.length > 0) await this.save(await this.fold(programme, page));
    }
  }

  /** The lowest index that some view has not folded; undefined when all of them are stopped. */
  private next(programme: string): number | undefined {
    let lowest: number | undefined;
    for (const slot of this.slots) {
      const marker = slot.markers.of(programme);
      if (marker.stopped === undefined && (lowest === undefined || marker.index < lowest))
        lowest = marker.index;
    }
    return lowest === undefined ? undefined : lowest + 1;
  }

  /** Folds a page in memory, in every view that has not seen it. */
  private async fold(programme: string, page: readonly ProgrammeEvent[]): Promise<readonly Folded[]> {
    const folded: Folded[] = [];
    const newest = page.map((recorded) => this.folder.upcast(recorded));
    try {
      for (const slot of this.slots) {
        const marker = slot.markers.of(programme);
        const skip = marker.index + 1 - (page[0] as ProgrammeEvent).index;
        if (marker.stopped !== undefined || skip >= page.length) continue;
        const events = newest.slice(skip);
        folded.push({ slot, events, write: await this.folder.fold(slot, programme, marker, events) });
      }
      return folded;
    } catch (error) {
      this.folder.clear();
      throw error;
    }
  }

  /** Writes what was folded. */
  private async save(folded: readonly Folded[]): Promise<void> {
    if (folded.length === 0) return;
    try {
      await this.options.store.commit(folded.map(({ write }) => write));
    } catch (error) {
      // What is in memory may be ahead of the store: forget it, and fold again from the markers.
      this.folder.clear();
      if (!(error instanceof DocumentTooLarge)) throw error;
      const [first] = folded;
      if (folded.length === 1 && first !== undefined) await this.saveHalves(first, error);
      else for (const each of folded) await this.save([each]);
      return;
    }
    for (const { slot, write } of folded) slot.markers.set(write.programme, write.marker);
    for (const { slot, write } of folded) {
      const { programme, marker } = write;
      if (marker.stopped !== undefined) this.options.onStopped?.(slot.view.name, programme, marker.stopped);
      if (slot.ready) this.options.onMoved?.(slot.view.name, programme, marker);
    }
  }

  /** Comes, by halves, to the event that makes a document too large to be kept: that stops the view, as one that cannot be folded. */
  private async saveHalves({ slot, events, write }: Folded, error: Error): Promise<void> {
    const { generation, programme } = write;
    const { markers } = slot;
    if (events.length === 1) {
      const { index, position } = markers.of(programme);
      const marker = { index, position, stopped: { index: index + 1, error: error.message } };
      await this.save([
        { slot, events, write: { generation, programme, documents: [], after: index, marker } },
      ]);
      return;
    }
    const middle = Math.floor(events.length / 2);
    for (const half of [events.slice(0, middle), events.slice(middle)]) {
      const marker = markers.of(programme);
      if (marker.stopped !== undefined) return;
      await this.save([{ slot, events: half, write: await this.folder.fold(slot, programme, marker, half) }]);
    }
  }
}

function documentsIn(folded: readonly Folded[]): number {
  return folded.reduce((sum, { write }) => sum + write.documents.length, 0);
}

function programmesOf(heads: readonly Head[], share: Share): readonly string[] {
  return heads.map(({ programme }) => programme).filter((programme) => share.has(programme));
}
