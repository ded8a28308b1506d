import type { ProgrammeEvent } from '../envelope';
import type { EventPublisher } from '../ports/block-store';
import { type BlockStore, BlockStoreMoved, type RelayCheckpoint } from '../ports/block-store';
import type { Head } from '../ports/event-log';

/** Blocks in memory, for tests: they pass the contract of every block store, and can come back older than they were. */
export class MemoryBlocks implements BlockStore {
  private events = new Map<string, readonly ProgrammeEvent[]>();
  private saved: RelayCheckpoint | undefined;

  async write(events: readonly ProgrammeEvent[]): Promise<void> {
    const next = new Map(this.events);
    for (const recorded of events) {
      const { programme } = recorded.event;
      const kept = next.get(programme) ?? [];
      if (recorded.index > kept.length)
        throw new BlockStoreMoved(`${programme} has ${String(kept.length)} events`);
      if (recorded.index === kept.length) next.set(programme, [...kept, structuredClone(recorded)]);
    }
    this.events = next;
  }

  async *readProgramme(
    programme: string,
    fromIndex: number,
    toIndex = Number.MAX_SAFE_INTEGER,
  ): AsyncGenerator<readonly ProgrammeEvent[]> {
    const page = (this.events.get(programme) ?? []).slice(fromIndex, toIndex + 1);
    if (page.length > 0) yield structuredClone(page);
  }

  async head(programme: string): Promise<Head | undefined> {
    const last = this.events.get(programme)?.at(-1);
    return last && { programme, index: last.index, position: last.position };
  }

  async heads(): Promise<readonly Head[]> {
    const heads = await Promise.all([...this.events.keys()].map((programme) => this.head(programme)));
    return heads.filter((head) => head !== undefined);
  }

  async checkpoint(): Promise<RelayCheckpoint | undefined> {
    return this.saved;
  }

  async saveCheckpoint(previous: string | undefined, next: RelayCheckpoint): Promise<void> {
    if (this.saved?.position !== previous) throw new BlockStoreMoved('another relay has saved a checkpoint');
    this.saved = structuredClone(next);
  }

  async close(): Promise<void> {
    // Nothing is open.
  }

  /** What is kept now; calling the result brings it back, as a backup that is restored does. */
  backup(): () => void {
    const { events, saved } = this;
    return () => {
      this.events = events;
      this.saved = saved;
    };
  }

  /** Loses the last events of a programme, and nothing else. */
  lose(programme: string, count: number): void {
    const kept = this.events.get(programme) ?? [];
    if (count >= kept.length) this.events.delete(programme);
    else this.events.set(programme, kept.slice(0, kept.length - count));
  }
}

/** Keeps what was published, in order, for tests. */
export class MemoryPublisher implements EventPublisher {
  readonly published: ProgrammeEvent[] = [];

  async publish(events: readonly ProgrammeEvent[]): Promise<void> {
    this.published.push(...events);
  }

  async close(): Promise<void> {
    // Nothing is open.
  }
}
