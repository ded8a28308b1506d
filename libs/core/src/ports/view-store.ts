import type { Json } from '../json';

/** How far a view has come in a programme. Only ever moves forward. */
export interface Marker {
  /** index of the last event folded in; -1 when none is */
  readonly index: number;
  /** that event's position in the log; `0` when none is */
  readonly position: string;
  /** why the view takes no further event of this programme, where one could not be folded */
  readonly stopped?: { readonly index: number; readonly error: string };
}

export const NO_MARKER: Marker = { index: -1, position: '0' };

/** A document of a view. */
export interface ViewDocument {
  readonly key: string;
  /** index of the last event that changed it */
  readonly index: number;
  readonly value: Json;
}

/** A document to write; `value: undefined` leaves a tombstone with the index. */
export interface DocumentWrite {
  readonly key: string;
  readonly index: number;
  readonly value: Json | undefined;
}

/** What a batch changes in one view of one programme: the documents first, then the marker. */
export interface ViewWrite {
  readonly generation: string;
  readonly programme: string;
  readonly documents: readonly DocumentWrite[];
  /** index of the marker as the writer knows it, which it folded on from; -1 where it knows none */
  readonly after: number;
  readonly marker: Marker;
}

/** The generation was replaced, or thrown away. Whoever reads it asks for the current one again. */
export class GenerationGone extends Error {
  readonly code = 'generation-gone';
  constructor(readonly generation: string) {
    super(`generation ${generation} is no more`);
  }
}

/**
 * A marker stands before where its writer left it: the store came back older than it was, from a backup or without its
 * last writes. Whoever folds forgets what it knows of the store, and goes on from the markers that are there.
 */
export class ViewStoreMoved extends Error {
  readonly code = 'view-store-moved';
  constructor(
    readonly generation: string,
    readonly programme: string,
    readonly known: number,
    readonly found: number,
  ) {
    super(
      `generation ${generation} stands at ${String(found)} in ${programme} and not at ${String(known)}: the store came back older than it was`,
    );
  }
}

/** A document is larger than the store takes. Nothing of its write was kept. */
export class DocumentTooLarge extends Error {
  readonly code = 'document-too-large';
}

/** A generation for whoever folds it. */
export interface OpenedGeneration {
  readonly generation: string;
  /** whether readers use it; else it is under construction */
  readonly isCurrent: boolean;
}

/**
 * Where views live: documents by key, and a marker for each (view, programme). Everything in it can be rebuilt.
 *
 * Each version of a view is stored in generations. One of them is current and read; another may be built beside it,
 * and takes its place when it has caught up. Where two releases run at once, a version is left alone by the other
 * for as long as somebody opens it; a store of one machine, where only one release runs, has room for one version.
 */
export interface ViewStore {
  /** The generation that readers use, or undefined where none of this version is ready. */
  current(view: string, version: number): Promise<string | undefined>;
  /**
   * The generation to fold this version into: the current one, else the one under construction, else a new one. In one
   * step, so that all who open it at once get the same. Says, too, that the version is in use.
   */
  open(view: string, version: number): Promise<OpenedGeneration>;
  /**
   * The generation under construction of this version, whether or not there is a current one; begins one where there
   * is none.
   *
   * @param insteadOf one that is of no use: where that is under construction it is thrown away, and another begun
   */
  building(view: string, version: number, insteadOf?: string): Promise<string>;
  /**
   * Makes the generation current, and removes the others of its version.
   *
   * @throws GenerationGone where it does not exist
   */
  swap(view: string, generation: string): Promise<void>;

  /**
   * How far the generation has come in a programme; NO_MARKER where it has not begun. This and the other reads:
   *
   * @throws GenerationGone where the generation does not exist (any more)
   */
  marker(generation: string, programme: string): Promise<Marker>;
  /** The markers by programme: of all that have one, or of those that have one among `programmes`. */
  markers(generation: string, programmes?: readonly string[]): Promise<ReadonlyMap<string, Marker>>;

  /** The documents of those keys that exist. */
  load(
    generation: string,
    programme: string,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, ViewDocument>>;
  /** All documents of a programme whose key begins with the prefix, by key in the order of UTF-16 code units. */
  list(generation: string, programme: string, prefix?: string): Promise<readonly ViewDocument[]>;
  /**
   * Begins reads that all see the store at one moment, for stores that can do that: those reads, of this store, that
   * `reads` calls before it first waits.
   */
  atOneMoment?<T>(reads: () => Promise<T>): Promise<T>;

  /**
   * Writes a batch. A document is written only over one with a lower index, a marker never over a higher one; after a
   * crash either nothing of a write is there, or documents that the unmoved marker will have folded again. The
   * marker of an equal index is written too: it may set or clear `stopped`. Of two documents at one index either may
   * stay: a fold gives the same.
   *
   * @throws GenerationGone where a generation does not exist (any more); ViewStoreMoved where a stored marker is
   *   lower than its write's `after`, in which case it stays there; DocumentTooLarge, of a store that has a bound, and
   *   nothing was written
   */
  commit(writes: readonly ViewWrite[]): Promise<void>;

  close(): Promise<void>;
}
