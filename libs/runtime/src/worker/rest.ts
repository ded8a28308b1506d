/** Milliseconds. Who reads without waiting sees what was written so long ago at the latest, when little comes in. */
const LONGEST = 250;
const SHORTEST = 10;

/**
 * The rest after a small batch, in which the next one grows: a document that many events touch is then written once.
 * Nobody waits for it: who needs the views to see a command says so.
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

  /** Resolves when it is over, or the signal aborts. */
  async take(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.end = () => {
        signal.removeEventListener('abort', this.end as () => void);
        resolve();
      };
      this.timer = setTimeout(this.end, this.hurried ? SHORTEST : LONGEST);
      signal.addEventListener('abort', this.end);
    });
    clearTimeout(this.timer);
    this.end = undefined;
    this.hurried = false;
  }
}
