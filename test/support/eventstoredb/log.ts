import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LogFile } from './log-file';
import { type Expected, type Kept, type Outcome, type Proposed, systemEvent } from './record';
import { StandInStream } from './stream';

export interface LogOptions {
  /** keeps the log in this file, over restarts; in memory only when undefined */
  readonly file?: string | undefined;
  /** writes after which the server adds an event of its own; 0 for none; 3 when undefined */
  readonly systemEvery?: number;
  /** shows what is committed although something before it is not: what no server may do, for tests of tests */
  readonly dirty?: boolean;
}

/** What a record takes in the log besides its texts: positions are gapped, as offsets in a file are. */
const OVERHEAD = 117;

const STATS = '$stats-127.0.0.1:2113';

/**
 * The stand-in's log. A write gets its place at once, and is seen when it and everything before it is committed; so
 * no reader passes what is still being committed.
 */
export class StandInLog {
  /** in the order of their positions */
  private readonly records: Kept[] = [];
  private readonly pending = new Set<Kept>();
  private readonly streams = new Map<string, StandInStream>();
  private readonly listeners = new Set<() => void>();
  private readonly file: LogFile | undefined;
  private readonly systemEvery: number;
  private readonly dirty: boolean;
  private next = 4_096;
  private seen = 0;
  private writes = 0;

  constructor({ file, systemEvery = 3, dirty = false }: LogOptions = {}) {
    this.systemEvery = systemEvery;
    this.dirty = dirty;
    if (file !== undefined) {
      const { log, writes } = LogFile.open(file);
      this.file = log;
      for (const events of writes) this.place(events);
    }
    if (this.records.length === 0) {
      this.write(`$$${STATS}`, [systemEvent('$metadata', { $maxAge: 86_400 })]);
      this.write(STATS, [systemEvent('$statsCollected', { 'es-writer-lastFlushSize': 4_096 })]);
    }
    this.advance();
  }

  /** How many records can be read. */
  get length(): number {
    return this.dirty ? this.records.length : this.seen;
  }

  /** The n-th record of the log, or undefined where it cannot be read. */
  at(n: number): Kept | undefined {
    const record = this.records[n];
    if (record === undefined || n >= this.length || (this.dirty && this.pending.has(record)))
      return undefined;
    return record;
  }

  /** The number of the first record whose position is at least, or above, a position. */
  find(position: number, above = false): number {
    let [low, high] = [0, this.records.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const found = (this.records[middle] as Kept).position;
      if (above ? found <= position : found < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether something was written at the position. */
  isPosition(position: number): boolean {
    return position === 0 || this.records[this.find(position)]?.position === position;
  }

  /** The stream as those who read see it; undefined where nothing was ever written to it. */
  stream(name: string): StandInStream | undefined {
    return this.streams.get(name);
  }

  /** Whether the record can be read yet. */
  isSeen(record: Kept): boolean {
    const last = this.records[this.seen - 1];
    return this.dirty ? !this.pending.has(record) : last !== undefined && record.position <= last.position;
  }

  /**
   * Writes events, all or none.
   *
   * @param commit how many milliseconds later than they get their places they are committed
   */
  async append(
    name: string,
    expected: Expected,
    events: readonly Proposed[],
    commit?: number,
  ): Promise<Outcome> {
    const stream = this.streamOf(name);
    const decision = stream.decide(
      expected,
      events.map(({ id }) => id),
    );
    if (decision.kind === 'deleted' || decision.kind === 'wrong') return decision;
    if (decision.kind === 'repeated') return this.answered(stream, decision.revision);
    if (events.length === 0) return this.answered(stream, stream.last);
    if (stream.revive()) this.metadata(name, { $tb: stream.last + 1 });
    const kept = this.write(name, events, commit !== undefined);
    this.writes++;
    if (this.systemEvery > 0 && this.writes % this.systemEvery === 0) this.system(kept[0] as Kept);
    if (commit !== undefined) {
      await sleep(commit);
      for (const record of kept) this.pending.delete(record);
    }
    this.advance();
    return this.answered(stream, (kept.at(-1) as Kept).revision);
  }

  /** Removes a stream: for good, or until somebody writes to it again. */
  async remove(name: string, expected: Expected, forGood: boolean): Promise<Outcome> {
    const stream = this.streamOf(name);
    const decision = stream.decide(expected, []);
    if (decision.kind === 'deleted' || decision.kind === 'wrong') return decision;
    const [record] = forGood
      ? this.write(name, [systemEvent('$streamDeleted', '')])
      : this.metadata(name, { $tb: Number.MAX_SAFE_INTEGER });
    this.advance();
    return { kind: 'written', revision: stream.last, position: (record as Kept).position };
  }

  /** Calls the listener whenever there is more to read, until the function that it gives is called. */
  onNews(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  close(): void {
    this.file?.close();
  }

  /** The answer to a write, once it can be read. */
  private async answered(stream: StandInStream, revision: number): Promise<Outcome> {
    const record = stream.events[revision];
    if (record === undefined) return { kind: 'written', revision, position: 0 };
    if (!this.isSeen(record)) {
      await new Promise<void>((resolve) => {
        const stop = this.onNews(() => {
          if (!this.isSeen(record)) return;
          stop();
          resolve();
        });
      });
    }
    return { kind: 'written', revision, position: record.position };
  }

  private metadata(name: string, value: unknown): readonly Kept[] {
    return this.write(`$$${name}`, [systemEvent('$metadata', value)]);
  }

  /** An event of the server's own, as projections and statistics write them. */
  private system(record: Kept): void {
    const turn = this.writes / this.systemEvery;
    const category = record.stream.split('-')[0] ?? record.stream;
    if (turn % 2 === 0) this.write(STATS, [systemEvent('$statsCollected', { turn })]);
    else this.write(`$ce-${category}`, [systemEvent('$>', `${String(record.revision)}@${record.stream}`)]);
  }

  private write(
    name: string,
    events: readonly (Omit<Proposed, 'id'> & { readonly id?: string })[],
    pending = false,
  ): readonly Kept[] {
    const last = this.streams.get(name)?.last ?? -1;
    const created = String(BigInt(Date.now()) * 10_000n + (process.hrtime.bigint() % 10_000n));
    const kept = events.map((event, n): Kept => {
      const position = this.next;
      this.next +=
        OVERHEAD + 2 * (name.length + event.type.length) + event.data.length + event.metadata.length;
      return {
        ...event,
        id: event.id ?? randomUUID(),
        stream: name,
        revision: last + 1 + n,
        position,
        created,
      };
    });
    this.file?.write(kept);
    if (pending) for (const record of kept) this.pending.add(record);
    this.place(kept);
    return kept;
  }

  private place(events: readonly Kept[]): void {
    for (const record of events) {
      this.records.push(record);
      this.next = Math.max(this.next, record.position + OVERHEAD);
      this.streamOf(record.stream).add(record);
      if (record.type === '$metadata' && record.stream.startsWith('$$')) {
        this.streamOf(record.stream.slice(2)).rule(record);
      }
    }
  }

  private streamOf(name: string): StandInStream {
    let stream = this.streams.get(name);
    if (stream === undefined) this.streams.set(name, (stream = new StandInStream()));
    return stream;
  }

  private advance(): void {
    while (this.seen < this.records.length && !this.pending.has(this.records[this.seen] as Kept)) this.seen++;
    for (const listener of [...this.listeners]) listener();
  }
}
