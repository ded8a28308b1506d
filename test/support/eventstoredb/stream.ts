import type { Expected, Kept } from './record';

type Decision =
  | { readonly kind: 'write' }
  /** the ids are there already, at that expected revision; `revision` is that of the last of them */
  | { readonly kind: 'repeated'; readonly revision: number }
  | { readonly kind: 'wrong'; readonly current: number | undefined }
  | { readonly kind: 'deleted' };

/** A stream of the stand-in: its events, and what its metadata and removals say about them. */
export class StandInStream {
  readonly events: Kept[] = [];
  private removed = false;
  /** events before this revision are not shown */
  private truncatedBefore = 0;
  private maxCount = Infinity;

  /** Revision of the last event; -1 where there is none. */
  get last(): number {
    return this.events.length - 1;
  }

  /** Removed for good. */
  get isRemoved(): boolean {
    return this.removed;
  }

  /** The first revision that is shown. */
  get first(): number {
    return Math.max(this.truncatedBefore, this.events.length - this.maxCount, 0);
  }

  add(record: Kept): void {
    this.events.push(record);
    if (record.type === '$streamDeleted') this.removed = true;
  }

  /** Takes the stream's metadata into account, as far as the stand-in knows it. */
  rule({ data }: Kept): void {
    const { $tb, $maxCount } = JSON.parse(Buffer.from(data).toString() || '{}') as {
      $tb?: number;
      $maxCount?: number;
    };
    this.truncatedBefore = $tb ?? 0;
    this.maxCount = $maxCount ?? Infinity;
  }

  /** A write to a stream that was removed brings it back, with new events only; whether that is so. */
  revive(): boolean {
    return this.events.length > 0 && this.truncatedBefore > this.events.length;
  }

  /**
   * What is to be done with a write. As on the real server, the same ids at the same expected revision are a repeat,
   * however long ago; the same ids at another revision are written again.
   */
  decide(expected: Expected, ids: readonly string[]): Decision {
    const current = this.last === -1 ? undefined : this.last;
    if (this.removed) return { kind: 'deleted' };
    if (expected === 'any' || expected === 'stream_exists') {
      if (expected === 'stream_exists' && current === undefined) return { kind: 'wrong', current };
      const at = this.events.findLastIndex(({ id }) => id === ids[0]);
      if (ids.length > 0 && at !== -1 && this.holds(at, ids))
        return { kind: 'repeated', revision: at + ids.length - 1 };
      return { kind: 'write' };
    }
    // A stream that was removed counts as one that is not there, and as one that goes on.
    if (expected === 'no_stream' && this.revive()) return { kind: 'write' };
    const revision = expected === 'no_stream' ? -1 : expected;
    if (revision === this.last) return { kind: 'write' };
    if (revision < this.last && ids.length > 0 && this.holds(revision + 1, ids)) {
      return { kind: 'repeated', revision: revision + ids.length };
    }
    return { kind: 'wrong', current };
  }

  private holds(from: number, ids: readonly string[]): boolean {
    return ids.every((id, n) => this.events[from + n]?.id === id);
  }
}
