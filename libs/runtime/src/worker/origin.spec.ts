import { MemoryLog, newEvent, streamOf } from '@jejak/core/testing';
import type { Stopped } from './messages';
import { withOrigin } from './origin';

const stopped: Stopped = { what: 'view', name: 'budget', programme: 'kota.2023', index: 0, error: 'poison' };
const next = () => {
  let told: (stopped: Stopped) => void = () => undefined;
  const once = new Promise<Stopped>((resolve) => (told = resolve));
  return { told, once };
};

describe('who is told of what stops', () => {
  it('learns which request and trace it began with', async () => {
    const log = new MemoryLog(() => 0);
    const event = newEvent('kota.2023', {}, '11111111-2222-4333-8444-555555555555');
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await log.append(streamOf('kota.2023'), -1, [{ ...event, meta: { ...event.meta, traceparent } }]);
    const { told, once } = next();
    withOrigin(log, told)(stopped);
    const { correlationId } = event.meta;
    expect(await once).toEqual({ ...stopped, correlationId, traceparent });
  });

  it('is told all the same where that cannot be read', async () => {
    const { told, once } = next();
    const away = {
      async *readProgramme(): AsyncGenerator<never> {
        throw new Error('away');
      },
      heads: async () => [],
      head: async () => undefined,
    };
    withOrigin(away, told)(stopped);
    expect(await once).toEqual(stopped);
  });
});
