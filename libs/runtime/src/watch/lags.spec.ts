import { MemoryLog, MemoryViewStore } from '@jejak/core/testing';
import type { Head } from '@jejak/core';
import { views } from '@jejak/views';
import { atMostEvery, measureLags } from './lags';
import { Metrics } from './metrics';

const version = (name: string): number => views.find((view) => view.name === name)?.version ?? 1;

describe('how far views are behind', () => {
  it('is counted over all programmes, with those for which they have stopped', async () => {
    const store = new MemoryViewStore();
    const generation = await store.building('budget', version('budget'));
    const write = { generation, documents: [], after: -1 };
    const stopped = { index: 4, error: 'poison' };
    await store.commit([
      { ...write, programme: 'kota.2023', marker: { index: 7, position: '7' } },
      { ...write, programme: 'malang.2023', marker: { index: 3, position: '3', stopped } },
    ]);
    await store.swap('budget', generation);
    const heads = async (): Promise<readonly Head[]> => [
      { programme: 'kota.2023', index: 9, position: '9' },
      { programme: 'malang.2023', index: 4, position: '4' },
      { programme: 'new.2024', index: 0, position: '10' },
    ];
    const metrics = new Metrics('api');
    measureLags(metrics, { log: { heads }, store });
    const text = await metrics.text();
    expect(text).toContain('jejak_view_lag_events{view="budget"} 4\n');
    expect(text).toContain('jejak_view_stopped_programmes{view="budget"} 1\n');
    // What is not built yet has everything before it.
    expect(text).toContain('jejak_view_lag_events{view="actions"} 16\n');
    expect(text).toContain('jejak_process_lag_events{process="seal-phase"} 16\n');
  });

  it('is not told while the store is away: what was true once would look well', async () => {
    const log = new MemoryLog(() => 0);
    let isAway = false;
    class Store extends MemoryViewStore {
      override async current(): Promise<string | undefined> {
        if (isAway) throw new Error('away');
        return undefined;
      }
    }
    const metrics = new Metrics('api');
    measureLags(metrics, { log, store: new Store() }, 0);
    expect(await metrics.text()).toContain('jejak_view_lag_events{view="actions"} 0\n');
    isAway = true;
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(await metrics.text()).not.toContain('jejak_view_lag_events{');
  });

  it('is looked for once for all who ask meanwhile, or soon after', async () => {
    let looks = 0;
    const look = atMostEvery(30, async () => {
      looks++;
      await new Promise((resolve) => setTimeout(resolve, 5));
    });
    await Promise.all([look(), look(), look()]);
    await look();
    expect(looks).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 40));
    await look();
    expect(looks).toBe(2);
  });
});
