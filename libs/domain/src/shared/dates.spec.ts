import { execFileSync } from 'node:child_process';
import path from 'node:path';
import fc from 'fast-check';
import {
  addDays,
  dayIn,
  daySchema,
  isDay,
  lastDayOf,
  monthOf,
  monthSchema,
  quarterOf,
  quarterSchema,
  TIME_ZONES,
  type TimeZone,
  yearSchema,
} from './dates';

const zones = Object.keys(TIME_ZONES) as TimeZone[];
const day = fc
  .integer({ min: Date.UTC(1990, 0, 1) / 86_400_000, max: Date.UTC(2100, 0, 1) / 86_400_000 })
  .map((n) => new Date(n * 86_400_000).toISOString().slice(0, 10));
const moved = (moment: string, milliseconds: number) =>
  new Date(Date.parse(moment) + milliseconds).toISOString();

/** What the ICU's own time zone data says. */
function icuDay(zone: TimeZone, moment: string): string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return format.format(new Date(moment));
}

/** The moment (ISO, UTC) at which a day begins in a time zone of Indonesia. */
function startOf(on: string, zone: TimeZone): string {
  const hours = { 'Asia/Jakarta': 7, 'Asia/Makassar': 8, 'Asia/Jayapura': 9 }[zone];
  return new Date(Date.parse(`${on}T00:00:00.000Z`) - hours * 3_600_000).toISOString();
}

describe('the day of a moment', () => {
  it.each(zones)('changes at midnight in %s, to the millisecond', (zone) => {
    fc.assert(
      fc.property(day, (on) => {
        const midnight = startOf(on, zone);
        expect(dayIn(zone, moved(midnight, -1))).toBe(addDays(on, -1));
        expect(dayIn(zone, midnight)).toBe(on);
        expect(dayIn(zone, moved(midnight, 1))).toBe(on);
        expect(dayIn(zone, moved(midnight, 86_399_999))).toBe(on);
        expect(dayIn(zone, moved(midnight, 86_400_000))).toBe(addDays(on, 1));
      }),
    );
  });

  it.each(zones)('is what the time zone data of %s says', (zone) => {
    fc.assert(
      fc.property(day, fc.nat({ max: 86_399_999 }), (on, milliseconds) => {
        const moment = moved(`${on}T00:00:00.000Z`, milliseconds);
        expect(dayIn(zone, moment)).toBe(icuDay(zone, moment));
      }),
      { numRuns: 300 },
    );
  });

  it('differs between the zones of Indonesia', () => {
    expect(zones.map((zone) => dayIn(zone, '2023-11-08T15:30:00.000Z'))).toEqual([
      '2023-11-08',
      '2023-11-08',
      '2023-11-09',
    ]);
  });
});

describe('the process that asks', () => {
  // Midnight +-1 ms of ordinary and odd days, in each zone.
  const days = ['2023-01-01', '2023-03-26', '2023-11-09', '2024-02-29', '2024-03-01', '2023-12-31'];
  const moments = zones.flatMap((zone) =>
    days.flatMap((on) => [-1, 0, 1].map((milliseconds) => moved(startOf(on, zone), milliseconds))),
  );
  const table = zones.map((zone) => moments.map((moment) => dayIn(zone, moment)));

  /** The same table as another process finds it, in its own time zone, its clock set off by some days. */
  const program = `
    const { transformFileSync } = require('@swc/core');
    const [file, input] = process.argv.slice(1);
    const { zones, moments, offBy, around } = JSON.parse(input);
    const RealDate = Date;
    globalThis.Date = class extends RealDate {
      constructor(...parts) { super(...(parts.length === 0 ? [RealDate.now() + offBy * 86400000] : parts)); }
      static now() { return RealDate.now() + offBy * 86400000; }
    };
    const { code } = transformFileSync(file, {
      swcrc: false, module: { type: 'commonjs' }, jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
    });
    const loaded = { exports: {} };
    // What the sentences of its schemas are is not asked here.
    const needs = (name) => (name === '@jejak/core' ? { said: ({ en }) => en } : require(name));
    new Function('require', 'module', 'exports', code)(needs, loaded, loaded.exports);
    const { addDays, dayIn, lastDayOf } = loaded.exports;
    console.log(JSON.stringify({
      offset: new RealDate('2023-07-01T00:00:00Z').getTimezoneOffset(),
      now: Date.now(),
      table: zones.map((zone) => moments.map((moment) => dayIn(zone, moment))),
      around: around.map((on) => [addDays(on, 1), addDays(on, -1), lastDayOf(on.slice(0, 7))]),
    }));
  `;
  const around = days.map((on) => [addDays(on, 1), addDays(on, -1), lastDayOf(on.slice(0, 7))]);
  const processes = [
    { TZ: 'Asia/Jayapura', offset: -540 },
    { TZ: 'UTC', offset: 0 },
    { TZ: 'America/Los_Angeles', offset: 420 },
  ].flatMap((each) => [-1, 0, 1].map((offBy) => ({ ...each, offBy })));

  it.each(processes)(
    'may live in $TZ with a clock off by $offBy days: the days are the same',
    ({ TZ, offset, offBy }) => {
      const root = path.resolve(__dirname, '../../../..');
      const input = JSON.stringify({ zones, moments, offBy, around: days });
      const args = ['-e', program, path.join(__dirname, 'dates.ts'), input];
      const output = execFileSync(process.execPath, args, {
        cwd: root,
        env: { ...process.env, TZ },
        encoding: 'utf8',
      });
      const found = JSON.parse(output) as {
        offset: number;
        now: number;
        table: string[][];
        around: string[][];
      };
      // It really lives there, at that time.
      expect(found.offset).toBe(offset);
      expect(Math.abs(found.now - offBy * 86_400_000 - Date.now())).toBeLessThan(60_000);
      expect(found.table).toEqual(table);
      expect(found.around).toEqual(around);
    },
  );
});

describe('the calendar', () => {
  it('knows which days exist', () => {
    const fits = (text: string) => daySchema.safeParse(text).success;
    expect(['2023-01-01', '2024-02-29', '2000-02-29', '1900-01-01', '2200-12-31'].every(fits)).toBe(true);
    for (const text of [
      '2023-02-29',
      '1900-02-29',
      '2023-04-31',
      '2023-00-10',
      '2023-13-01',
      '2023-01-00',
      '2023-1-1',
      '2023-01-01T00:00:00Z',
      '2023-01-01\n',
      '1899-12-31',
      '2201-01-01',
      '0000-01-01',
      '9999-12-31',
      '',
    ]) {
      expect([text, fits(text)]).toEqual([text, false]);
    }
  });

  it('agrees with the days that Date knows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1900, max: 2200 }),
        fc.integer({ min: 0, max: 14 }),
        fc.integer({ min: 0, max: 33 }),
        (year, month, date) => {
          const text = `${String(year)}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;
          const time = Date.UTC(year, month - 1, date);
          expect(isDay(text)).toBe(new Date(time).toISOString().startsWith(text));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('counts days there and back', () => {
    expect(addDays('2023-12-31', 1)).toBe('2024-01-01');
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
    expect(addDays('2023-06-12', 60)).toBe('2023-08-11');
    fc.assert(
      fc.property(day, fc.integer({ min: -1000, max: 1000 }), (on, days) => {
        const other = addDays(on, days);
        expect(addDays(other, -days)).toBe(on);
        expect(Math.sign(Number(other > on) - Number(other < on))).toBe(Math.sign(days) + 0);
      }),
    );
  });

  it('knows the month and the quarter of a day, and their last days', () => {
    fc.assert(
      fc.property(day, (on) => {
        for (const period of [monthOf(on), quarterOf(on)]) {
          const last = lastDayOf(period);
          expect(isDay(last) && on <= last).toBe(true);
          const of = period.includes('Q') ? quarterOf : monthOf;
          expect(of(last)).toBe(period);
          expect(of(addDays(last, 1))).not.toBe(period);
        }
      }),
    );
    expect(['2023-01-01', '2023-03-31', '2023-04-01', '2023-12-31'].map(quarterOf)).toEqual([
      '2023-Q1',
      '2023-Q1',
      '2023-Q2',
      '2023-Q4',
    ]);
    expect(['2024-02', '2023-02', '2023-Q1', '2023-Q2'].map(lastDayOf)).toEqual([
      '2024-02-29',
      '2023-02-28',
      '2023-03-31',
      '2023-06-30',
    ]);
  });

  it('takes months, quarters and years as they are written', () => {
    const fits = (schema: typeof monthSchema, texts: string[]) =>
      texts.map((text) => schema.safeParse(text).success);
    expect(fits(monthSchema, ['2023-01', '2023-12', '2023-00', '2023-13', '2023-1'])).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(fits(quarterSchema, ['2023-Q1', '2023-Q4', '2023-Q0', '2023-Q5', '2023-q1'])).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect([1990, 2200, 1989, 2201, 2023.5].map((year) => yearSchema.safeParse(year).success)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
