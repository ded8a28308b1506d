import type { LoggedEvent, NewEvent, ProgrammeEvent } from '../envelope';

/** What the log wrote for an append. */
export interface Appended {
  /** the events as stored, in order */
  readonly events: readonly LoggedEvent[];
  /**
   * whether those ids were there before at the same expected revision, perhaps with other data and more events behind
   * them; false only where this append wrote them
   */
  readonly repeated: boolean;
}

/** Where a programme stands in the log. */
export interface Head {
  readonly programme: string;
  /** index of its last event */
  readonly index: number;
  readonly position: string;
}

/** The stream is not at the revision that the append expected. Nothing was appended. */
export class WrongExpectedRevision extends Error {
  readonly code = 'wrong-expected-revision';
  constructor(
    readonly stream: string,
    readonly expected: number,
    readonly actual: number,
  ) {
    super(`${stream} is at revision ${String(actual)}, not ${String(expected)}`);
  }
}

/** The log takes no writes now; `reason` says why. What was acknowledged before is safe. */
export class LogUnavailable extends Error {
  readonly code = 'log-unavailable';
}

/**
 * Nobody answered in time, or the connection went: whether the append was carried out is not known. The same append
 * again, with the same ids at the same expected revision, finds out.
 */
export class OutcomeUnknown extends Error {
  readonly code = 'outcome-unknown';
}

/**
 * The append-only record of everything that happened.
 *
 * Promised by every adapter and held by its contract suite: order per stream and per programme, a stable total order,
 * appends whole or not at all, exact expected revision, the same canonical bytes back. Gapless are only `revision`
 * and `index`. An acknowledged append survives the loss of power.
 */
export interface EventLog {
  /** names this log and no other; part of every read token */
  readonly logId: string;

  /**
   * Appends events to the end of a stream.
   *
   * @param expectedRevision the revision of the stream's last event; -1 for a stream that has none
   * @param events at least one, all of the stream's programme
   * @param notBefore the `recordedAt` of the stream's event at the expected revision, where the caller knows it: with it
   *   nobody has to read the stream to see that `recordedAt` does not go back. A log that knows better passes it over.
   * @returns the events as stored. The same ids at the same expected revision give the first result again.
   * @throws WrongExpectedRevision; LogUnavailable, and nothing was appended; OutcomeUnknown, of a log that can be out of
   *   reach; ProgrammeClosed, of a programme that moves or has moved; NotCanonical; EnvelopeTooLarge
   */
  append(
    stream: string,
    expectedRevision: number,
    events: readonly NewEvent[],
    notBefore?: string,
  ): Promise<Appended>;

  /** The stream's events from a revision on, in order; empty for a stream that has none. */
  readStream(stream: string, fromRevision?: number): Promise<readonly LoggedEvent[]>;

  /** The events after a position (from the beginning when undefined), at most `limit`, in the log's order. */
  readAll(after: string | undefined, limit: number): Promise<readonly LoggedEvent[]>;

  /**
   * Follows the log from a position on, in pages, for ever; ends when the signal aborts. A reader never passes an
   * event that is still being committed.
   */
  follow(after: string | undefined, signal: AbortSignal): AsyncIterable<readonly LoggedEvent[]>;

  /** A programme's events with fromIndex <= index <= toIndex, in order and without a gap, in pages. */
  readProgramme(
    programme: string,
    fromIndex: number,
    toIndex?: number,
  ): AsyncIterable<readonly ProgrammeEvent[]>;

  /** The heads of all programmes that have events. */
  heads(): Promise<readonly Head[]>;

  /** The head of one programme, or undefined where it has no event. */
  head(programme: string): Promise<Head | undefined>;

  close(): Promise<void>;
}

/** What a reader of history needs of the log. */
export type ProgrammeReader = Pick<EventLog, 'readProgramme' | 'heads' | 'head'>;
