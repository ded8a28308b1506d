import {
  type AllStreamResolvedEvent,
  type AllStreamSubscription,
  type Position,
  START,
  streamNameFilter,
} from '@eventstore/db-client';
import { type LoggedEvent, LogUnavailable } from '@jejak/core';
import type { Connection } from './connection';
import { fromRecorded, OUR_STREAMS } from './envelopes';

/** Events in a page, at most. */
const PAGE = 1_000;

/** Events that the client holds for us before it stops reading. */
const AHEAD = 1_000;

/** The server looks at so many records in one go, and tells after so many goes how far it is. */
const WINDOW = 512;
const CHECKPOINTS = 4;

/** Ended by the server, without a reason. */
class SubscriptionEnded extends LogUnavailable {}

/** How far a reader of the whole log has come; it goes on from there, over connections. */
export class Cursor {
  private position: Position | undefined;

  /** @throws RangeError for what is no position of a log */
  constructor(after: string | undefined) {
    if (after === undefined) return;
    if (!/^[0-9]+$/.test(after)) throw new RangeError(`"${after}" is not a position of this log`);
    const commit = BigInt(after);
    this.position = { commit, prepare: commit };
  }

  get from(): Position | typeof START {
    return this.position ?? START;
  }

  moveTo(position: Position): void {
    if (this.position === undefined || position.commit > this.position.commit) this.position = position;
  }
}

export interface PagesOptions {
  readonly signal: AbortSignal;
  /** a pattern of names: only what is in streams of such a name; all of ours when undefined */
  readonly streams?: string;
  /** ends when the server says that there is no more for now */
  readonly untilCaughtUp?: boolean;
  /** milliseconds to wait for the next word from the server; for ever when undefined */
  readonly patience?: number;
  /** called with the first word from the server */
  readonly onAnswer?: () => void;
}

/**
 * Our events behind a cursor, in pages, of one subscription; it moves the cursor past what was taken. Whoever does not
 * take the next page stops the server from sending more.
 *
 * @throws what ends the subscription: LogUnavailable, or what the client throws
 */
export async function* pages(
  connection: Connection,
  cursor: Cursor,
  { signal, streams = OUR_STREAMS, untilCaughtUp = false, patience, onAnswer }: PagesOptions,
): AsyncGenerator<readonly LoggedEvent[]> {
  const waiting = new Waiting(signal, patience);
  const heard: { checkpoint?: Position; caughtUp?: true; failure?: Error } = {};
  const filter = streamNameFilter({
    regex: streams,
    maxSearchWindow: WINDOW,
    checkpointInterval: CHECKPOINTS,
    checkpointReached: (_subscription: AllStreamSubscription, position: Position) => {
      heard.checkpoint = position;
      waiting.wake();
    },
  });
  const subscription = connection.client.subscribeToAll(
    { fromPosition: cursor.from, filter },
    { highWaterMark: AHEAD },
  );
  subscription.on('confirmation', () => onAnswer?.());
  subscription.on('readable', () => waiting.wake());
  subscription.on('caughtUp', () => {
    heard.caughtUp = true;
    waiting.wake();
  });
  // Kept until the end: one that nobody listens for would end the process.
  subscription.on('error', (error: Error) => {
    heard.failure ??= error;
    waiting.wake();
  });
  subscription.on('end', () => {
    heard.failure ??= new SubscriptionEnded('EventStoreDB ended the subscription');
    waiting.wake();
  });
  try {
    while (!signal.aborted) {
      const page = take(subscription);
      const last = page.at(-1);
      if (last?.event !== undefined) {
        const { position } = last.event;
        const events = page.flatMap(({ event }) => (event && fromRecorded(event)) ?? []);
        cursor.moveTo(position);
        if (events.length > 0) yield events;
        continue;
      }
      // All that came before it was taken.
      if (heard.checkpoint !== undefined) cursor.moveTo(heard.checkpoint);
      if (heard.failure !== undefined) throw heard.failure;
      if (heard.caughtUp === true && untilCaughtUp) return;
      await waiting.sleep();
    }
  } finally {
    waiting.end();
    subscription.unsubscribe().catch(() => undefined);
  }
}

/** What has come, as far as it fits a page. */
function take(subscription: AllStreamSubscription): readonly AllStreamResolvedEvent[] {
  const page: AllStreamResolvedEvent[] = [];
  while (page.length < PAGE) {
    const next = subscription.read() as AllStreamResolvedEvent | null;
    if (next === null) break;
    page.push(next);
  }
  return page;
}

/** Sleeps until it is woken, which an abort does, too. */
class Waiting {
  private resolve: (() => void) | undefined;
  private woken = false;

  constructor(
    private readonly signal: AbortSignal,
    private readonly patience: number | undefined,
  ) {
    signal.addEventListener('abort', this.wake);
  }

  readonly wake = (): void => {
    this.woken = true;
    this.resolve?.();
  };

  /** @throws LogUnavailable when nobody wakes it in time */
  async sleep(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      this.resolve = resolve;
      if (this.woken) resolve();
      else if (this.patience !== undefined) {
        timer = setTimeout(() => {
          reject(new LogUnavailable(`EventStoreDB did not answer within ${String(this.patience)} ms`));
        }, this.patience);
      }
    }).finally(() => clearTimeout(timer));
    this.woken = false;
  }

  end(): void {
    this.signal.removeEventListener('abort', this.wake);
  }
}
