import type { LoggedEvent, NewEvent } from '../envelope';
import type { Appended, EventLog, Head } from '../ports/event-log';

/** What a test does around the calls of a log. What one of them throws is what the log answers. */
export interface LogTroubles {
  beforeAppend?: (stream: string) => Promise<void> | void;
  /** after the events were written, before anyone is told */
  afterAppend?: (stream: string) => Promise<void> | void;
  /** after the events were read, before anyone is told */
  afterRead?: (stream: string) => Promise<void> | void;
}

/** A log that goes wrong where a test wants it to, in front of one that works. */
export class BrokenLog implements EventLog {
  troubles: LogTroubles = {};
  /** streams read so far */
  readonly reads: string[] = [];

  constructor(private readonly inner: () => EventLog) {}

  get logId(): string {
    return this.inner().logId;
  }

  async append(stream: string, expectedRevision: number, events: readonly NewEvent[]): Promise<Appended> {
    await this.troubles.beforeAppend?.(stream);
    const appended = await this.inner().append(stream, expectedRevision, events);
    await this.troubles.afterAppend?.(stream);
    return appended;
  }

  async readStream(stream: string, fromRevision?: number): Promise<readonly LoggedEvent[]> {
    this.reads.push(stream);
    const events = await this.inner().readStream(stream, fromRevision);
    await this.troubles.afterRead?.(stream);
    return events;
  }

  readAll(after: string | undefined, limit: number): Promise<readonly LoggedEvent[]> {
    return this.inner().readAll(after, limit);
  }

  follow(after: string | undefined, signal: AbortSignal): ReturnType<EventLog['follow']> {
    return this.inner().follow(after, signal);
  }

  readProgramme(
    programme: string,
    fromIndex: number,
    toIndex?: number,
  ): ReturnType<EventLog['readProgramme']> {
    return this.inner().readProgramme(programme, fromIndex, toIndex);
  }

  heads(): Promise<readonly Head[]> {
    return this.inner().heads();
  }

  head(programme: string): Promise<Head | undefined> {
    return this.inner().head(programme);
  }

  async close(): Promise<void> {
    return;
  }
}
