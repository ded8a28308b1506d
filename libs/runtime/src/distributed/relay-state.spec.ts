import { MemoryBlocks, MemoryLog, newEvent, streamOf } from '@jejak/core/testing';
import { Metrics } from '../watch/metrics';
import { UNWATCHED, type Watch } from '../watch/watch';
import { RelayState } from './relay-state';

const watchedBy = (metrics: Metrics): Watch => ({ ...UNWATCHED, metrics });
const asIs = (text: string): string => text;
const EVENT = newEvent('kota.2023', {}, '11111111-2222-4333-8444-555555555555');
const recorded = {
  event: { ...EVENT, stream: streamOf('kota.2023'), revision: 0, recordedAt: '2023-06-12T02:00:00.000Z' },
  index: 0,
  position: '1',
};

describe('whether a relay is ready', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: Date.parse('2023-06-12T02:00:03.000Z'), doNotFake: ['performance'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('it is when it stands by, and when it is active and all goes well', async () => {
    const state = new RelayState(UNWATCHED, asIs);
    expect(state.readiness()).toEqual({ status: 'not-ready', turn: 'joining' });
    state.onMembership(true);
    expect(state.readiness()).toEqual({ status: 'ready', turn: 'standby' });
    await state.active(async () => {
      // It takes its place again, and stays the active one.
      state.onMembership(true);
      expect(state.readiness()).toEqual({ status: 'ready', turn: 'active' });
      state.onTrouble('relay', new Error('the blocks are away'));
      expect(state.readiness()).toMatchObject({ status: 'not-ready', trouble: 'relay: the blocks are away' });
      state.onRelayed(1, '7');
      expect(state.readiness()).toEqual({ status: 'ready', turn: 'active', position: '7' });
      state.onTrouble('relay', new Error('once'));
      jest.advanceTimersByTime(20_000);
      expect(state.readiness()).toMatchObject({ status: 'ready' });
    });
    expect(state.readiness()).toMatchObject({ status: 'ready', turn: 'standby' });
  });

  it('it is not while its batch is not acknowledged', async () => {
    const metrics = new Metrics('relay');
    const state = new RelayState(watchedBy(metrics), asIs);
    let acknowledge = (): void => undefined;
    const acknowledged = new Promise<void>((resolve) => (acknowledge = resolve));
    const publisher = state.publisher({ publish: () => acknowledged, close: async () => undefined });
    await state.active(async () => {
      const publishing = publisher.publish([recorded], new AbortController().signal);
      jest.advanceTimersByTime(9_000);
      expect(state.readiness()).toMatchObject({ status: 'ready', waiting: 9 });
      jest.advanceTimersByTime(2_000);
      expect(state.readiness()).toMatchObject({ status: 'not-ready', waiting: 11 });
      acknowledge();
      await publishing;
      expect(state.readiness()).toEqual({ status: 'ready', turn: 'active' });
    });
    // Recorded 3 seconds before it came here, and 11 until it was acknowledged.
    expect(await metrics.text()).toContain('jejak_relay_delay_seconds_sum 14\n');
  });

  it('counts what is behind its checkpoint, while it is active', async () => {
    const metrics = new Metrics('relay');
    const state = new RelayState(watchedBy(metrics), asIs);
    const log = new MemoryLog(() => 0);
    await log.append(streamOf('kota.2023'), -1, [EVENT]);
    state.measureLag(log, new MemoryBlocks());
    expect(await metrics.text()).not.toMatch(/^jejak_relay_lag_events/m);
    const active = new RelayState(watchedBy(metrics), asIs);
    active.measureLag(log, new MemoryBlocks());
    await active.active(async () => {
      expect(await metrics.text()).toMatch(/^jejak_relay_(active|lag_events) 1$/m);
    });
  });
});
