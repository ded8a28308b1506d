import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock';
import type { Envelope, LoggedEvent, NewEvent, ProgrammeEvent } from '../envelope';
import type { Json } from '../json';
import type { EventLog } from '../ports/event-log';
import { streamName } from '../stream-name';

/** A log under test. */
export interface EventLogFixture {
  /** the log as it is open now; another one after `reopen` */
  readonly log: EventLog;
  /** Closes the log and opens it again, as after a restart. */
  reopen(): Promise<void>;
  /** Resolves when readProgramme and heads have what was appended, where an adapter derives them later. */
  settled(): Promise<void>;
  /** Closes the log and removes what it kept. */
  close(): Promise<void>;
}

/** Makes a log that is empty, or holds other programmes only. It tells the time by the clock. */
export type MakeEventLog = (clock: Clock) => Promise<EventLogFixture>;

/** What the parts of the log's contract share. */
export interface LogUnderTest {
  readonly fixture: () => EventLogFixture;
  readonly log: () => EventLog;
  /** the log's clock, in milliseconds since 1970 */
  readonly clock: { now: number };
  /** rounds in which 64 writers want the same revision */
  readonly rounds: number;
  /** how long a follower that waits may take to end, in milliseconds */
  readonly prompt: number;
}

let programmes = 0;

/** A programme that no test had before. */
export function freshProgramme(): string {
  programmes++;
  return `city-${String(programmes)}-${randomUUID().slice(0, 8)}.2023`;
}

export const streamOf = (programme: string, code = 'main'): string => streamName('test', programme, code);

/** Any JSON, with any Unicode in its texts and names. */
export const anyJson = fc.jsonValue({ stringUnit: 'binary', maxDepth: 5 }) as fc.Arbitrary<Json>;

/** An event to append, with any data. */
export function newEvent(programme: string, data: Json = {}, id: string = randomUUID()): NewEvent {
  return {
    id,
    type: 'Happened',
    version: 1,
    programme,
    data,
    meta: {
      actor: { subject: 'u-1', role: 'officer', agency: 'diskominfo' },
      commandId: id,
      commandDigest: '0'.repeat(64),
      correlationId: id,
      causationId: id,
    },
  };
}

/** A number of events with the data { n }. */
export function newEvents(programme: string, count: number): readonly NewEvent[] {
  return Array.from({ length: count }, (_, n) => newEvent(programme, { n }));
}

/** The envelope that the log must make of an event. */
export function asStored(stream: string, revision: number, milliseconds: number, event: NewEvent): Envelope {
  return { ...event, stream, revision, recordedAt: new Date(milliseconds).toISOString() };
}

/** Appends events one by one, from a revision on. */
export async function appendEach(
  log: EventLog,
  stream: string,
  events: readonly NewEvent[],
  revision = -1,
): Promise<void> {
  for (const [n, event] of events.entries()) await log.append(stream, revision + n, [event]);
}

/** 64 writers at once, each with a stream of its own that gets `each` events one by one. */
export async function manyWriters(
  log: EventLog,
  programme: string,
  each: number,
): Promise<readonly string[]> {
  const streams = Array.from({ length: 64 }, (_, n) => streamOf(programme, `w-${String(n)}`));
  const events = streams.map(() => newEvents(programme, each));
  await Promise.all(streams.map((stream, n) => appendEach(log, stream, events[n] as readonly NewEvent[])));
  return events.flatMap((own) => own.map(({ id }) => id));
}

export const idsOf = (events: readonly LoggedEvent[]): readonly string[] =>
  events.map(({ event }) => event.id);

/** All pages as one list. */
export async function collect<T>(pages: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(...page);
  return all;
}

/** Everything that the log holds after a position. */
export async function restOf(
  log: EventLog,
  after?: string,
  pageSize = 5_000,
): Promise<readonly LoggedEvent[]> {
  const all: LoggedEvent[] = [];
  for (;;) {
    const page = await log.readAll(all.at(-1)?.position ?? after, pageSize);
    if (page.length === 0) return all;
    all.push(...page);
  }
}

/** The position of the last event that the log holds; undefined when it is empty. */
export async function endOf(log: EventLog): Promise<string | undefined> {
  return (await restOf(log)).at(-1)?.position;
}

/** A programme's events, all of them. */
export function ofProgramme(log: EventLog, programme: string): Promise<readonly ProgrammeEvent[]> {
  return collect(log.readProgramme(programme, 0));
}

/** Follows until so many events came, then aborts and waits for the end. */
export async function followUntil(
  log: EventLog,
  after: string | undefined,
  count: number,
  pause?: () => Promise<void>,
): Promise<readonly LoggedEvent[]> {
  const all: LoggedEvent[] = [];
  const ending = new AbortController();
  for await (const page of log.follow(after, ending.signal)) {
    all.push(...page);
    await pause?.();
    if (all.length >= count) ending.abort();
  }
  return all;
}

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
