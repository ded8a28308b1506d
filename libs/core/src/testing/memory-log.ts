import { randomUUID } from 'node:crypto';
import { type Clock, isoMoment } from '../clock';
import {
  type Envelope,
  envelopeText,
  type LoggedEvent,
  type NewEvent,
  type ProgrammeEvent,
} from '../envelope';
import {
  type Appended,
  type EventLog,
  type Head,
  LogUnavailable,
  WrongExpectedRevision,
} from '../ports/event-log';
import { type CopyableLog, CopyConflict, type Gate, ProgrammeClosed } from '../ports/log-copy';
import { parseStream } from '../stream-name';

/** Events in a page, at most: few, so that whoever reads a history meets its pages. */
const PAGE = 100;

/** A log in memory, for tests: it passes the contract of every log but lasts no longer than its process. */
export class MemoryLog implements EventLog, CopyableLog {
  private readonly events: ProgrammeEvent[] = [];
  private readonly streams = new Map<string, ProgrammeEvent[]>();
  private readonly programmes = new Map<string, ProgrammeEvent[]>();
  private readonly gates = new Map<string, Gate>();
  private readonly sleepers = new Set<() => void>();
  private closed = false;

  constructor(
    private readonly clock: Clock,
    readonly logId: string = randomUUID(),
  ) {}

  async append(stream: string, expectedRevision: number, events: readonly NewEvent[]): Promise<Appended> {
    if (this.closed) throw new LogUnavailable('the log is closed');
    if (events.length === 0) throw new RangeError('an append has at least one event');
    const { programme } = parseStream(stream);
    const gate = this.gates.get(programme);
    if (gate !== undefined) throw new ProgrammeClosed(programme, gate);
    const stored = of(this.streams, stream);
    const last = stored.length - 1;
    if (last !== expectedRevision) {
      const first = stored.slice(expectedRevision + 1, expectedRevision + 1 + events.length);
      const same = events.length === first.length && events.every(({ id }, n) => first[n]?.event.id === id);
      if (!same) throw new WrongExpectedRevision(stream, expectedRevision, last);
      return { events: first.map(copy), repeated: true };
    }
    const ofProgramme = of(this.programmes, programme);
    const before = ofProgramme.at(-1)?.event.recordedAt ?? '';
    const now = isoMoment(this.clock());
    const texts = events.map((event, n): string => {
      if (event.programme !== programme) {
        throw new RangeError(`an event of ${event.programme} does not belong in ${stream}`);
      }
      const revision = last + 1 + n;
      return envelopeText({ ...event, stream, revision, recordedAt: now > before ? now : before });
    });
    const appended = texts.map((text) => this.keep(text));
    for (const wake of [...this.sleepers]) wake();
    return { events: appended.map(copy), repeated: false };
  }

  async *eventsOf(programme: string, after?: string): AsyncGenerator<readonly LoggedEvent[]> {
    const from = this.after(after);
    const own = this.events.slice(from).filter(({ event }) => event.programme === programme);
    for (let n = 0; n < own.length; n += PAGE) yield own.slice(n, n + PAGE).map(copy);
  }

  async appendAsWere(events: readonly Envelope[]): Promise<void> {
    if (this.closed) throw new LogUnavailable('the log is closed');
    for (const event of events) {
      const { stream, revision, programme } = event;
      if (parseStream(stream).programme !== programme) {
        throw new RangeError(`an event of ${programme} does not belong in ${stream}`);
      }
      const text = envelopeText(event);
      const stored = of(this.streams, stream);
      const there = stored[revision];
      if (there === undefined && stored.length === revision) this.keep(text);
      else if (there === undefined || envelopeText(there.event) !== text)
        throw new CopyConflict(stream, revision);
    }
    for (const wake of [...this.sleepers]) wake();
  }

  async gate(programme: string): Promise<Gate | undefined> {
    return this.gates.get(programme);
  }

  async setGate(programme: string, gate: Gate | undefined): Promise<void> {
    if (gate === undefined) this.gates.delete(programme);
    else this.gates.set(programme, gate);
  }

  async readStream(stream: string, fromRevision = 0): Promise<readonly ProgrammeEvent[]> {
    return (this.streams.get(stream) ?? []).slice(fromRevision).map(copy);
  }

  async readAll(after: string | undefined, limit: number): Promise<readonly ProgrammeEvent[]> {
    const from = this.after(after);
    return this.events.slice(from, from + limit).map(copy);
  }

  async *follow(after: string | undefined, signal: AbortSignal): AsyncGenerator<readonly ProgrammeEvent[]> {
    let from = this.after(after);
    while (!signal.aborted && !this.closed) {
      const page = this.events.slice(from, from + PAGE).map(copy);
      from += page.length;
      if (page.length > 0) yield page;
      else await this.news(signal);
    }
  }

  async *readProgramme(
    programme: string,
    fromIndex: number,
    toIndex = Number.MAX_SAFE_INTEGER,
  ): AsyncGenerator<readonly ProgrammeEvent[]> {
    for (let next = fromIndex; next <= toIndex; next += PAGE) {
      const page = (this.programmes.get(programme) ?? []).slice(next, Math.min(next + PAGE, toIndex + 1));
      if (page.length === 0) return;
      yield page.map(copy);
    }
  }

  async heads(): Promise<readonly Head[]> {
    return [...this.programmes.keys()].sort().flatMap((programme) => this.headOf(programme) ?? []);
  }

  async head(programme: string): Promise<Head | undefined> {
    return this.headOf(programme);
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const wake of [...this.sleepers]) wake();
  }

  /** Opens the log again: what was appended is there. */
  reopen(): MemoryLog {
    const log = new MemoryLog(this.clock, this.logId);
    log.events.push(...this.events);
    for (const [stream, events] of this.streams) log.streams.set(stream, [...events]);
    for (const [programme, events] of this.programmes) log.programmes.set(programme, [...events]);
    for (const [programme, gate] of this.gates) log.gates.set(programme, gate);
    this.closed = true;
    return log;
  }

  private keep(text: string): ProgrammeEvent {
    const event = JSON.parse(text) as Envelope;
    const ofProgramme = of(this.programmes, event.programme);
    // Positions are not gapless, as they need not be.
    const position = String((this.events.length + 1) * 3);
    const recorded = { event, position, index: ofProgramme.length };
    this.events.push(recorded);
    of(this.streams, event.stream).push(recorded);
    ofProgramme.push(recorded);
    return recorded;
  }

  private headOf(programme: string): Head | undefined {
    const last = this.programmes.get(programme)?.at(-1);
    return last && { programme, index: last.index, position: last.position };
  }

  /** How many events lie up to a position. */
  private after(position: string | undefined): number {
    if (position === undefined) return 0;
    if (!/^[0-9]+$/.test(position)) throw new RangeError(`"${position}" is not a position of this log`);
    return Math.min(this.events.length, Math.floor(Number(position) / 3));
  }

  private news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.sleepers.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.sleepers.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}

function of(lists: Map<string, ProgrammeEvent[]>, name: string): ProgrammeEvent[] {
  let list = lists.get(name);
  if (list === undefined) lists.set(name, (list = []));
  return list;
}

/** Nobody who reads can change what the log holds. */
function copy(recorded: ProgrammeEvent): ProgrammeEvent {
  return { ...recorded, event: structuredClone(recorded.event) };
}
