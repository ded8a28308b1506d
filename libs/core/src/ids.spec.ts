import fc from 'fast-check';
import { canonical } from './canonical';
import { commandIdOf, derivedCode, digestOf, eventIdOf } from './ids';
import { isCode } from './stream-name';
import { anyJson } from './testing/log-fixture';

const UUID5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

// The expected ids were computed with Python's uuid and hashlib.
describe('ids', () => {
  it('of events are UUIDv5 in the namespace of their command', () => {
    const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
    expect(eventIdOf(dns, 0)).toBe('6af613b6-569c-5c22-9c37-2ed93f31d3af');
    expect(eventIdOf(dns, 12)).toBe('52524d6e-10dc-5261-aa36-8b2efcbaa5f0');
  });

  it('of commands never change from one version to the next', () => {
    expect(commandIdOf('u-1', 'action-malang.2023.a-1', 'k-1')).toBe('182d1774-6cbc-5df0-bc57-2db31500fec5');
    expect(derivedCode('csr', 'u-1', 'malang.2023', 'k-1')).toBe('csr-deff0db0-cc6f');
    expect(digestOf('PlanAction', 'action-malang.2023.a-1', { a: 1 })).toBe(
      '37fe65446a9ce2baec509fdb7f936e3f7acbbcc23e2b4e39addacc7acff53ba5',
    );
  });

  it('of commands differ where subject, stream or key do', () => {
    const parts = fc.tuple(fc.string(), fc.string(), fc.string());
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        fc.pre(canonical(a) !== canonical(b));
        expect(commandIdOf(...a)).not.toBe(commandIdOf(...b));
        expect(commandIdOf(...a)).toMatch(UUID5);
      }),
    );
    // What a plain concatenation would mix up.
    expect(commandIdOf('a', 'b', 'c')).not.toBe(commandIdOf('ab', '', 'c'));
  });

  it('of the events of a command differ', () => {
    const ids = Array.from({ length: 1_000 }, (_, n) => eventIdOf(commandIdOf('u', 's', 'k'), n));
    expect(new Set(ids).size).toBe(1_000);
    for (const id of ids) expect(id).toMatch(UUID5);
  });

  it('digest a body by its value, not by how it was written', () => {
    expect(digestOf('T', 's', { a: 1, b: [1.0, 'é'] })).toBe(digestOf('T', 's', { b: [1, '\u00e9'], a: 1 }));
    fc.assert(
      fc.property(anyJson, anyJson, (a, b) => {
        expect(digestOf('T', 's', a) === digestOf('T', 's', b)).toBe(canonical(a) === canonical(b));
        expect(digestOf('T', 's', a)).not.toBe(digestOf('U', 's', a));
        expect(digestOf('T', 's', a)).not.toBe(digestOf('T', 't', a));
      }),
    );
  });

  it('make codes that can be codes', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (subject, key) => {
        expect(isCode(derivedCode('finding', subject, 'malang.2023', key))).toBe(true);
      }),
    );
  });
});
