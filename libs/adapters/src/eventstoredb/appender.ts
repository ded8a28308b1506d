import { BACKWARDS, END } from '@eventstore/db-client';
import {
  type Appended,
  canonical,
  type Clock,
  CopyConflict,
  type Envelope,
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
import type { Acknowledged } from './batch';
import type { Connection } from './connection';
import { ours, toStored } from './envelopes';
import { AtAnotherRevision, isTransient, saysWhat, wasNeverSent } from './errors';
import type { Gates } from './gates';
import { type Found, ReadBack } from './read-back';
import { Deadline, pause, pauseBefore, untilAnswered } from './retry';

/** Streams whose last event is remembered. */
const REMEMBERED = 10_000;

/** Bytes of events in one append of a copy, at most; the server's own limit is 1 MiB. One event may take 256 KiB. */
const MOST_AT_ONCE = 512 * 1024;

/** The last event of a stream that we know of. There may be later ones, never fewer. */
interface Last {
  readonly revision: number;
  readonly recordedAt: string;
}

/** Where something is appended, and by when. */
interface Place {
  readonly stream: string;
  readonly expected: number;
  readonly deadline: Deadline;
}

interface Append extends Place {
  readonly events: readonly NewEvent[];
  readonly notBefore: string | undefined;
}

/** Appends at the exact expected revision, and reads back what EventStoreDB then has. */
export class Appender {
  private readonly lasts = new LRUCache<string, Last>({ max: REMEMBERED });
  private readonly queues = new Map<string, Promise<unknown>>();
  private readonly readBack: ReadBack;

  /** @param patience milliseconds in which an append is answered, or its outcome is unknown */
  constructor(
    private readonly connection: Connection,
    private readonly clock: Clock,
    private readonly gates: Gates,
    private readonly patience: number,
  ) {
    this.readBack = new ReadBack(connection);
  }

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
    await this.gates.pass(programme, deadline);
    // One at a time for each stream: the second of two equal appends knows that it is the second.
    return this.queued(stream, () => this.write({ stream, expected, events, notBefore, deadline }));
  }

  /** As CopyableLog.appendAsWere: one append after the other, since only what was answered is surely before the next. */
  async appendAsWere(events: readonly Envelope[]): Promise<void> {
    for (const run of runsOf(events)) {
      const { stream } = run[0] as Envelope;
      await this.queued(stream, () => this.writeAsWere(stream, run));
    }
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
    const last = append.notBefore ?? (await this.lastRecordedAt(append));
    if (expected < -1) {
      throw new WrongExpectedRevision(stream, expected, this.lasts.get(stream)?.revision ?? -1);
    }
    const now = isoMoment(this.clock());
    const recordedAt = last !== undefined && now < last ? last : now;
    const envelopes = events.map(({ id, type, version, programme, data, meta }, n): Envelope => {
      const revision = expected + 1 + n;
      return { data, id, meta, programme, recordedAt, revision, stream, type, version };
    });
    const texts = envelopes.map(envelopeText);
    const isBehind = (this.lasts.get(stream)?.revision ?? -1) > expected;
    const acknowledged = await this.send(append, envelopes);
    const { events: stored, goesOn } = await this.stored(append, acknowledged);
    this.remember(stream, stored.at(-1));
    // Other bytes, or more behind them already: somebody else was first.
    const same = stored.every(({ event }, n) => canonical(event as unknown as Json) === texts[n]);
    return { events: stored, repeated: isBehind || goesOn || !same };
  }

  private async writeAsWere(stream: string, envelopes: readonly Envelope[]): Promise<void> {
    const deadline = new Deadline(this.patience);
    const texts = envelopes.map(envelopeText);
    const { revision } = envelopes[0] as Envelope;
    let there: readonly LoggedEvent[] = [];
    try {
      const place = { stream, expected: revision - 1, deadline };
      const acknowledged = await this.send(place, envelopes);
      // An answer to what was written before is the same, and only looks at ids.
      there = (await this.stored({ ...place, events: envelopes }, acknowledged)).events;
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
      const range = { fromRevision: BigInt(revision), maxCount: envelopes.length };
      const found = await untilAnswered(deadline, (left) => this.connection.read(stream, range, left));
      there = found.map(ours);
      if (there.length === 0) throw new CopyConflict(stream, revision);
    }
    const differs = there.findIndex(({ event }, n) => canonical(event as unknown as Json) !== texts[n]);
    if (differs !== -1) throw new CopyConflict(stream, revision + differs);
    this.remember(stream, there.at(-1));
    if (there.length < envelopes.length) await this.writeAsWere(stream, envelopes.slice(there.length));
  }

  /**
   * Sends an append until it is answered, or time is up. To send it again is safe: EventStoreDB answers the same ids at
   * the same expected revision as the first time.
   */
  private async send(place: Place, envelopes: readonly Envelope[]): Promise<Acknowledged> {
    const { stream, expected, deadline } = place;
    const events = envelopes.map(toStored);
    let mayBeWritten = false;
    for (let repeat = 0; ; repeat++) {
      try {
        return await this.connection.batch.append(stream, expected, events, Math.max(deadline.left, 1));
      } catch (error) {
        if (error instanceof AtAnotherRevision)
          throw new WrongExpectedRevision(stream, expected, error.actual);
        if (!isTransient(error)) throw error;
        mayBeWritten ||= !wasNeverSent(error);
        const wait = pauseBefore(repeat);
        if (deadline.left > wait) await pause(wait);
        else if (mayBeWritten) throw unknown(deadline, error);
        else throw new LogUnavailable(`EventStoreDB cannot be reached: ${saysWhat(error)}`);
      }
    }
  }

  private async stored(
    { stream, expected, events, deadline }: Place & { readonly events: readonly { readonly id: string }[] },
    acknowledged: Acknowledged,
  ): Promise<Found> {
    const ids = events.map(({ id }) => id);
    try {
      return await this.readBack.of({ stream, revision: expected + 1, ids, acknowledged, deadline });
    } catch (error) {
      // It is written, but which of several equal appends wrote it: a repeat finds out.
      if (error instanceof LogUnavailable) throw unknown(deadline, error);
      throw error;
    }
  }

  /** When the event at the expected revision was recorded; undefined where there is none. */
  private async lastRecordedAt({ stream, expected, deadline }: Append): Promise<string | undefined> {
    if (expected === -1) return undefined;
    const known = this.lasts.get(stream);
    if (known !== undefined && known.revision >= expected) return known.recordedAt;
    const backwards = { direction: BACKWARDS, fromRevision: END, maxCount: 1 } as const;
    const found = await untilAnswered(deadline, (left) => this.connection.read(stream, backwards, left));
    const last = found.map(ours).at(0);
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

/** Events of one stream that follow each other, as many as make one append. */
function runsOf(events: readonly Envelope[]): readonly (readonly Envelope[])[] {
  const runs: Envelope[][] = [];
  let size = 0;
  for (const event of events) {
    if (parseStream(event.stream).programme !== event.programme) {
      throw new RangeError(`an event of ${event.programme} does not belong in ${event.stream}`);
    }
    const run = runs.at(-1);
    const last = run?.at(-1);
    const bytes = Buffer.byteLength(envelopeText(event), 'utf8');
    const goesOn = last?.stream === event.stream && last.revision + 1 === event.revision;
    if (run !== undefined && goesOn && size + bytes <= MOST_AT_ONCE) run.push(event);
    else {
      runs.push([event]);
      size = 0;
    }
    size += bytes;
  }
  return runs;
}

function unknown(deadline: Deadline, error: unknown): OutcomeUnknown {
  const within = `within ${String(deadline.milliseconds)} ms`;
  return new OutcomeUnknown(`EventStoreDB did not answer an append ${within}: ${saysWhat(error)}`);
}
