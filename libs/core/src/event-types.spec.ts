import { z } from 'zod';
import { Catalogue, type EventType, UnknownEvent } from './event-types';
import { asStored, newEvent } from './testing/log-fixture';

const type = (version: number, upcast: EventType['upcast'] = []): EventType => {
  return { version, schema: z.any(), timeClass: 'report', upcast };
};
const event = (name: string, version: number, data: { readonly [key: string]: number }) => {
  return { ...asStored('a-malang.2023.main', 0, 0, newEvent('malang.2023', data)), type: name, version };
};
const add = (key: string) => (data: unknown) => ({ ...(data as object), [key]: 1 });

describe('the catalogue of event types', () => {
  const catalogue = new Catalogue([
    { Reported: type(1) },
    { Planned: type(3, [add('second'), add('third')]) },
  ]);

  it('leaves an event of the newest version as it is', () => {
    const newest = event('Planned', 3, { a: 1 });
    expect(catalogue.upcast(newest)).toBe(newest);
  });

  it('takes an older event up, step by step, and leaves the stored one untouched', () => {
    const old = event('Planned', 1, { a: 1 });
    expect(catalogue.upcast(old)).toEqual({ ...old, version: 3, data: { a: 1, second: 1, third: 1 } });
    expect(old).toMatchObject({ version: 1, data: { a: 1 } });
    const second = event('Planned', 2, { a: 1 });
    expect(catalogue.upcast(second).data).toEqual({ a: 1, third: 1 });
  });

  it('refuses an event that it does not know, or from a newer version', () => {
    expect(() => catalogue.upcast(event('Planned', 4, {}))).toThrow(UnknownEvent);
    expect(() => catalogue.upcast(event('Lost', 1, {}))).toThrow(UnknownEvent);
    expect(() => catalogue.type('Lost')).toThrow(UnknownEvent);
    expect(catalogue.type('Reported').version).toBe(1);
  });

  it('refuses a version for which a step is missing', () => {
    const gap = new Catalogue([{ Planned: type(3, [add('second')]) }]);
    expect(() => gap.upcast(event('Planned', 1, {}))).toThrow(UnknownEvent);
  });

  it('lets streams share a type, but not a name for two', () => {
    const shared = type(1);
    expect(new Catalogue([{ Attached: shared }, { Attached: shared, Planned: type(1) }]).names()).toEqual([
      'Attached',
      'Planned',
    ]);
    expect(() => new Catalogue([{ Attached: type(1) }, { Attached: type(1) }])).toThrow(
      'Attached is declared twice',
    );
  });
});
