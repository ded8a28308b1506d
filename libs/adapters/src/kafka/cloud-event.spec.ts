import { canonical, type Json, MAX_ENVELOPE_BYTES, type ProgrammeEvent } from '@jejak/core';
import { anyJson, newEvent, streamOf } from '@jejak/core/testing';
import fc from 'fast-check';
import { cloudEventText, readCloudEvent, Unreadable } from './cloud-event';

const SOURCE = 'jejak';

function recorded(data: Json, index = 7, position = '21000000000000000001'): ProgrammeEvent {
  const event = newEvent('malang.2023', data, '11111111-2222-4333-8444-555555555555');
  const stream = streamOf('malang.2023');
  return {
    event: { ...event, stream, revision: 3, recordedAt: '2023-06-12T02:00:00.000Z' },
    index,
    position,
  };
}

describe('an event as a CloudEvent', () => {
  it('has the attributes that CloudEvents 1.0 asks for, and ours', () => {
    const { data, ...attributes } = JSON.parse(cloudEventText(recorded({ n: 1 }), SOURCE)) as { data: Json };
    expect(attributes).toEqual({
      specversion: '1.0',
      id: '11111111-2222-4333-8444-555555555555',
      source: 'jejak',
      type: 'Happened',
      subject: 'test-malang.2023.main',
      time: '2023-06-12T02:00:00.000Z',
      datacontenttype: 'application/json',
      index: 7,
      position: '21000000000000000001',
      programme: 'malang.2023',
    });
    for (const name of Object.keys(attributes)) expect(name).toMatch(/^[a-z0-9]{1,20}$/);
    expect(data).toEqual(recorded({ n: 1 }).event);
  });

  it('names the trace of an event that has one', () => {
    const { event, ...place } = recorded({ n: 1 });
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const traced = { ...place, event: { ...event, meta: { ...event.meta, traceparent } } };
    const text = cloudEventText(traced, SOURCE);
    expect(JSON.parse(text)).toMatchObject({ traceparent, data: { meta: { traceparent } } });
    expect(readCloudEvent(text, SOURCE)).toEqual(traced);
  });

  it('carries the canonical text of the envelope unchanged, and comes back with the same bytes', () => {
    fc.assert(
      fc.property(anyJson, fc.nat(), fc.bigInt({ min: 0n, max: 2n ** 70n }), (data, index, position) => {
        fc.pre(canonical(data).isWellFormed());
        const before = recorded(data, index, String(position));
        const text = cloudEventText(before, SOURCE);
        const envelope = canonical(before.event as unknown as Json);
        expect(text.endsWith(`,"data":${envelope}}`)).toBe(true);
        const after = readCloudEvent(text, SOURCE);
        expect(canonical(after.event as unknown as Json)).toBe(envelope);
        expect(after).toMatchObject({ index, position: String(position) });
      }),
    );
  });

  it('takes the largest envelope', () => {
    const room = MAX_ENVELOPE_BYTES - Buffer.byteLength(canonical(recorded('').event as unknown as Json));
    const largest = recorded('x'.repeat(room));
    expect(readCloudEvent(cloudEventText(largest, SOURCE), SOURCE)).toEqual(largest);
  });

  const good = JSON.parse(cloudEventText(recorded({ n: 1 }), SOURCE)) as { data: object };
  it.each([
    ['nothing', undefined, 'it is empty'],
    ['no JSON', '{"specversion":', 'it is no JSON'],
    ['a list', '[1]', 'it is no JSON object'],
    ['another specification', JSON.stringify({ ...good, specversion: '0.3' }), 'CloudEvents 1.0'],
    ['another log', JSON.stringify({ ...good, source: 'elsewhere' }), 'it is of another log: elsewhere'],
    ['a negative index', JSON.stringify({ ...good, index: -1 }), 'it has no index'],
    ['an index that is a text', JSON.stringify({ ...good, index: '1' }), 'it has no index'],
    ['a position that is none', JSON.stringify({ ...good, position: '1x' }), 'it has no position'],
    ['no envelope', JSON.stringify({ ...good, data: 'abc' }), 'it has no envelope'],
    [
      'an envelope of nobody',
      JSON.stringify({ ...good, data: { ...good.data, programme: '' } }),
      'programme',
    ],
    [
      'an envelope without a revision',
      JSON.stringify({ ...good, data: { ...good.data, revision: 1.5 } }),
      'revision',
    ],
  ])('is not made of %s', (_, text, reason) => {
    expect(() => readCloudEvent(text, SOURCE)).toThrow(Unreadable);
    expect(() => readCloudEvent(text, SOURCE)).toThrow(reason);
  });
});
