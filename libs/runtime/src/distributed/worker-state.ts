import type { KafkaCommandsOptions, KafkaFeedOptions } from '@jejak/adapters/kafka';
import type { ViewStore } from '@jejak/core';
import { type Answering, type StoppedParts, stoppedParts } from '../readiness';
import type { Watch } from '../watch/watch';
import type { FollowerStatus } from '../worker/host';
import type { Groups } from '../worker/loops';

type GroupName = keyof Groups | 'commands';

/** Whether a worker can do all its work, and what keeps it from that. */
export interface WorkerReadiness extends StoppedParts {
  readonly status: 'ready' | 'not-ready';
  readonly worker: FollowerStatus;
  /** whether it is a member of its consumer groups */
  readonly groups: Readonly<Record<GroupName, boolean>>;
  readonly stores: Answering;
}

/** What a worker is told of itself: kept for who asks whether it is ready, and measured. */
export class WorkerState {
  private worker: FollowerStatus = { state: 'catching-up' };
  private readonly members = new Set<GroupName>();

  constructor(
    private readonly watch: Watch,
    private readonly groups: Groups,
    private readonly scrub: (text: string) => string,
  ) {}

  /** What the feed is to tell. */
  readonly feed = {
    onMembership: (group: string, isMember: boolean): void => this.onMembership(this.nameOf(group), isMember),
    onConsumed: ({ group, partition, events, lag }): void => {
      const name = this.nameOf(group);
      this.watch.metrics?.set('jejak_partition_lag_messages', { group: name, partition }, lag);
      this.watch.metrics?.count('jejak_consumed_events_total', { group: name }, events);
    },
    onUnreadable: (): void => this.watch.metrics?.count('jejak_unreadable_messages_total'),
  } satisfies Pick<KafkaFeedOptions, 'onMembership' | 'onConsumed' | 'onUnreadable'>;

  /** What the consumer of commands is to tell. */
  readonly commands = {
    onMembership: (isMember: boolean): void => this.onMembership('commands', isMember),
    onHandled: ({ partition, lag, unreadable }): void => {
      this.watch.metrics?.set('jejak_partition_lag_messages', { group: 'commands', partition }, lag);
      if (unreadable !== undefined) this.watch.metrics?.count('jejak_unreadable_messages_total');
    },
  } satisfies Pick<KafkaCommandsOptions, 'onMembership' | 'onHandled'>;

  private onMembership(name: GroupName, isMember: boolean): void {
    if (isMember) this.members.add(name);
    else this.members.delete(name);
    this.watch.metrics?.set('jejak_group_member', { group: name }, isMember ? 1 : 0);
    // Partitions are shared out anew: those that are gone have no lag here.
    this.watch.metrics?.forget('jejak_partition_lag_messages');
  }

  onReady(): void {
    this.worker = { state: 'ready' };
  }

  onTrouble(what: string, error: Error): void {
    this.watch.metrics?.count('jejak_troubles_total', { what });
    const trouble = this.scrub(`${what}: ${error.message}`);
    // The views begin again, and catch up anew.
    const state = what === 'views' ? 'restarting' : this.worker.state;
    this.worker = { state, trouble };
  }

  async readiness(store: ViewStore): Promise<WorkerReadiness> {
    const { answering, ...parts } = await stoppedParts(store, undefined, this.scrub);
    const isMember = (name: GroupName): boolean => this.members.has(name);
    const groups = {
      views: isMember('views'),
      processes: isMember('processes'),
      commands: isMember('commands'),
    };
    const takesPart = groups.views && groups.processes && groups.commands;
    const isReady = this.worker.state === 'ready' && takesPart && answering.answers;
    return {
      status: isReady ? 'ready' : 'not-ready',
      worker: this.worker,
      groups,
      stores: answering,
      ...parts,
    };
  }

  /** The group without what tells it from another installation's. */
  nameOf(group: string): keyof Groups {
    return group === this.groups.views ? 'views' : 'processes';
  }
}
