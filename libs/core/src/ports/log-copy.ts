import type { Envelope, LoggedEvent } from '../envelope';

/** Why a log records nothing of a programme, though it tells what it has of it. */
export type Gate =
  /** it is being copied to here, from the log of that id */
  | { readonly state: 'arriving'; readonly from: string }
  /** it is about to go on in the log of that id, or does by now */
  | { readonly state: 'leaving' | 'moved'; readonly to: string };

/** The log records nothing of that programme, because the programme moves or has moved. Nothing was appended. */
export class ProgrammeClosed extends Error {
  readonly code: 'programme-moving' | 'programme-moved';

  constructor(
    readonly programme: string,
    readonly gate: Gate,
  ) {
    super(
      gate.state === 'arriving'
        ? `${programme} is being copied to here from log ${gate.from}`
        : `${programme} ${gate.state === 'moved' ? 'has moved' : 'is moving'} to log ${gate.to}`,
    );
    this.code = gate.state === 'moved' ? 'programme-moved' : 'programme-moving';
  }
}

/** The log holds something else where a copied event belongs. */
export class CopyConflict extends Error {
  readonly code = 'copy-conflict';
  constructor(stream: string, revision: number) {
    super(`${stream} holds something else at revision ${String(revision)} than what is copied there`);
  }
}

/**
 * A log out of which, or into which, a programme's events can be copied as they are.
 *
 * Promised by every adapter that can: the same canonical bytes, and so the same digests, in the same order, and so the
 * same `index`; whatever happens, what is there is a prefix of what was to be copied.
 */
export interface CopyableLog {
  readonly logId: string;

  /** A programme's events after a position, in the log's order, up to its end as of now, in pages: from the log itself. */
  eventsOf(programme: string, after?: string): AsyncIterable<readonly LoggedEvent[]>;

  /**
   * Appends a programme's events as they were, id, revision and `recordedAt` included, in this order, whatever its gate
   * is. What is there already in the same bytes is passed over, so that a repeat, or a second copy beside this one, does
   * no harm.
   *
   * @throws CopyConflict; RangeError for an event of another programme than its stream's; LogUnavailable, OutcomeUnknown:
   *   the same events again go on
   */
  appendAsWere(events: readonly Envelope[]): Promise<void>;

  /** Why the log records nothing of a programme; undefined where it does. */
  gate(programme: string): Promise<Gate | undefined>;

  /**
   * Shuts a programme's gate, or opens it (undefined). When it resolves, no `append` of this or any other process gets
   * past a gate that is shut: they throw ProgrammeClosed.
   */
  setGate(programme: string, gate: Gate | undefined): Promise<void>;
}
