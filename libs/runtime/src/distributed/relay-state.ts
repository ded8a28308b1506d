import type { BlockStore, EventLog, EventPublisher } from '@jejak/core';
import { atMostEvery } from '../watch/lags';
import type { Watch } from '../watch/watch';

/** Whether a relay does its part, and what keeps it from that. */
export interface RelayReadiness {
  readonly status: 'ready' | 'not-ready';
  /** `standby`: another relay is active, and this one takes over when that is gone */
  readonly turn: 'joining' | 'standby' | 'active';
  /** up to which it has carried everything, where it carried something */
  readonly position?: string;
  /** how long a batch has been waiting to be acknowledged, in seconds */
  readonly waiting?: number;
  readonly trouble?: string;
}

/** A batch that takes longer is stuck, in milliseconds. */
const STUCK = 10_000;
/** What failed is tried again within this, in milliseconds: later, it went well. */
const RECENT = 20_000;
/** Events that are counted behind the relay, at most; and how long the count is good for, in milliseconds. */
const MOST_BEHIND = 10_000;
const GOOD_FOR = 5_000;

/** What a relay is told of itself: kept for who asks whether it is ready, and measured. */
export class RelayState {
  private isMember = false;
  private isActive = false;
  private position: string | undefined;
  private waitingSince: number | undefined;
  private failed: { readonly at: number; readonly trouble: string } | undefined;

  constructor(
    private readonly watch: Watch,
    private readonly scrub: (text: string) => string,
  ) {
    watch.metrics?.set('jejak_relay_active', {}, 0);
  }

  onMembership(isMember: boolean): void {
    this.isMember = isMember;
  }

  /** Works, as the active one. */
  async active(work: () => Promise<void>): Promise<void> {
    const { metrics } = this.watch;
    this.isActive = true;
    metrics?.set('jejak_relay_active', {}, 1);
    try {
      await work();
    } finally {
      this.isActive = false;
      this.failed = undefined;
      metrics?.set('jejak_relay_active', {}, 0);
      metrics?.forget('jejak_relay_lag_events');
    }
  }

  onTrouble(what: string, error: Error): void {
    this.watch.metrics?.count('jejak_troubles_total', { what });
    this.failed = { at: Date.now(), trouble: this.scrub(`${what}: ${error.message}`) };
  }

  onRelayed(events: number, position: string): void {
    this.position = position;
    this.failed = undefined;
    this.watch.metrics?.count('jejak_relay_events_total', {}, events);
    this.watch.metrics?.set('jejak_relay_position', {}, Number(position));
  }

  /** The publisher, with an eye on how long its batches take. */
  publisher(publisher: EventPublisher): EventPublisher {
    return {
      publish: async (events, signal) => {
        this.waitingSince = Date.now();
        try {
          await publisher.publish(events, signal);
        } finally {
          this.waitingSince = undefined;
        }
        const first = events[0];
        if (signal.aborted || first === undefined) return;
        const seconds = (Date.now() - Date.parse(first.event.recordedAt)) / 1_000;
        this.watch.metrics?.observe('jejak_relay_delay_seconds', {}, Math.max(0, seconds));
      },
      close: () => publisher.close(),
    };
  }

  /** Has it measured, while this relay is active, how many events of the log are behind its checkpoint. */
  measureLag(log: Pick<EventLog, 'readAll'>, blocks: Pick<BlockStore, 'checkpoint'>): void {
    const { metrics } = this.watch;
    metrics?.collect(
      atMostEvery(GOOD_FOR, async () => {
        metrics.forget('jejak_relay_lag_events');
        if (!this.isActive) return;
        const checkpoint = await blocks.checkpoint();
        const behind = await log.readAll(checkpoint?.position, MOST_BEHIND);
        metrics.set('jejak_relay_lag_events', {}, behind.length);
      }),
    );
  }

  readiness(): RelayReadiness {
    const { position, waitingSince, failed } = this;
    const turn = this.isActive ? 'active' : this.isMember ? 'standby' : 'joining';
    const waiting = waitingSince === undefined ? 0 : Date.now() - waitingSince;
    const isFailing = failed !== undefined && Date.now() - failed.at < RECENT;
    const isReady = turn === 'standby' || (turn === 'active' && waiting < STUCK && !isFailing);
    return {
      status: isReady ? 'ready' : 'not-ready',
      turn,
      ...(position !== undefined && { position }),
      ...(waiting > 0 && { waiting: waiting / 1_000 }),
      ...(isFailing && { trouble: failed.trouble }),
    };
  }
}
