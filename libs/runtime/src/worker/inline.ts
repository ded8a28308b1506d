import type { Follower, FollowerStatus } from './host';
import { follow, type FollowerParts } from './loops';
import { Rest } from './rest';

export interface InlineParts extends Omit<FollowerParts, 'onReady' | 'onProgress' | 'rest'> {
  readonly store: FollowerParts['store'] & { close(): Promise<void> };
}

/** The worker in the thread of whoever starts it: for tools and tests. */
export class InlineFollower implements Follower {
  private readonly stopping = new AbortController();
  private readonly rest = new Rest();
  private readonly running: Promise<void>;
  status: FollowerStatus = { state: 'catching-up' };

  constructor(private readonly parts: InlineParts) {
    this.running = follow(
      {
        ...parts,
        rest: this.rest,
        onProgress: (done, total) => (this.status = { ...this.status, progress: { done, total } }),
        onReady: () => (this.status = { state: 'ready' }),
        onTrouble: (loop, error) => {
          this.status = { ...this.status, trouble: `${loop}: ${error.message}` };
          parts.onTrouble(loop, error);
        },
      },
      this.stopping.signal,
    );
  }

  /** The log wakes its followers itself. */
  wake(): void {
    return;
  }

  hurry(): void {
    this.rest.hurry();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await this.parts.feed.close();
    await this.parts.store.close();
    this.status = { state: 'stopped' };
  }
}
