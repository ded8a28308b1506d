import type { LoggedEvent, NewEvent, ProgrammeEvent } from '../envelope';
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
  /** what each append was told of the stream's last `recordedAt` */
  readonly notBefore: (string | undefined)[] = [];
  /** streams read so far */
  readonly reads: string[] = [];
  /** how often a programme's history was read */
  histories = 0;
  /** events in a page of a programme's history, at most; as many as the log gives when undefined */
  pageSize: number | undefined;

  constructor(private readonly inner: () => EventLog) {}

  get logId(): string {
    return this.inner().logId;
  }

  async append(
    stream: string,
    expectedRevision: number,
    events: readonly NewEvent[],
    notBefore?: string,
  ): Promise<Appended> {
    await this.troubles.beforeAppend?.(stream);
    this.notBefore.push(notBefore);
    const appended = await this.inner().append(stream, expectedRevision, events, notBefore);
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

  async *readProgramme(
    programme: string,
    fromIndex: number,
    toIndex?: number,
  ): AsyncGenerator<readonly ProgrammeEvent[]> {
    this.histories++;
    for await (const page of this.inner().readProgramme(programme, fromIndex, toIndex)) {
      const size = this.pageSize ?? page.length;
      for (let at = 0; at < page.length; at += size) yield page.slice(at, at + size);
    }
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
