/** What a number of a cell means by its format. */
export type NumberMeaning = 'number' | 'date' | 'percent';

/** Formats that have no text in the file (ECMA-376 part 1, 18.8.30; 27 to 58 are dates in eastern versions). */
const BUILT_IN_DATES: readonly (readonly [number, number])[] = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
];

/** @param code the format's text, where the file gives one */
export function meaningOf(id: number, code: string | undefined): NumberMeaning {
  if (code === undefined) {
    if (id === 9 || id === 10) return 'percent';
    return BUILT_IN_DATES.some(([from, to]) => id >= from && id <= to) ? 'date' : 'number';
  }
  // What stands in quotation marks, after a backslash, or only as a space or filling, is not part of the number.
  const bare = code
    .replace(/;.*$/s, '')
    .replace(/"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '')
    .replace(/general/i, '');
  if (/[dmyhs]/i.test(bare)) return 'date';
  return bare.includes('%') ? 'percent' : 'number';
}

const DAY = 86_400_000;
const LAST = 2_958_465;

/** The day of a date cell's number, or undefined beyond the calendar of spreadsheets. A time of day is dropped. */
export function dayOfSerial(serial: number, from1904: boolean): string | undefined {
  // Half a second is added: what Excel calculates may lie a little before midnight.
  const days = Math.floor(serial + 0.5 / 86_400) + (from1904 ? 1_462 : 0);
  if (days < 1 || days > LAST) return undefined;
  return new Date(Date.UTC(1899, 11, 30) + days * DAY).toISOString().slice(0, 10);
}
