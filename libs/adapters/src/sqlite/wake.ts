/** Lets readers sleep until there is something new. */
export class Wake {
  private readonly sleepers = new Set<() => void>();

  /** Wakes all who sleep. */
  wake(): void {
    for (const rise of [...this.sleepers]) rise();
  }

  /** Resolves at the next wake, after the time, or when the signal aborts; never rejects. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const rise = (): void => {
        this.sleepers.delete(rise);
        clearTimeout(timer);
        signal.removeEventListener('abort', rise);
        resolve();
      };
      const timer = setTimeout(rise, milliseconds);
      this.sleepers.add(rise);
      signal.addEventListener('abort', rise);
      if (signal.aborted) rise();
    });
  }
}
