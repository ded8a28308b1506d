/** Milliseconds. */
const LONGEST = 250;
const SHORTEST = 10;
/** Above 400 events a second each rest is longer than the one before; below, all are short. */
const PER_EVENT = 2.5;

/**
 * The rest after a small batch, in which the next one grows: a document that many events touch is then written once.
 * When little comes in, it is short. Under load nobody waits for it: who needs the views to see a command says so.
 */
export class Rest {
  private hurried = false;
  private timer: NodeJS.Timeout | undefined;
  private end: (() => void) | undefined;

  /** Somebody waits for the views: the rest that is being taken is short, and so is the next. */
  hurry(): void {
    this.hurried = true;
    if (this.end === undefined) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(this.end, SHORTEST);
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
      const rest = this.hurried ? SHORTEST : Math.min(LONGEST, Math.max(SHORTEST, events * PER_EVENT));
      this.timer = setTimeout(this.end, rest);
      signal.addEventListener('abort', this.end);
    });
    clearTimeout(this.timer);
    this.end = undefined;
    this.hurried = false;
  }
}
