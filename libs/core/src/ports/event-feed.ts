import type { ProgrammeEvent } from '../envelope';

/** The programmes whose events come to one member of a group, until the group shares them out anew. */
export interface Share {
  has(programme: string): boolean;
  /** aborts when the group shares out anew */
  readonly over: AbortSignal;
}

/** The share of who is alone. */
export const EVERYTHING: Share = { has: () => true, over: new AbortController().signal };

/** Events for a consumer, in order per programme. */
export interface FeedBatch {
  readonly events: readonly ProgrammeEvent[];
  /** what is the member's from now on: with a batch without events, before the first one, and whenever it changes */
  readonly share?: Share;
  /** Says that the batch has been dealt with: a restart goes on behind it. */
  done(): Promise<void>;
}

/**
 * How events reach those who follow: ordered per programme, at least once, resumable, in groups (each group gets every
 * event; its members share them).
 */
export interface EventFeed {
  /**
   * Batches for a member of a group, for ever; ends when the signal aborts. A batch that was not `done` comes again after a
   * restart. Take the next batch only after the last one was dealt with.
   *
   * @param seen a position up to which the group has dealt with everything by other means: that need not come
   */
  consume(group: string, signal: AbortSignal, seen?: string): AsyncIterable<FeedBatch>;
  close(): Promise<void>;
}

/** Where a feed keeps how far each of its groups has come. */
export interface CheckpointStore {
  /** The position that the group saved last, or undefined where it saved none. */
  load(group: string): Promise<string | undefined>;
  /** Remembers that the group has dealt with everything up to the position (a decimal string). */
  save(group: string, position: string): Promise<void>;
}
