import type { ProgrammeEvent } from '../envelope';

/** Events for a consumer, in order per programme. */
export interface FeedBatch {
  readonly events: readonly ProgrammeEvent[];
  /** Says that the batch has been dealt with: a restart goes on behind it. */
  done(): Promise<void>;
}

/**
 * How events reach those who follow: ordered per programme, at least once, resumable, in groups (each group gets every
 * event; its members share them).
 */
export interface EventFeed {
  /**
   * Batches for a group, for ever; ends when the signal aborts. A batch that was not `done` comes again after a
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
