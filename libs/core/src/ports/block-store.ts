import type { ProgrammeEvent } from '../envelope';
import type { ProgrammeReader } from './event-log';

/** How far the relay has come. */
export interface RelayCheckpoint {
  /** the position in the log up to which everything was written and published */
  readonly position: string;
  /** index of the last event of each programme up to there */
  readonly indexes: { readonly [programme: string]: number };
}

/** The store is not where its writer left it: it came back older, or another relay wrote. Nothing was written. */
export class BlockStoreMoved extends Error {
  readonly code = 'block-store-moved';
}

/**
 * Programmes' events by index, in packed blocks of canonical envelopes, beside the view store: what a log whose own
 * order has no index is read by. Everything in it follows from the log, and can be written again.
 *
 * Promised by every adapter: what is read is without a gap from the first index asked for, and the same canonical
 * bytes; the head of a programme is the end of what can be read of it from 0 on.
 */
export interface BlockStore extends ProgrammeReader {
  /**
   * Keeps events, of each programme a run in order. What is kept already, in runs of any length, is kept once.
   *
   * @throws BlockStoreMoved where a run would leave a gap behind what is kept of its programme
   */
  write(events: readonly ProgrammeEvent[]): Promise<void>;

  /** The checkpoint that was saved last, or undefined where none was. */
  checkpoint(): Promise<RelayCheckpoint | undefined>;

  /**
   * Puts a checkpoint in place of the one that the caller knows.
   *
   * @param previous the position of the checkpoint as the caller knows it; undefined where there was none
   * @throws BlockStoreMoved where another one is kept
   */
  saveCheckpoint(previous: string | undefined, next: RelayCheckpoint): Promise<void>;

  close(): Promise<void>;
}

/** Where the relay sends events, for consumers in groups. */
export interface EventPublisher {
  /**
   * Resolves when all of them are acknowledged, each programme's in this order. Until then it sends the very same
   * batch again, and never leaves one behind; it gives up only when the signal aborts, and then resolves too.
   */
  publish(events: readonly ProgrammeEvent[], signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
