import {
  BACKWARDS,
  END,
  type EventData,
  MaxAppendSizeExceededError,
  type RecordedEvent,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import {
  type Appended,
  canonical,
  type Clock,
  type Envelope,
  EnvelopeTooLarge,
  envelopeText,
  isoMoment,
  type Json,
  type LoggedEvent,
  LogUnavailable,
  type NewEvent,
  OutcomeUnknown,
  parseStream,
  WrongExpectedRevision,
} from '@jejak/core';
import { LRUCache } from 'lru-cache';
import type { Connection } from './connection';
import { fromRecorded, toEventData } from './envelopes';
import { isTransient, saysWhat, wasNeverSent } from './errors';
import { Deadline, pause, pauseBefore, untilAnswered } from './retry';

/** Streams whose last event is remembered. */
const REMEMBERED = 10_000;

/** Events that are each small enough, and together more than EventStoreDB takes in one append. */
export class AppendTooLarge extends EnvelopeTooLarge {
  constructor(bytes: number, limit: number) {
    super(bytes);
    this.message = `the events take ${String(bytes)} bytes together; at most ${String(limit)} are stored at once`;
  }
}

/** The last event of a stream that we know of. There may be later ones, never fewer. */
interface Last {
  readonly revision: number;
  readonly recordedAt: string;
}

interface Append {
  readonly stream: string;
  readonly expected: number;
  readonly events: readonly NewEvent[];
  readonly notBefore: string | undefined;
  readonly deadline: Deadline;
}

/** Appends at the exact expected revision, and reads back what EventStoreDB then has. */
export class Appender {
  private readonly lasts = new LRUCache<string, Last>({ max: REMEMBERED });
  private readonly queues = new Map<string, Promise<unknown>>();

  /** @param patience milliseconds in which an append is answered, or its outcome is unknown */
  constructor(
    private readonly connection: Connection,
    private readonly clock: Clock,
    private readonly patience: number,
  ) {}

  /** As EventLog.append. */
  async append(
    stream: string,
    expected: number,
    events: readonly NewEvent[],
    notBefore?: string,
  ): Promise<Appended> {
    if (events.length === 0) throw new RangeError('an append has at least one event');
    const { programme } = parseStream(stream);
    for (const event of events) {
      if (event.programme === programme) continue;
      throw new RangeError(`an event of ${event.programme} does not belong in ${stream}`);
    }
    const deadline = new Deadline(this.patience);
    // One at a time for each stream: the second of two equal appends knows that it is the second.
    return this.queued(stream, () => this.write({ stream, expected, events, notBefore, deadline }));
  }

  /** Remembers the end of a stream that was read. */
  remember(stream: string, last: LoggedEvent | undefined): void {
    if (last === undefined) return;
    const { revision, recordedAt } = last.event;
    if ((this.lasts.get(stream)?.revision ?? -1) <= revision)
      this.lasts.set(stream, { revision, recordedAt });
  }

  private async write(append: Append): Promise<Appended> {
    const { stream, expected, events, deadline } = append;
    if (deadline.isOver) throw new LogUnavailable(`${stream} waits for an append that is not answered`);
    const notBefore = append.notBefore ?? (await this.lastRecordedAt(append));
    if (expected < -1) {
      throw new WrongExpectedRevision(stream, expected, this.lasts.get(stream)?.revision ?? -1);
    }
    const now = isoMoment(this.clock());
    const recordedAt = notBefore !== undefined && now < notBefore ? notBefore : now;
    const envelopes = events.map(({ id, type, version, programme, data, meta }, n): Envelope => {
      const revision = expected + 1 + n;
      return { data, id, meta, programme, recordedAt, revision, stream, type, version };
    });
    const texts = envelopes.map(envelopeText);
    const isLater = (this.lasts.get(stream)?.revision ?? -1) > expected;
    await this.send(append, envelopes.map(toEventData), texts);
    const stored = await this.readBack(append);
    this.remember(stream, stored.at(-1));
    // With more behind them, or other bytes, somebody else was first.
    const same =
      stored.length === texts.length &&
      stored.every(({ event }, n) => canonical(event as unknown as Json) === texts[n]);
    return { events: stored.slice(0, events.length), repeated: isLater || !same };
  }

  /**
   * Sends an append until it is answered, or time is up. To send it again is safe: EventStoreDB answers the same ids at
   * the same expected revision as the first time.
   */
  private async send(
    { stream, expected, deadline }: Append,
    data: readonly EventData[],
    texts: readonly string[],
  ): Promise<void> {
    let mayBeWritten = false;
    for (let repeat = 0; ; repeat++) {
      try {
        await this.connection.append(stream, expected, data, Math.max(deadline.left, 1));
        return;
      } catch (error) {
        if (error instanceof WrongExpectedVersionError) {
          throw new WrongExpectedRevision(stream, expected, revisionOf(error.actualVersion));
        }
        if (error instanceof MaxAppendSizeExceededError) {
          const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
          throw new AppendTooLarge(bytes, error.maxAppendSize);
        }
        if (!isTransient(error)) throw error;
        mayBeWritten ||= !wasNeverSent(error);
        const wait = pauseBefore(repeat);
        if (deadline.left > wait) await pause(wait);
        else if (mayBeWritten) throw new OutcomeUnknown(unanswered(deadline, error));
        else throw new LogUnavailable(`EventStoreDB cannot be reached: ${saysWhat(error)}`);
      }
    }
  }

  /** What the stream holds at the place of an append that was acknowledged: its events, and one more where there is. */
  private async readBack({ stream, expected, events, deadline }: Append): Promise<readonly LoggedEvent[]> {
    const range = { fromRevision: BigInt(expected + 1), maxCount: events.length + 1 };
    // It was written: whoever cannot wait learns from a repeat what it left.
    const left = new Deadline(Math.max(deadline.left, this.patience / 4));
    try {
      return await untilAnswered(left, async (patience) => {
        const stored = (await this.connection.read(stream, range, patience)).flatMap(ours);
        const there = events.every(({ id }, n) => stored[n]?.event.id === id);
        if (!there)
          throw new LogUnavailable(`EventStoreDB took an append to ${stream}, and does not show it`);
        return stored;
      });
    } catch (error) {
      if (error instanceof LogUnavailable) throw new OutcomeUnknown(unanswered(deadline, error));
      throw error;
    }
  }

  /** When the event at the expected revision was recorded; undefined where there is none. */
  private async lastRecordedAt({ stream, expected, deadline }: Append): Promise<string | undefined> {
    if (expected === -1) return undefined;
    const known = this.lasts.get(stream);
    if (known !== undefined && known.revision >= expected) return known.recordedAt;
    const backwards = { direction: BACKWARDS, fromRevision: END, maxCount: 1 } as const;
    const found = await untilAnswered(deadline, (patience) =>
      this.connection.read(stream, backwards, patience),
    );
    const last = found.flatMap(ours).at(0);
    this.remember(stream, last);
    return last?.event.recordedAt;
  }

  private async queued<T>(stream: string, work: () => Promise<T>): Promise<T> {
    const before = this.queues.get(stream);
    const mine = before === undefined ? work() : before.then(work, work);
    this.queues.set(stream, mine);
    try {
      return await mine;
    } finally {
      if (this.queues.get(stream) === mine) this.queues.delete(stream);
    }
  }
}

/** @throws Error for an event in one of our streams that is none of ours */
export function ours(recorded: RecordedEvent): LoggedEvent {
  const logged = fromRecorded(recorded);
  if (logged !== undefined) return logged;
  throw new Error(`event ${recorded.id} of ${recorded.streamId} was not written by Jejak`);
}

function revisionOf(actual: bigint | string): number {
  return typeof actual === 'bigint' ? Number(actual) : -1;
}

function unanswered(deadline: Deadline, error: unknown): string {
  return `EventStoreDB did not answer an append within ${String(deadline.milliseconds)} ms: ${saysWhat(error)}`;
}
