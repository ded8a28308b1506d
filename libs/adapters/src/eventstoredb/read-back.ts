import type { LoggedEvent } from '@jejak/core';
import { LogUnavailable } from '@jejak/core';
import type { Acknowledged } from './batch';
import type { Connection } from './connection';
import { fromRecorded, ours } from './envelopes';
import { type Deadline, untilAnswered } from './retry';

/** An append that was acknowledged, whose events are wanted as they are stored. */
export interface Wanted {
  readonly stream: string;
  /** of the first event */
  readonly revision: number;
  readonly ids: readonly string[];
  readonly acknowledged: Acknowledged;
  readonly deadline: Deadline;
}

export interface Found {
  readonly events: readonly LoggedEvent[];
  /** whether the stream is known to go on behind them */
  readonly goesOn: boolean;
}

interface Asked {
  readonly wanted: Wanted;
  readonly resolve: (found: Found | undefined) => void;
}

/** Acknowledgements that are read back with one call, at most. */
const GROUP = 256;

/** Records of others that are read over, besides one for each of ours. */
const OTHERS = 16;

/**
 * Reads what appends left. EventStoreDB acknowledges a repeat as it did the first time, and does not say which it was:
 * only what is stored tells. The appends that were acknowledged while others were read back are read in one go.
 */
export class ReadBack {
  private asked: Asked[] = [];
  private running = false;

  constructor(private readonly connection: Connection) {}

  /** @throws LogUnavailable where it could not be read in time */
  async of(wanted: Wanted): Promise<Found> {
    return (wanted.ids.length === 1 ? await this.inGroup(wanted) : undefined) ?? (await this.alone(wanted));
  }

  private inGroup(wanted: Wanted): Promise<Found | undefined> {
    return new Promise((resolve) => {
      this.asked.push({ wanted, resolve });
      if (this.running) return;
      this.running = true;
      setImmediate(() => void this.readGroups());
    });
  }

  private async readGroups(): Promise<void> {
    while (this.asked.length > 0) {
      const group = this.asked.splice(0, GROUP);
      const records = group.length === 1 ? new Map<string, LoggedEvent>() : await this.recordsOf(group);
      for (const { wanted, resolve } of group) {
        const found = records.get(place(wanted.stream, wanted.revision));
        const goesOn = records.has(place(wanted.stream, wanted.revision + 1));
        resolve(found?.event.id === wanted.ids[0] ? { events: [found as LoggedEvent], goesOn } : undefined);
      }
    }
    this.running = false;
  }

  /** What lies from the first of them on; of what is missing, each is read by itself. */
  private async recordsOf(group: readonly Asked[]): Promise<ReadonlyMap<string, LoggedEvent>> {
    const positions = group.map(({ wanted }) => BigInt(wanted.acknowledged.position));
    const first = positions.reduce((a, b) => (a < b ? a : b));
    const left = Math.min(...group.map(({ wanted }) => wanted.deadline.left));
    const records = new Map<string, LoggedEvent>();
    try {
      for (const recorded of await this.connection.readLog(first, 2 * group.length + OTHERS, left)) {
        const logged = fromRecorded(recorded);
        if (logged !== undefined) records.set(place(logged.event.stream, logged.event.revision), logged);
      }
    } catch {
      // Each is read by itself, and tells by itself why it cannot be.
    }
    return records;
  }

  private async alone({ stream, revision, ids, deadline }: Wanted): Promise<Found> {
    const range = { fromRevision: BigInt(revision), maxCount: ids.length + 1 };
    return untilAnswered(deadline, async (left) => {
      const stored = (await this.connection.read(stream, range, left)).map(ours);
      if (!ids.every((id, n) => stored[n]?.event.id === id)) {
        throw new LogUnavailable(`EventStoreDB acknowledged an append to ${stream}, and does not show it`);
      }
      return { events: stored.slice(0, ids.length), goesOn: stored.length > ids.length };
    });
  }
}

const place = (stream: string, revision: number): string => `${String(revision)}@${stream}`;
