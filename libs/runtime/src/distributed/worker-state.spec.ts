import { MemoryViewStore } from '@jejak/core/testing';
import { Metrics } from '../watch/metrics';
import { UNWATCHED } from '../watch/watch';
import { WorkerState } from './worker-state';

const groups = { views: 'jejak.views.1', processes: 'jejak.processes' };
const asIs = (text: string): string => text;

describe('whether a worker is ready', () => {
  it('it is once its views have caught up and it is in its groups, and no longer when it is not', async () => {
    const state = new WorkerState(UNWATCHED, groups, asIs);
    const status = async () => (await state.readiness(new MemoryViewStore())).status;
    expect(await status()).toBe('not-ready');
    state.feed.onMembership(groups.views, true);
    state.onReady();
    expect(await status()).toBe('not-ready');
    state.feed.onMembership(groups.processes, true);
    state.commands.onMembership(true);
    expect(await status()).toBe('ready');
    state.feed.onMembership(groups.views, false);
    expect(await status()).toBe('not-ready');
    state.feed.onMembership(groups.views, true);
    state.onTrouble('kafka', new Error('the broker is away'));
    expect(await status()).toBe('ready');
    state.onTrouble('views', new Error('the store is away'));
    expect(await state.readiness(new MemoryViewStore())).toMatchObject({
      status: 'not-ready',
      worker: { state: 'restarting', trouble: 'views: the store is away' },
    });
    state.onReady();
    expect(await status()).toBe('ready');
  });

  it('tells no partition’s lag that may be another worker’s by now', async () => {
    const metrics = new Metrics('worker');
    const { feed } = new WorkerState({ ...UNWATCHED, metrics }, groups, asIs);
    feed.onConsumed({ group: groups.views, partition: 2, events: 5, lag: 9 });
    feed.onUnreadable();
    const text = await metrics.text();
    expect(text).toContain('jejak_partition_lag_messages{group="views",partition="2"} 9\n');
    expect(text).toContain('jejak_consumed_events_total{group="views"} 5\n');
    expect(text).toContain('jejak_unreadable_messages_total 1\n');
    feed.onMembership(groups.views, true);
    expect(await metrics.text()).not.toContain('partition="2"');
  });
});
