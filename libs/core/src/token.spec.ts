import fc from 'fast-check';
import { before, formatToken, parseToken } from './token';

describe('read tokens', () => {
  it('read back as what they were made of', () => {
    const programme = fc.constantFrom('malang.2023', 'installation', 'kota-batu.2024');
    fc.assert(
      fc.property(fc.uuid(), programme, fc.bigInt({ min: 0n, max: 2n ** 70n }), (logId, name, position) => {
        const token = { logId, programme: name, position: String(position) };
        expect(parseToken(formatToken(token))).toEqual(token);
      }),
    );
  });

  it.each(['', '~~', 'a~b', 'a~b~', 'a~b~c', 'a~b~-1', 'a~b~1.5', 'a~b~1~2', 'a b~c~1', 'a~B~1', 'a~b~1\n'])(
    '%j is none',
    (text) => {
      expect(parseToken(text)).toBeUndefined();
    },
  );
});

describe('before', () => {
  it('orders positions as numbers of any length', () => {
    const position = fc.bigInt({ min: 0n, max: 2n ** 80n });
    fc.assert(
      fc.property(position, position, (a, b) => {
        expect(before(String(a), String(b))).toBe(a < b);
      }),
    );
    expect(before('9', '10')).toBe(true);
    expect(before('10', '9')).toBe(false);
    expect(before('10', '10')).toBe(false);
  });
});
