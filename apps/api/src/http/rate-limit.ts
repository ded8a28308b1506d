import type { Clock } from '@jejak/runtime';

const MINUTE = 60_000;

/** Counts what each key did within the minute of the clock. */
export class RateLimit {
  private minute = 0;
  private readonly counts = new Map<string, number>();

  /** @param perMinute 0 sets no limit */
  constructor(
    private readonly perMinute: number,
    private readonly clock: Clock,
  ) {}

  /** Counts one more. Gives the seconds to wait where that is too many, else undefined. */
  hit(key: string): number | undefined {
    if (this.perMinute === 0) return undefined;
    const now = this.clock();
    const minute = Math.floor(now / MINUTE);
    if (minute !== this.minute) {
      this.minute = minute;
      this.counts.clear();
    }
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    return count > this.perMinute ? Math.ceil(((minute + 1) * MINUTE - now) / 1000) : undefined;
  }
}
