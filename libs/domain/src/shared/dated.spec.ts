import { frozen } from '@jejak/core/testing';
import fc from 'fast-check';
import { type Dated, factAt, withFact } from './dated';
import { addDays, type Day } from './dates';

const day = fc.nat({ max: 12 }).map((n) => addDays('2023-02-24', n));
const history = fc.array(fc.record({ on: day, value: fc.nat() }), { maxLength: 30 });
type History = readonly { readonly on: Day; readonly value: number }[];

const folded = (entries: History): Dated<number> =>
  entries.reduce<Dated<number>>((facts, { on, value }) => frozen(withFact(frozen(facts), on, value)), []);

/** By definition: of what holds from a day up to that one the latest, and of one day's the one recorded last. */
function inForce(entries: History, on: Day): number | undefined {
  const upTo = entries.filter((entry) => entry.on <= on);
  const latest = upTo
    .map((entry) => entry.on)
    .sort()
    .at(-1);
  return upTo.findLast((entry) => entry.on === latest)?.value;
}

describe('dated facts', () => {
  it('are in force as their definition says, in whatever order they were recorded', () => {
    fc.assert(
      fc.property(history, (entries) => {
        const facts = folded(entries);
        const days = Array.from({ length: 15 }, (_, n) => addDays('2023-02-23', n));
        expect(days.map((on) => factAt(facts, on))).toEqual(days.map((on) => inForce(entries, on)));
      }),
      { numRuns: 1000 },
    );
  });

  it('lie along the line of dates, one for each day', () => {
    fc.assert(
      fc.property(history, (entries) => {
        const days = folded(entries).map(({ on }) => on);
        expect(days).toEqual([...new Set(entries.map(({ on }) => on))].sort());
      }),
    );
  });

  it('on one day the higher index wins, whatever lies around it', () => {
    const facts = folded([
      { on: '2023-03-01', value: 1 },
      { on: '2023-02-01', value: 2 },
      { on: '2023-03-01', value: 3 },
      { on: '2023-04-01', value: 4 },
    ]);
    const on = (date: Day) => factAt(facts, date);
    expect(['2023-01-31', '2023-02-01', '2023-02-28', '2023-03-01', '2023-04-01'].map(on)).toEqual([
      undefined,
      2,
      2,
      3,
      4,
    ]);
  });
});
