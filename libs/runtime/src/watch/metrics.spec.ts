import fs from 'node:fs';
import path from 'node:path';
import { METRICS, metricsTable } from './metric-list';
import { Metrics } from './metrics';

const README = path.resolve(__dirname, '../../../../README.md');

describe('the measures', () => {
  it('are told whole in the README', () => {
    const plain = (text: string): string => text.replace(/-+/g, '-').replace(/[ \t]+/g, ' ');
    const readme = plain(fs.readFileSync(README, 'utf8'));
    for (const row of plain(metricsTable()).split('\n')) expect(readme).toContain(row);
  });

  it('are named as Prometheus has it: base units, counters as totals', () => {
    for (const [name, { kind }] of Object.entries(METRICS)) {
      expect(name).toMatch(/^jejak_[a-z_]+[a-z]$/);
      expect([name, name.endsWith('_total')]).toEqual([name, kind === 'counter']);
      if (kind === 'histogram') expect(name).toMatch(/_seconds$/);
    }
  });

  it('say nothing of what a program does not do, nor of what nobody has measured', async () => {
    const relay = new Metrics('relay');
    const text = await relay.text();
    expect(text).toContain('jejak_relay_events_total 0\n');
    expect(text).not.toMatch(/^jejak_relay_(active|position|lag_events)/m);
    expect(text).not.toContain('jejak_view_lag_events');
    expect(text).toMatch(/^process_resident_memory_bytes \d/m);
    expect(() => relay.count('jejak_commands_total', { outcome: 'accepted' })).toThrow('no measure');
  });

  it('forget what is not true any more, with labels and without', async () => {
    const relay = new Metrics('relay');
    relay.set('jejak_relay_lag_events', {}, 7);
    expect(await relay.text()).toContain('jejak_relay_lag_events 7\n');
    relay.forget('jejak_relay_lag_events');
    expect(await relay.text()).not.toMatch(/^jejak_relay_lag_events/m);
    const worker = new Metrics('worker');
    worker.set('jejak_partition_lag_messages', { group: 'views', partition: 3 }, 1);
    expect(await worker.text()).toContain('{group="views",partition="3"} 1\n');
    worker.forget('jejak_partition_lag_messages');
    expect(await worker.text()).not.toContain('partition="3"');
  });

  it('are measured when they are read; one that cannot be keeps the others not back', async () => {
    const metrics = new Metrics('relay');
    let reads = 0;
    metrics.collect(async () => metrics.set('jejak_relay_position', {}, ++reads));
    metrics.collect(async () => {
      throw new Error('the store is away');
    });
    expect(await metrics.text()).toContain('jejak_relay_position 1\n');
    expect(await metrics.text()).toContain('jejak_relay_position 2\n');
  });
});
