import fc from 'fast-check';
import type { LoggedEvent } from '../envelope';
import { before } from '../token';
import type { ContractTests } from './contract';
import {
  appendEach,
  collect,
  endOf,
  freshProgramme,
  idsOf,
  type LogUnderTest,
  manyWriters,
  newEvents,
  ofProgramme,
  restOf,
  streamOf,
} from './log-fixture';

/** What reading promises. */
export function readTests({ log, fixture }: LogUnderTest): ContractTests {
  return {
    'a stream is read in order, from any revision': async () => {
      const programme = freshProgramme();
      const stream = streamOf(programme);
      const events = newEvents(programme, 20);
      await log().append(stream, -1, events.slice(0, 5));
      await log().append(stream, 4, events.slice(5));
      await log().append(streamOf(programme, 'main-2'), -1, newEvents(programme, 3));
      for (const from of [0, 1, 5, 19]) {
        const read = await log().readStream(stream, from);
        expect(idsOf(read)).toEqual(events.slice(from).map(({ id }) => id));
        expect(read.map(({ event }) => event.revision)).toEqual(events.slice(from).map((_, n) => from + n));
      }
      expect(await log().readStream(stream, 20)).toEqual([]);
      expect(await log().readStream(streamOf(programme, 'nothing'))).toEqual([]);
    },

    'the whole log has one order, in which every stream has its own': async () => {
      const after = await endOf(log());
      const programmes = [freshProgramme(), freshProgramme(), freshProgramme()];
      const ids = await Promise.all(programmes.map((programme) => manyWriters(log(), programme, 5)));
      const all = await restOf(log(), after);
      expect(new Set(idsOf(all))).toEqual(new Set(ids.flat()));
      expect(all).toHaveLength(ids.flat().length);
      expect(all.every(({ position }, n) => n === 0 || before(all[n - 1]?.position ?? '', position))).toBe(
        true,
      );
      const revisions = new Map<string, number>();
      for (const { event } of all) {
        expect(event.revision).toBe((revisions.get(event.stream) ?? -1) + 1);
        revisions.set(event.stream, event.revision);
      }
      expect(await restOf(log(), after, 7)).toEqual(all);
      await fixture().reopen();
      expect(await restOf(log(), after)).toEqual(all);
    },

    'positions are decimal strings, the same in every way of reading': async () => {
      const after = await endOf(log());
      const programme = freshProgramme();
      const { events } = await log().append(streamOf(programme), -1, newEvents(programme, 12));
      await fixture().settled();
      const positions = events.map(({ position }) => position);
      for (const position of positions) expect(position).toMatch(/^[0-9]+$/);
      const at = (read: readonly LoggedEvent[]) => read.map(({ position }) => position);
      expect(at(await restOf(log(), after))).toEqual(positions);
      expect(at(await log().readStream(streamOf(programme)))).toEqual(positions);
      expect(at(await ofProgramme(log(), programme))).toEqual(positions);
    },

    'readAll gives at most what it is asked for, after a position': async () => {
      const after = await endOf(log());
      const programme = freshProgramme();
      const { events } = await log().append(streamOf(programme), -1, newEvents(programme, 10));
      const ids = idsOf(events);
      expect(idsOf(await log().readAll(after, 4))).toEqual(ids.slice(0, 4));
      expect(idsOf(await log().readAll(events[3]?.position, 100))).toEqual(ids.slice(4));
      expect(await log().readAll(events[9]?.position, 100)).toEqual([]);
      expect(await log().readAll(undefined, 1)).toHaveLength(1);
    },

    "index numbers a programme's events from 0 without a gap, in the log's order": async () => {
      const after = await endOf(log());
      const programmes = [freshProgramme(), freshProgramme(), freshProgramme()];
      await Promise.all(programmes.map((programme) => manyWriters(log(), programme, 4)));
      await fixture().settled();
      const all = await restOf(log(), after);
      for (const programme of programmes) {
        const own = await ofProgramme(log(), programme);
        expect(own.map(({ index }) => index)).toEqual(own.map((_, n) => n));
        expect(idsOf(own)).toEqual(idsOf(all.filter(({ event }) => event.programme === programme)));
        expect(own.every(({ event }) => event.programme === programme)).toBe(true);
      }
      await fixture().reopen();
      const [programme = ''] = programmes;
      const last = (await ofProgramme(log(), programme)).length - 1;
      await log().append(streamOf(programme, 'later'), -1, newEvents(programme, 2));
      await fixture().settled();
      const later = await collect(log().readProgramme(programme, last));
      expect(later.map(({ index }) => index)).toEqual([last, last + 1, last + 2]);
    },

    'readProgramme gives the range that it is asked for, both ends included': async () => {
      const programme = freshProgramme();
      const events = newEvents(programme, 60);
      await appendEach(log(), streamOf(programme), events.slice(0, 30));
      await log().append(streamOf(programme, 'other'), -1, events.slice(30));
      await fixture().settled();
      await fc.assert(
        fc.asyncProperty(fc.nat(70), fc.option(fc.nat(70), { nil: undefined }), async (from, to) => {
          const read = await collect(log().readProgramme(programme, from, to));
          expect(idsOf(read)).toEqual(events.slice(from, (to ?? 60) + 1).map(({ id }) => id));
          expect(read.map(({ index }) => index)).toEqual(read.map((_, n) => from + n));
        }),
        { numRuns: 50 },
      );
      expect(await ofProgramme(log(), freshProgramme())).toEqual([]);
    },

    'a head is where its programme ends': async () => {
      const [programme, other] = [freshProgramme(), freshProgramme()];
      expect(await log().head(programme)).toBeUndefined();
      const first = await log().append(streamOf(programme), -1, newEvents(programme, 3));
      const second = await log().append(streamOf(other), -1, newEvents(other, 1));
      await fixture().settled();
      const heads = [
        { programme, index: 2, position: first.events[2]?.position },
        { programme: other, index: 0, position: second.events[0]?.position },
      ];
      expect(await log().head(programme)).toEqual(heads[0]);
      expect(await log().head(other)).toEqual(heads[1]);
      const all = await log().heads();
      expect(all).toEqual(expect.arrayContaining(heads));
      expect(new Set(all.map((head) => head.programme)).size).toBe(all.length);
    },
  };
}
