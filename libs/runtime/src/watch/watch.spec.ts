import {
  Contention,
  InvalidBody,
  KeyReused,
  OutcomeUnknown,
  type Ran,
  type Receipt,
  type Submission,
} from '@jejak/core';
import { MemoryLog, newEvent, streamOf } from '@jejak/core/testing';
import { Metrics } from './metrics';
import { watchedFeed, watchedLog, watchedPublisher } from './ports';
import type { Span, Tracing } from './span';
import { type CommandTold, UNWATCHED, watchedCommands } from './watch';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;

/** Writes down what is traced. */
class Traced implements Tracing {
  readonly begun: { name: string; parent: string | undefined; ended: boolean; error: unknown }[] = [];

  start(name: string, _kind: string, parent: string | undefined): Span {
    const span = { name, parent, ended: false, error: undefined as unknown };
    this.begun.push(span);
    return {
      traceparent: `00-${TRACE}-${String(this.begun.length).padStart(16, '0')}-01`,
      set: () => undefined,
      end(error) {
        span.ended = true;
        span.error = error;
      },
    };
  }

  async close(): Promise<void> {
    return;
  }
}

const submission: Submission = {
  ...{ type: 'Add', stream: 'counter-kota.2023.main', body: {}, key: 'k', correlationId: 'c-1' },
  actor: { subject: 'u-1', role: 'office' },
};
const ran = (repeated: boolean): Ran => ({ receipt: {} as Receipt, repeated });

describe('commands that are watched', () => {
  it('are left alone where nothing was asked for', () => {
    expect(watchedCommands(UNWATCHED)).toEqual({});
  });

  it('are counted by how they ended, and told with what ties them to a request', async () => {
    const metrics = new Metrics('api');
    const told: CommandTold[] = [];
    const { around, onRetry } = watchedCommands({
      ...UNWATCHED,
      metrics,
      onCommand: (each) => told.push(each),
    });
    await around?.(submission, async () => ran(false));
    await around?.({ ...submission, traceparent }, async () => ran(true));
    const failing = async (error: Error): Promise<void> => {
      const run = around?.(submission, () => Promise.reject(error));
      await expect(run).rejects.toBe(error);
    };
    await failing(new KeyReused());
    await failing(new InvalidBody([]));
    await failing(new Contention('others were faster'));
    await failing(Object.assign(new Error('used'), { code: 'sp2d-used' }));
    await failing(new OutcomeUnknown('nobody answered'));
    await failing(new TypeError('a bug'));
    await failing(Object.assign(new Error('of a library'), { code: 'ERR "what ever"' }));
    onRetry?.();
    const text = await metrics.text();
    for (const line of [
      'jejak_commands_total{outcome="accepted"} 1',
      'jejak_commands_total{outcome="repeated"} 1',
      'jejak_commands_total{outcome="refused"} 2',
      'jejak_commands_total{outcome="failed"} 5',
      'jejak_command_refusals_total{code="sp2d-used"} 1',
      'jejak_command_refusals_total{code="idempotency-key-reused"} 1',
      'jejak_command_refusals_total{code="contention"} 1',
      'jejak_command_refusals_total{code="outcome-unknown"} 1',
      'jejak_command_refusals_total{code="other"} 2',
      'jejak_command_retries_total 1',
    ])
      expect(text).toContain(`${line}\n`);
    const { type, stream, correlationId } = submission;
    expect(told.slice(1, 3)).toEqual([
      { type, stream, correlationId, traceparent, outcome: 'repeated' },
      { type, stream, correlationId, outcome: 'refused', code: 'idempotency-key-reused' },
    ]);
  });

  it('have a span where they belong to a trace, which stands in what they leave; else none', async () => {
    const tracing = new Traced();
    const { around } = watchedCommands({ ...UNWATCHED, tracing });
    const carriedOut: Submission[] = [];
    const carryOut = async (given: Submission): Promise<Ran> => {
      carriedOut.push(given);
      return ran(false);
    };
    await around?.(submission, carryOut);
    await around?.({ ...submission, traceparent }, carryOut);
    expect(tracing.begun).toEqual([{ name: 'Add', parent: traceparent, ended: true, error: undefined }]);
    expect(carriedOut.map((each) => each.traceparent)).toEqual([
      undefined,
      `00-${TRACE}-0000000000000001-01`,
    ]);
  });
});

describe('ports that are watched', () => {
  const traced = (id: string, of?: string) => {
    const event = newEvent('kota.2023', {}, id);
    const meta = { ...event.meta, ...(of !== undefined && { traceparent: of }) };
    return { ...event, meta };
  };
  const stream = streamOf('kota.2023');
  const recorded = [
    {
      event: { ...traced('a', traceparent), stream, revision: 0, recordedAt: '2023-06-12T02:00:00.000Z' },
      ...{ index: 0, position: '1' },
    },
    {
      event: { ...traced('b'), stream, revision: 1, recordedAt: '2023-06-12T02:00:00.000Z' },
      ...{ index: 1, position: '2' },
    },
  ];

  it('measure appends by how they ended, as a part of the command that they are of', async () => {
    const metrics = new Metrics('api');
    const tracing = new Traced();
    const log = watchedLog(new MemoryLog(() => 0), { ...UNWATCHED, metrics, tracing });
    await log.append(stream, -1, [traced('11111111-2222-4333-8444-555555555555', traceparent)]);
    await log.append(stream, 0, [traced('11111111-2222-4333-8444-555555555556')]);
    await expect(log.append(stream, 7, [traced('11111111-2222-4333-8444-555555555557')])).rejects.toThrow(
      'not 7',
    );
    const text = await metrics.text();
    expect(text).toContain('jejak_append_duration_seconds_count{outcome="appended"} 2\n');
    expect(text).toContain('jejak_append_duration_seconds_count{outcome="conflict"} 1\n');
    expect(tracing.begun).toEqual([{ name: 'append', parent: traceparent, ended: true, error: undefined }]);
    expect(await log.readStream(stream)).toHaveLength(2);
    expect(watchedLog(log, UNWATCHED)).toBe(log);
  });

  it('trace a fold until its batch is dealt with, and a publishing until it is acknowledged', async () => {
    const tracing = new Traced();
    const batches = async function* () {
      yield { events: recorded, done: async () => undefined };
    };
    const feed = watchedFeed(
      { consume: batches, close: async () => undefined },
      tracing,
      (group) => `of ${group}`,
    );
    for await (const batch of feed.consume('views', new AbortController().signal)) {
      expect(tracing.begun).toMatchObject([{ name: 'of views', parent: traceparent, ended: false }]);
      await batch.done();
      expect(tracing.begun).toMatchObject([{ ended: true }]);
    }
    let acknowledge = (): void => undefined;
    const acknowledged = new Promise<void>((resolve) => (acknowledge = resolve));
    const publisher = watchedPublisher(
      { publish: () => acknowledged, close: async () => undefined },
      tracing,
    );
    const publishing = publisher.publish(recorded, new AbortController().signal);
    expect(tracing.begun.at(-1)).toMatchObject({ name: 'publish', parent: traceparent, ended: false });
    acknowledge();
    await publishing;
    expect(tracing.begun).toHaveLength(2);
    expect(tracing.begun.at(-1)).toMatchObject({ ended: true });
  });
});
