import { Refusal } from '@jejak/core';
import fc from 'fast-check';
import { type Cell, escaped, unescaped } from './cell';
import { parseDecimal, parseMoney, parsePercent, parseYear } from './numbers';
import { dayOfSerial, meaningOf } from './number-formats';
import { parseDay, parseMonth, parseQuarter } from './periods';
import { decodeEscapes, encodeEscapes } from './xml';

/** What the parser gives, or the code of the rule that refuses. */
function outcome(parse: (cell: Exclude<Cell, null>) => unknown, cell: Exclude<Cell, null>): unknown {
  try {
    return parse(cell);
  } catch (error) {
    if (error instanceof Refusal) return `! ${error.code}`;
    throw error;
  }
}

describe('texts that are far too long', () => {
  const long = (text: string): string => text.repeat(32_000 / text.length);
  it.each([
    ['a number', () => outcome(parseMoney, long('Rp ')), '! not-a-number'],
    ['a number of many hyphens', () => outcome(parseMoney, `${long('-')}1`), '! not-a-number'],
    [
      'a number of one digit more than is looked at',
      () => outcome(parseMoney, '1'.repeat(65)),
      '! not-a-number',
    ],
    ['a percentage', () => outcome(parsePercent, `1${long(' ')}x`), '! not-a-number'],
    ['a day', () => outcome(parseDay, long('1 ')), '! not-a-date'],
    ['a day and what follows', () => outcome(parseDay, `31/12/2023${long(' ')}x`), '! not-a-date'],
  ])('are no value: %s', (_name, parsed, code) => {
    expect(parsed()).toBe(code);
  });
});

describe('money', () => {
  it.each<[Exclude<Cell, null>, unknown]>([
    ['1500000', 1_500_000],
    ['1.500.000', 1_500_000],
    ['1.500.000,00', 1_500_000],
    ['Rp 1.500.000', 1_500_000],
    ['Rp1.500.000,-', 1_500_000],
    ['Rp. 1.500.000,00', 1_500_000],
    ['IDR 1.500.000', 1_500_000],
    ['  750 ', 750],
    ['007', 7],
    ['0', 0],
    // By the Indonesian convention a dot stands between thousands and a comma before decimals.
    ['1.500', 1_500],
    ['1,500', '! non-zero-sen'],
    ['1.500,5', '! non-zero-sen'],
    ['1.500.000,01', '! non-zero-sen'],
    ['1500000.00', 1_500_000],
    ['1500000.50', '! non-zero-sen'],
    ['12.5', '! non-zero-sen'],
    ['1,500,000', '! english-number'],
    ['1,500.00', '! english-number'],
    ['-1.500', '! number-negative'],
    ['(1.500)', '! number-negative'],
    ['1.50.000', '! not-a-number'],
    ['1500 ribu', '! not-a-number'],
    ['1 500 000', '! not-a-number'],
    ['', '! not-a-number'],
    ['9007199254740991', 9_007_199_254_740_991],
    ['9007199254740992', '! number-too-large'],
    ['99999999999999999999', '! number-too-large'],
    [1_500_000, 1_500_000],
    [0, 0],
    // What a formula left behind the 15th digit is no sen.
    [1_500_000.0000000002, 1_500_000],
    [1_500_000.5, '! non-zero-sen'],
    [-5, '! number-negative'],
    [1e21, '! number-too-large'],
    [NaN, '! not-a-number'],
    [{ percent: 0.5 }, '! not-a-number'],
    [{ day: '2023-01-01' }, '! not-a-number'],
    [{ truth: true }, '! not-a-number'],
  ])('%j is %j', (cell, expected) => {
    expect(outcome(parseMoney, cell)).toBe(expected);
  });
});

describe('decimals', () => {
  it.each<[Exclude<Cell, null>, unknown]>([
    ['12,5', '12.5'],
    ['12.5', '12.5'],
    ['0.125', '0.125'],
    ['0,1250', '0.125'],
    ['1.500', '1500'],
    ['1,500', '1.5'],
    ['1.500,25', '1500.25'],
    ['1234.567', '1234.567'],
    ['3,00', '3'],
    ['0,00005', '! too-many-decimals'],
    ['999999999999,9999', '999999999999.9999'],
    ['1000000000000', '! number-too-large'],
    ['1,000,000', '! english-number'],
    ['dua', '! not-a-number'],
    [12.5, '12.5'],
    [0.1 + 0.2, '0.3'],
    [1 / 3, '! too-many-decimals'],
    [100, '100'],
  ])('%j is %j', (cell, expected) => {
    expect(outcome(parseDecimal, cell)).toBe(expected);
  });

  it.each<[Exclude<Cell, null>, unknown]>([
    ['50', '50'],
    ['50 %', '50'],
    ['12,75%', '12.75'],
    [62.5, '62.5'],
    [{ percent: 0.625 }, '62.5'],
    [{ percent: 0.07 }, '7'],
    [{ percent: 1 }, '100'],
    [{ percent: 1.01 }, '! not-a-percentage'],
    ['100,5', '! not-a-percentage'],
    ['-1', '! number-negative'],
  ])('of a percentage: %j is %j', (cell, expected) => {
    expect(outcome(parsePercent, cell)).toBe(expected);
  });

  it.each<[Exclude<Cell, null>, unknown]>([
    ['2023', 2023],
    [2023, 2023],
    ['2.023', '! not-a-year'],
    ['23', '! not-a-year'],
    [1989, '! not-a-year'],
    [{ day: '2023-01-01' }, '! not-a-year'],
  ])('of a year: %j is %j', (cell, expected) => {
    expect(outcome(parseYear, cell)).toBe(expected);
  });

  it('read back every decimal that is written with a comma', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 ** 9 }), fc.nat({ max: 9_999 }), (whole, places) => {
        const decimals = String(places).padStart(4, '0').replace(/0+$/, '');
        const grouped = whole.toLocaleString('de-DE');
        const expected = decimals === '' ? String(whole) : `${String(whole)}.${decimals}`;
        expect(parseDecimal(decimals === '' ? grouped : `${grouped},${decimals}`)).toBe(expected);
      }),
    );
  });
});

describe('days', () => {
  it.each<[Exclude<Cell, null>, unknown]>([
    ['2023-12-31', '2023-12-31'],
    ['2023-1-5', '2023-01-05'],
    ['2023-12-31 00:00:00', '2023-12-31'],
    ['31/12/2023', '2023-12-31'],
    ['1/2/2023', '2023-02-01'],
    ['31-12-2023', '2023-12-31'],
    ['31.12.2023', '2023-12-31'],
    ['31 Desember 2023', '2023-12-31'],
    ['1 nopember 2023', '2023-11-01'],
    ['5 Agu. 2023', '2023-08-05'],
    ['17-Agt-2023', '2023-08-17'],
    ['9 May 2023', '2023-05-09'],
    ['12/31/2023', '! not-a-date'],
    ['31/12-2023', '! not-a-date'],
    ['29/02/2023', '! not-a-date'],
    ['29 Februari 2024', '2024-02-29'],
    ['31/12/23', '! not-a-date'],
    ['31 Desembar 2023', '! not-a-date'],
    ['01/01/1899', '! not-a-date'],
    [45_291, '! not-a-date'],
    [{ day: '2023-12-31' }, '2023-12-31'],
    [{ day: '1899-12-30' }, '! not-a-date'],
  ])('%j is %j', (cell, expected) => {
    expect(outcome(parseDay, cell)).toBe(expected);
  });

  it.each([
    [45_291, false, '2023-12-31'],
    [45_291.75, false, '2023-12-31'],
    [45_290.9999999, false, '2023-12-31'],
    [43_829, true, '2023-12-31'],
    [61, false, '1900-03-01'],
    [0, false, undefined],
    [3_000_000, false, undefined],
  ])('serial %d (1904: %s) is %s', (serial, from1904, expected) => {
    expect(dayOfSerial(serial, from1904)).toBe(expected);
  });

  it.each([
    [14, undefined, 'date'],
    [22, undefined, 'date'],
    [1, undefined, 'number'],
    [10, undefined, 'percent'],
    [164, 'dd/mm/yyyy', 'date'],
    [164, '[$-421]dd mmmm yyyy;@', 'date'],
    [164, '[h]:mm', 'date'],
    [164, '"Rp"#,##0', 'number'],
    [164, '_-"Rp"* #,##0_-;-"Rp"* #,##0_-;_-"Rp"* "-"_-;_-@_-', 'number'],
    [164, '[$Rp-421]#,##0', 'number'],
    [164, 'General "hari"', 'number'],
    [164, '0.0%', 'percent'],
    [164, '0.0" %"', 'number'],
    [164, '[Red]0', 'number'],
  ])('format %d %s is a %s', (id, code, expected) => {
    expect(meaningOf(id, code)).toBe(expected);
  });
});

describe('months and quarters', () => {
  const one = { year: '2023' };
  const many = { year: undefined };

  it.each<[Exclude<Cell, null>, unknown]>([
    ['2023-12', '2023-12'],
    ['2023-1', '2023-01'],
    ['12/2023', '2023-12'],
    ['12-2023', '2023-12'],
    ['Desember 2023', '2023-12'],
    ['Des 2023', '2023-12'],
    ['Peb-2023', '2023-02'],
    ['s.d. Maret 2023', '2023-03'],
    ['s/d Mar 2023', '2023-03'],
    ['sampai dengan Juni 2023', '2023-06'],
    [{ day: '2023-12-01' }, '2023-12'],
    ['13/2023', '! not-a-month'],
    ['2023-00', '! not-a-month'],
    ['Dez 2023', '! not-a-month'],
    [12, '! not-a-month'],
    ['2023-12-31', '! not-a-month'],
  ])('month %j is %j', (cell, expected) => {
    expect(outcome((each) => parseMonth(each, many), cell)).toBe(expected);
  });

  it.each<[Exclude<Cell, null>, unknown]>([
    ['2023-Q1', '2023-Q1'],
    ['Q1 2023', '2023-Q1'],
    ['TW I 2023', '2023-Q1'],
    ['TW IV 2023', '2023-Q4'],
    ['TW1/2023', '2023-Q1'],
    ['tw. 3 2023', '2023-Q3'],
    ['Triwulan II 2023', '2023-Q2'],
    ['Triwulan III Tahun 2023', '2023-Q3'],
    ['2023 TW II', '2023-Q2'],
    ['TW V 2023', '! not-a-quarter'],
    ['TW IIII 2023', '! not-a-quarter'],
    ['I 2023', '! not-a-quarter'],
    [1, '! not-a-quarter'],
  ])('quarter %j is %j', (cell, expected) => {
    expect(outcome((each) => parseQuarter(each, many), cell)).toBe(expected);
  });

  it('takes the year from the programme, where that has only one', () => {
    expect(parseQuarter('TW II', one)).toBe('2023-Q2');
    expect(parseMonth('Agustus', one)).toBe('2023-08');
    expect(outcome((each) => parseQuarter(each, many), 'TW II')).toBe('! year-missing');
    expect(outcome((each) => parseMonth(each, many), 'Agustus')).toBe('! year-missing');
  });
});

describe('what looks like a formula', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+62 812', "'+62 812"],
    ['-', "'-"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\tx', "'\tx"],
    ['\rx', "'\rx"],
    ['\0x', "'\0x"],
    ["'=x", "''=x"],
    ["'x", "'x"],
    ['biasa', 'biasa'],
    ['a;=1+1', "a;'=1+1"],
    ['a, -b; c', "a, '-b; c"],
    ['a;"=1+1"', 'a;"\'=1+1"'],
    ["a\t'@x", "a\t''@x"],
    ['\t=1', "'\t'=1"],
  ])('%j is written %j', (text, expected) => {
    expect(escaped(text)).toBe(expected);
    expect(unescaped(expected)).toBe(text);
  });

  it('never leaves as one, and comes back as it was', () => {
    const nasty = fc.string({
      unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\0', "'", 'a', ' ', '"', ';', ','),
    });
    fc.assert(
      fc.property(fc.oneof(nasty, fc.string({ unit: 'grapheme' })), (text) => {
        expect(escaped(text)).not.toMatch(/^[=+\-@\t\r\0]|[,;\t][\s"]*[=+\-@]/);
        expect(unescaped(escaped(text))).toBe(text);
      }),
    );
  });
});

describe('characters that XML cannot carry', () => {
  it('are escaped as workbooks do, and so is what looks like an escape', () => {
    expect(encodeEscapes('a\0b\r_x0041_')).toBe('a_x0000_b_x000D__x005F_x0041_');
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('_', 'x', '0', '4', '1', '\0', '\r', '\n', 'a') }),
        (text) => {
          expect(decodeEscapes(encodeEscapes(text))).toBe(text);
        },
      ),
    );
  });
});
