import {
  type Appended,
  type Clock,
  type CopyableLog,
  type Envelope,
  type EventLog,
  type Gate,
  type Head,
  type LoggedEvent,
  LogUnavailable,
  type NewEvent,
  type ProgrammeEvent,
  type ProgrammeReader,
} from '@jejak/core';
import { randomUUID } from 'node:crypto';
import { Appender } from './appender';
import { Connection } from './connection';
import { ofNoProgramme, ours, streamsOf } from './envelopes';
import { AtAnotherRevision, isTransient, saysWhat } from './errors';
import { Gates } from './gates';
import { Deadline, pause, pauseBefore, untilAnswered } from './retry';
import { Cursor, pages } from './subscription';

/** The stream that names the log; it belongs to no programme, and is never copied. */
const IDENTITY = 'jejak-log';

/** Milliseconds in which a call is answered. */
const PATIENCE = 5_000;

/** How often a reading that broke off goes on, without an event in between. */
const REPEATS = 5;

/** Milliseconds for which a process takes a gate that was open to be open. */
const GATE_MEMORY = 5_000;

export interface EventStoreLogOptions {
  /** `esdb://...` as the client documents it, with TLS and credentials; it is never logged */
  readonly connectionString: string;
  readonly clock: Clock;
  /** who knows programmes by index: the blocks that the relay writes */
  readonly reader: ProgrammeReader;
  /** milliseconds in which a call is answered, or the log is unavailable; 5,000 when undefined */
  readonly patience?: number;
  /**
   * milliseconds for which an open gate of a programme is taken to be open; 5,000 when undefined. Alike in all processes
   * of an installation: who shuts a gate waits as long.
   */
  readonly gateMemory?: number;
}

/** The log on EventStoreDB, version 23.10 or later, by its official client. Any number of processes may append. */
export class EventStoreLog implements EventLog, CopyableLog {
  private readonly appender: Appender;
  private readonly gates: Gates;
  private readonly closing = new AbortController();

  private constructor(
    readonly logId: string,
    private readonly connection: Connection,
    private readonly options: EventStoreLogOptions,
    private readonly patience: number,
  ) {
    this.gates = new Gates(connection, patience, options.gateMemory ?? GATE_MEMORY);
    this.appender = new Appender(connection, options.clock, this.gates, patience);
  }

  /**
   * Connects, and names the log where nobody has.
   *
   * @throws LogUnavailable; ServerTooOld
   */
  static async open(options: EventStoreLogOptions): Promise<EventStoreLog> {
    const patience = options.patience ?? PATIENCE;
    const connection = await Connection.open(options.connectionString, patience);
    try {
      const logId = await untilAnswered(new Deadline(patience), (left) => identity(connection, left));
      return new EventStoreLog(logId, connection, options, patience);
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  async append(
    stream: string,
    expectedRevision: number,
    events: readonly NewEvent[],
    notBefore?: string,
  ): Promise<Appended> {
    this.checkOpen();
    return this.appender.append(stream, expectedRevision, events, notBefore);
  }

  async readStream(stream: string, fromRevision = 0): Promise<readonly LoggedEvent[]> {
    this.checkOpen();
    const range = { fromRevision: BigInt(fromRevision) };
    const found = await untilAnswered(new Deadline(this.patience), (left) =>
      this.connection.read(stream, range, left),
    );
    const events = found.map(ours);
    this.appender.remember(stream, events.at(-1));
    return events;
  }

  async readAll(after: string | undefined, limit: number): Promise<readonly LoggedEvent[]> {
    this.checkOpen();
    const cursor = new Cursor(after);
    const found: LoggedEvent[] = [];
    const { signal } = this.closing;
    await untilAnswered(new Deadline(this.patience), async (patience) => {
      if (found.length >= limit) return;
      for await (const page of pages(this.connection, cursor, { signal, untilCaughtUp: true, patience })) {
        found.push(...page.slice(0, limit - found.length));
        if (found.length >= limit) return;
      }
    });
    return found;
  }

  /** As EventLog.follow; over connections that break, for ever. Also ends when the log is closed. */
  async *follow(after: string | undefined, signal: AbortSignal): AsyncGenerator<readonly LoggedEvent[]> {
    const cursor = new Cursor(after);
    const ending = AbortSignal.any([signal, this.closing.signal]);
    for (let repeat = 0; !ending.aborted; repeat++) {
      const onAnswer = (): void => {
        repeat = 0;
      };
      try {
        yield* pages(this.connection, cursor, { signal: ending, onAnswer });
      } catch (error) {
        if (!isTransient(error)) throw error;
        await pause(pauseBefore(repeat), ending);
      }
    }
  }

  readProgramme(
    programme: string,
    fromIndex: number,
    toIndex?: number,
  ): AsyncIterable<readonly ProgrammeEvent[]> {
    return this.options.reader.readProgramme(programme, fromIndex, toIndex);
  }

  heads(): Promise<readonly Head[]> {
    return this.options.reader.heads();
  }

  head(programme: string): Promise<Head | undefined> {
    return this.options.reader.head(programme);
  }

  async *eventsOf(programme: string, after?: string): AsyncGenerator<readonly LoggedEvent[]> {
    this.checkOpen();
    const cursor = new Cursor(after);
    const { signal } = this.closing;
    const { patience } = this;
    const of = { streams: streamsOf(programme), signal, untilCaughtUp: true, patience };
    for (let repeat = 0; ; repeat++) {
      try {
        for await (const page of pages(this.connection, cursor, of)) {
          repeat = 0;
          yield page.filter(({ event }) => event.programme === programme);
        }
        // A log that is closed meanwhile ends it, too.
        this.checkOpen();
        return;
      } catch (error) {
        if (!isTransient(error)) throw error;
        if (repeat >= REPEATS) throw new LogUnavailable(`EventStoreDB cannot be reached: ${saysWhat(error)}`);
        await pause(pauseBefore(repeat));
      }
    }
  }

  async appendAsWere(events: readonly Envelope[]): Promise<void> {
    this.checkOpen();
    await this.appender.appendAsWere(events);
  }

  async gate(programme: string): Promise<Gate | undefined> {
    this.checkOpen();
    return this.gates.of(programme);
  }

  async setGate(programme: string, gate: Gate | undefined): Promise<void> {
    this.checkOpen();
    await this.gates.set(programme, gate);
  }

  async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    this.closing.abort();
    await this.connection.close();
  }

  private checkOpen(): void {
    if (this.closing.signal.aborted) throw new LogUnavailable('the log is closed');
  }
}

/** The id of the log: the first to ask makes it, all others read it. */
async function identity(connection: Connection, patience: number): Promise<string> {
  const read = () => connection.read(IDENTITY, { maxCount: 1 }, patience);
  let [first] = await read();
  if (first === undefined) {
    const logId = randomUUID();
    try {
      await connection.batch.append(IDENTITY, -1, [ofNoProgramme('LogCreated', { logId })], patience);
    } catch (error) {
      if (!(error instanceof AtAnotherRevision)) throw error;
    }
    [first] = await read();
  }
  const { logId } = (first?.data ?? {}) as { readonly logId?: unknown };
  if (typeof logId !== 'string') throw new Error(`the stream ${IDENTITY} does not name this log`);
  return logId;
}
