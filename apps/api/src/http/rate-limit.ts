import net from 'node:net';
import type { Clock } from '@jejak/runtime';

const MINUTE = 60_000;
/** Keys counted at once: beyond them, the one that did nothing for the longest is forgotten. */
const MOST_KEYS = 100_000;

/** Counts what each key did within the minute of the clock. */
export class RateLimit {
  private minute = 0;
  private readonly counts = new Map<string, number>();

  /** @param perMinute 0 sets no limit */
  constructor(
    private readonly perMinute: number,
    private readonly clock: Clock,
    private readonly mostKeys = MOST_KEYS,
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
    // Put at the end of the map's order, so that its beginning is what did nothing for the longest.
    this.counts.delete(key);
    this.counts.set(key, count);
    if (this.counts.size > this.mostKeys) {
      const [idlest = key] = this.counts.keys();
      this.counts.delete(idlest);
    }
    return count > this.perMinute ? Math.ceil(((minute + 1) * MINUTE - now) / 1000) : undefined;
  }
}

/** What of an address is one caller's: all of IPv4, the /64 of IPv6, of which one subscriber has every address. */
export function addressKey(ip: string): string {
  const [address = ''] = ip.split('%');
  if (net.isIP(address) !== 6) return ip;
  const mapped = /^::ffff:([0-9.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  // A tail in IPv4's notation stands for two groups.
  const groups = address.replace(/[0-9.]+\.[0-9]+$/, '0:0');
  const [head = '', tail] = groups.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const all = [...before, ...Array<string>(zeros).fill('0'), ...after];
  return `${all
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
