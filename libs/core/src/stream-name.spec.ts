import fc from 'fast-check';
import { BadName, INSTALLATION, isCode, isProgramme, MAIN, parseStream, streamName } from './stream-name';

const lower = 'abcdefghijklmnopqrstuvwxyz'.split('');
const digits = '0123456789'.split('');
const textOf = (letters: readonly string[], maxLength: number, minLength = 0) =>
  fc.string({ unit: fc.constantFrom(...letters), minLength, maxLength });

const kinds = textOf(lower, 12, 1);
const slugs = fc
  .tuple(textOf(lower, 1, 1), textOf([...lower, ...digits, '-'], 39))
  .map((parts) => parts.join(''))
  .filter((slug) => slug !== INSTALLATION);
const programmes = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(slugs, textOf(digits, 4, 4)).map((parts) => parts.join('.')) },
  { weight: 1, arbitrary: fc.constant(INSTALLATION) },
);
const alphanumeric = [...lower, ...lower.map((letter) => letter.toUpperCase()), ...digits];
const codes = fc
  .tuple(textOf(alphanumeric, 1, 1), textOf([...alphanumeric, '.', '-'], 79))
  .map((parts) => parts.join(''));

describe('stream names', () => {
  it('read back as the parts that they were made of, with the code in lower case', () => {
    fc.assert(
      fc.property(kinds, programmes, codes, (kind, programme, code) => {
        const stream = streamName(kind, programme, code);
        expect(parseStream(stream)).toEqual({ kind, programme, code: code.toLowerCase() });
      }),
      { numRuns: 1_000 },
    );
  });

  it('made of what was read are the same name', () => {
    fc.assert(
      fc.property(kinds, programmes, codes, (kind, programme, code) => {
        const stream = streamName(kind, programme, code);
        const parts = parseStream(stream);
        expect(streamName(parts.kind, parts.programme, parts.code)).toBe(stream);
      }),
    );
  });

  it('are one for codes that differ in case only', () => {
    fc.assert(
      fc.property(kinds, programmes, codes, (kind, programme, code) => {
        const stream = streamName(kind, programme, code);
        expect(streamName(kind, programme, code.toUpperCase())).toBe(stream);
        expect(parseStream(`${kind}-${programme}.${code}`)).toEqual(parseStream(stream));
      }),
    );
  });

  it('differ where a part differs', () => {
    const parts = fc.tuple(kinds, programmes, codes);
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const fold = ([kind, programme, code]: typeof a) =>
          JSON.stringify([kind, programme, code.toLowerCase()]);
        fc.pre(fold(a) !== fold(b));
        expect(streamName(...a)).not.toBe(streamName(...b));
      }),
    );
  });

  it('name the only stream of a programme when no code is given', () => {
    expect(streamName('programme', 'malang.2023')).toBe('programme-malang.2023.main');
    expect(parseStream('phase-malang.2023.main').code).toBe(MAIN);
  });

  it.each([
    '',
    'action',
    'action-malang.2023',
    'action-malang.2023.',
    'action-malang.2023.-a',
    'action-malang.2023..a',
    'action-malang.23.a',
    'action-malang.20234.a',
    'action-Malang.2023.a',
    'action-2malang.2023.a',
    'Action-malang.2023.a',
    'action-malang.2023.a b',
    'action-malang.2023.a\n',
    'action-malang.2023.é',
    `action-malang.2023.${'a'.repeat(81)}`,
    `action-${'m'.repeat(41)}.2023.a`,
    'action--malang.2023.a',
    'jejak-log',
  ])('%j is none', (text) => {
    expect(() => parseStream(text)).toThrow(BadName);
  });

  it('refuse a part that does not follow its rule, and say which', () => {
    const part = (make: () => unknown) => {
      try {
        return make();
      } catch (error) {
        return (error as BadName).part;
      }
    };
    expect(part(() => streamName('Action', 'malang.2023', 'a'))).toBe('kind');
    expect(part(() => streamName('action', 'malang', 'a'))).toBe('programme');
    expect(part(() => streamName('action', 'malang.2023', '.a'))).toBe('code');
    expect(part(() => parseStream('action'))).toBe('stream');
  });

  it('keep the slug of the installation for the installation', () => {
    expect(isProgramme('installation')).toBe(true);
    expect(isProgramme('installation.2023')).toBe(false);
    expect(parseStream('account-installation.2023.x')).toEqual({
      kind: 'account',
      programme: 'installation',
      code: '2023.x',
    });
  });

  it('take any text without failing in another way', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          parseStream(text);
        } catch (error) {
          expect(error).toBeInstanceOf(BadName);
        }
        expect(typeof isCode(text)).toBe('boolean');
      }),
    );
  });
});
