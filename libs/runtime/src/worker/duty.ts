import type { Share } from '@jejak/core';

/** The programmes that this process looks after: its share of a group, as it was told last. */
export class Duty {
  private share: Share | undefined;
  private changed = new AbortController();

  take(share: Share): void {
    this.share = share;
    const { changed } = this;
    this.changed = new AbortController();
    changed.abort();
  }

  has(programme: string): boolean {
    return this.share?.has(programme) ?? false;
  }

  /** Aborts when the share is another one. */
  get change(): AbortSignal {
    return this.changed.signal;
  }
}
