/** How long a rest is, in milliseconds. */
export interface Resting {
  readonly shortest: number;
  readonly longest: number;
  readonly perEvent: number;
}

/** Beside the requests: above 400 events a second each rest is longer than the one before; below, all are short. */
const BESIDE_REQUESTS: Resting = { shortest: 10, longest: 250, perEvent: 2.5 };

/**
 * In a process of its own: nobody hurries it, batches come for each partition by itself, and while it is behind the
 * broker has the next one ready.
 */
export const BY_ITSELF: Resting = { shortest: 1, longest: 20, perEvent: 0.25 };

/**
 * The rest after a small batch, in which the next one grows: a document that many events touch is then written once.
 * When little comes in, it is short. Under load nobody waits for it: who needs the views to see a command says so.
 */
export class Rest {
  private hurried = false;
  private timer: NodeJS.Timeout | undefined;
  private end: (() => void) | undefined;

  constructor(private readonly resting = BESIDE_REQUESTS) {}

  /** Somebody waits for the views: the rest that is being taken is short, and so is the next. */
  hurry(): void {
    this.hurried = true;
    if (this.end === undefined) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(this.end, this.resting.shortest);
  }

  /**
   * Resolves when it is over, or the signal aborts.
   *
   * @param events how many the batch before it had
   */
  async take(events: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.end = () => {
        signal.removeEventListener('abort', this.end as () => void);
        resolve();
      };
      const { shortest, longest, perEvent } = this.resting;
      const rest = this.hurried ? shortest : Math.min(longest, Math.max(shortest, events * perEvent));
      this.timer = setTimeout(this.end, rest);
      signal.addEventListener('abort', this.end);
    });
    clearTimeout(this.timer);
    this.end = undefined;
    this.hurried = false;
  }
}
