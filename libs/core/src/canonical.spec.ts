import fc from 'fast-check';
import { canonical, NotCanonical } from './canonical';
import type { Json } from './json';
import { anyJson } from './testing/log-fixture';

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

/** RFC 8785 once more, as its text says it and without regard to speed. */
function byTheBook(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item) => byTheBook(item as Json)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const units = (text: string) => Array.from({ length: text.length }, (_, n) => text.charCodeAt(n));
  const keys = Object.keys(value).sort((a, b) => {
    const [left, right] = [units(a), units(b)];
    for (let n = 0; n < Math.min(left.length, right.length); n++) {
      if (left[n] !== right[n]) return (left[n] as number) - (right[n] as number);
    }
    return left.length - right.length;
  });
  const members = value as { readonly [key: string]: Json };
  return `{${keys.map((key) => `${JSON.stringify(key)}:${byTheBook(members[key] as Json)}`).join(',')}}`;
}

/** The same value with the members of its objects put in another order. */
function shuffled(value: Json, seed: number): Json {
  if (Array.isArray(value)) return value.map((item) => shuffled(item as Json, seed));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(
    ([key, member]) => [key, shuffled(member as Json, seed)] as const,
  );
  const turn = entries.length === 0 ? 0 : seed % entries.length;
  return Object.fromEntries([...entries.slice(turn), ...entries.slice(0, turn)].reverse());
}

describe('canonical', () => {
  // RFC 8785, sections 3.2.2 and 3.2.3
  it('writes the example of the standard as the standard does', () => {
    const input = JSON.parse(
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],' +
        '"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
    ) as Json;
    expect(canonical(input)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts members by UTF-16 code units, as the example of the standard', () => {
    const names = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6'];
    const text = canonical(Object.fromEntries(names.map((name) => [name, 0])));
    const sorted = ['\r', '1', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33'];
    expect(Object.keys(JSON.parse(text) as object).filter((key) => key !== '1')).toEqual(
      sorted.filter((name) => name !== '1'),
    );
    expect(text.indexOf('"1"')).toBeLessThan(text.indexOf('"\u0080"'));
    expect(text.indexOf('"1"')).toBeGreaterThan(text.indexOf('"\\r"'));
  });

  it.each([
    [0, '0'],
    [-0, '0'],
    [1e21, '1e+21'],
    [123456789012345680000, '123456789012345680000'],
    [5e-324, '5e-324'],
    [-1.7976931348623157e308, '-1.7976931348623157e+308'],
    [9007199254740991, '9007199254740991'],
    [0.1 + 0.2, '0.30000000000000004'],
  ])('writes the number %p as %s', (number, text) => {
    expect(canonical(number)).toBe(text);
  });

  it('agrees with the standard, said slowly, on any JSON, in whatever order the members come', () => {
    fc.assert(
      fc.property(anyJson, fc.nat(), (value, seed) => {
        const text = canonical(value);
        expect(text).toBe(byTheBook(value));
        expect(canonical(shuffled(value, seed))).toBe(text);
        expect(canonical(JSON.parse(text) as Json)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('sorts many members as it sorts few', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ unit: 'binary', maxLength: 3 }), { minLength: 10, maxLength: 60 }),
        (keys) => {
          const value = Object.fromEntries(keys.map((key, n) => [key, n]));
          expect(canonical(value)).toBe(byTheBook(value));
        },
      ),
    );
  });

  it('escapes what JSON must escape, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ min: 0, max: 0x2ff }).map((c) => String.fromCharCode(c)) }),
        (text) => {
          expect(canonical(text)).toBe(JSON.stringify(text));
          expect(canonical({ [text]: text })).toBe(`{${JSON.stringify(text)}:${JSON.stringify(text)}}`);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('keeps a member called __proto__', () => {
    const text = '{"__proto__":{"a":1},"b":2}';
    expect(canonical(JSON.parse(text) as Json)).toBe(text);
  });

  it('takes what is nested 100 deep', () => {
    expect(canonical(nested(100) as Json)).toBe('['.repeat(100) + ']'.repeat(100));
  });

  it('leaves out members that are undefined', () => {
    expect(canonical({ a: undefined, b: 1, c: undefined })).toBe('{"b":1}');
    expect(canonical({ a: undefined })).toBe('{}');
  });

  it.each<[string, unknown]>([
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate within', { a: ['x\udc00'] }],
    ['a lone surrogate in a name', { '\ud800': 1 }],
    ['a pair the wrong way round', '\udc00\ud800'],
    ['infinity', -Infinity],
    ['not a number', [NaN]],
    ['undefined in a list', [undefined]],
    ['a hole in a list', [1, , 2]],
    ['undefined', undefined],
    ['a bigint', { n: 1n }],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a date', new Date(0)],
    ['a map', { m: new Map([[1, 2]]) }],
    ['lists nested deeper than 100', nested(101)],
    ['lists nested without end', nested(1_000_000)],
    ['objects nested deeper than 100', JSON.parse(`${'{"a":'.repeat(101)}1${'}'.repeat(101)}`)],
  ])('refuses %s', (_, value) => {
    expect(() => canonical(value as Json)).toThrow(NotCanonical);
  });
});
