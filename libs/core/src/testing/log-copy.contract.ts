import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { canonical } from '../canonical';
import type { Clock } from '../clock';
import { type Envelope, EnvelopeTooLarge, type LoggedEvent, MAX_ENVELOPE_BYTES } from '../envelope';
import type { Json } from '../json';
import type { EventLog } from '../ports/event-log';
import { type CopyableLog, CopyConflict, type Gate, ProgrammeClosed } from '../ports/log-copy';
import { contractTests, type ContractTests, type Skips } from './contract';
import {
  anyJson,
  asStored,
  collect,
  type EventLogFixture,
  freshProgramme,
  newEvent,
  newEvents,
  ofProgramme,
  sleep,
  streamOf,
} from './log-fixture';

/** A log under test that can be copied. */
export interface CopyableLogFixture extends EventLogFixture {
  readonly log: EventLog & CopyableLog;
  /** the same log as of another process, where it can be written by several */
  another?(): Promise<EventLog>;
}

export type MakeCopyableLog = (clock: Clock) => Promise<CopyableLogFixture>;

const ARRIVING: Gate = { state: 'arriving', from: 'another-log' };
const LEAVING: Gate = { state: 'leaving', to: 'another-log' };
const MOVED: Gate = { state: 'moved', to: 'another-log' };

const textOf = ({ event }: LoggedEvent): string => canonical(event as unknown as Json);
const text = (event: Envelope): string => canonical(event as unknown as Json);

/** Everything that the port CopyableLog promises, tested on an adapter. */
export function logCopyContract(name: string, make: MakeCopyableLog, skips: Skips = {}): void {
  describe(`copying in and out of the log of ${name}`, () => {
    const clock = { now: Date.parse('2023-06-12T02:00:00.000Z') };
    let fixture: CopyableLogFixture;
    beforeAll(async () => {
      fixture = await make(() => clock.now);
    });
    afterAll(() => fixture.close());
    contractTests(
      tests(() => fixture, clock),
      skips,
    );
  });
}

/** A programme's events as another log held them: over some streams, at moments of their own. */
function history(programme: string, data: readonly Json[], streams: readonly number[]): readonly Envelope[] {
  const ends = new Map<string, number>();
  return data.map((each, n) => {
    const stream = streamOf(programme, `s-${String(streams[n % streams.length] ?? 0)}`);
    const revision = (ends.get(stream) ?? -1) + 1;
    ends.set(stream, revision);
    const moment = Date.parse('2021-03-01T00:00:00.000Z') + 1_000 * n;
    return asStored(stream, revision, moment, newEvent(programme, each));
  });
}

const numbered = (programme: string, count: number, streams: readonly number[] = [0, 1, 1, 2]) =>
  history(
    programme,
    Array.from({ length: count }, (_, n) => ({ n })),
    streams,
  );

function tests(fixture: () => CopyableLogFixture, clock: { now: number }): ContractTests {
  const log = () => fixture().log;
  const all = (programme: string, after?: string) => collect(log().eventsOf(programme, after));
  const textsIn = async (programme: string) => (await all(programme)).map(textOf);

  return {
    'copied events keep their bytes, their order and their index, whatever is in them': async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(anyJson, { minLength: 1, maxLength: 12 }),
          fc.array(fc.nat(3), { minLength: 1, maxLength: 6 }),
          async (data, streams) => {
            const programme = freshProgramme();
            const events = history(programme, data, streams);
            await log().appendAsWere(events);
            expect(await textsIn(programme)).toEqual(events.map(text));
          },
        ),
        { numRuns: 40 },
      );
      const programme = freshProgramme();
      const events = numbered(programme, 40);
      await log().appendAsWere(events.slice(0, 25));
      await fixture().reopen();
      await log().appendAsWere(events.slice(25));
      await fixture().settled();
      const read = await ofProgramme(log(), programme);
      expect(read.map(textOf)).toEqual(events.map(text));
      expect(read.map(({ index }) => index)).toEqual(events.map((_, n) => n));
      const stream = streamOf(programme, 's-1');
      expect((await log().readStream(stream)).map(textOf)).toEqual(
        events.filter((event) => event.stream === stream).map(text),
      );
    },

    'what is there is passed over, however the copies are cut and repeated': async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(fc.nat(20), fc.nat(8)), { maxLength: 6 }), async (cuts) => {
          const programme = freshProgramme();
          const events = numbered(programme, 20);
          let done = 0;
          for (const [from, count] of cuts) {
            const start = Math.min(from, done);
            await log().appendAsWere(events.slice(start, start + count));
            done = Math.max(done, Math.min(start + count, events.length));
          }
          expect(await textsIn(programme)).toEqual(events.slice(0, done).map(text));
          await log().appendAsWere(events);
          await log().appendAsWere(events);
          expect(await textsIn(programme)).toEqual(events.map(text));
        }),
        { numRuns: 30 },
      );
    },

    'two copies at once make one': async () => {
      const programme = freshProgramme();
      const events = numbered(programme, 60);
      const copy = async (step: number): Promise<void> => {
        for (let n = 0; n < events.length; n += step) await log().appendAsWere(events.slice(n, n + step));
      };
      await Promise.all([copy(3), copy(5), copy(7)]);
      expect(await textsIn(programme)).toEqual(events.map(text));
    },

    'an event is refused where the log holds another, or has a gap before it': async () => {
      const programme = freshProgramme();
      const events = numbered(programme, 10);
      const [first, ...others] = events as [Envelope, ...Envelope[]];
      await log().appendAsWere(events.slice(0, 6));
      const refused = async (...wrong: Envelope[]): Promise<void> => {
        await expect(log().appendAsWere(wrong)).rejects.toThrow(CopyConflict);
      };
      await refused({ ...first, recordedAt: '2021-03-01T00:00:00.001Z' });
      await refused({ ...first, data: { n: 1 } });
      await refused({ ...first, id: randomUUID() });
      await refused({ ...first, revision: 7 });
      const last = others.filter(({ stream }) => stream === first.stream).at(-1) as Envelope;
      await refused({ ...last, revision: last.revision + 1 });
      await log().appendAsWere(events);
      expect(await textsIn(programme)).toEqual(events.map(text));
    },

    'an event of another programme than its stream’s, or one too large, is refused': async () => {
      const programme = freshProgramme();
      const [event] = numbered(programme, 1) as [Envelope];
      await expect(log().appendAsWere([{ ...event, programme: freshProgramme() }])).rejects.toThrow(
        RangeError,
      );
      const large = { ...event, data: { text: 'x'.repeat(MAX_ENVELOPE_BYTES) } };
      await expect(log().appendAsWere([large])).rejects.toThrow(EnvelopeTooLarge);
      expect(await all(programme)).toEqual([]);
    },

    'many large events of one stream are copied': async () => {
      const programme = freshProgramme();
      const data = Array.from({ length: 12 }, (_, n) => ({ n, text: 'x'.repeat(200_000) }));
      const events = history(programme, data, [0]);
      await log().appendAsWere(events);
      expect(await textsIn(programme)).toEqual(events.map(text));
    },

    'what is appended later goes on behind what was copied': async () => {
      const programme = freshProgramme();
      const events = numbered(programme, 8, [0]);
      await log().appendAsWere(events);
      const stream = streamOf(programme, 's-0');
      const { events: appended } = await log().append(stream, 7, newEvents(programme, 1));
      expect(appended[0]?.event).toMatchObject({
        revision: 8,
        recordedAt: new Date(clock.now).toISOString(),
      });
      await fixture().settled();
      const read = await ofProgramme(log(), programme);
      expect(read.map(({ index }) => index)).toEqual(read.map((_, n) => n));
      expect(read.map(textOf).slice(0, 8)).toEqual(events.map(text));
      // The copied event is the last one, and its moment lies before the clock's.
      clock.now -= 3_600_000_000_000;
      const earlier = await log().append(stream, 8, newEvents(programme, 1));
      expect(earlier.events[0]?.event.recordedAt).toBe(appended[0]?.event.recordedAt);
      clock.now += 3_600_000_000_000;
    },

    'a programme’s events are read from any position on, and no other’s': async () => {
      const [programme, other] = [freshProgramme(), freshProgramme()];
      for (const [n, event] of newEvents(programme, 12).entries()) {
        await log().append(streamOf(programme), n - 1, [event]);
        if (n % 3 === 0) await log().append(streamOf(other, `o-${String(n)}`), -1, newEvents(other, 1));
      }
      const read = await all(programme);
      expect(read.map(({ event }) => event.data)).toEqual(Array.from({ length: 12 }, (_, n) => ({ n })));
      for (const from of [0, 5, 11])
        expect(await all(programme, read[from]?.position)).toEqual(read.slice(from + 1));
      expect(await all(programme, (await all(other)).at(-1)?.position)).toEqual(read.slice(10));
      expect(await all(freshProgramme())).toEqual([]);
    },

    'nothing is appended to a programme whose gate is shut, but for copies, until it is opened': async () => {
      const [programme, other] = [freshProgramme(), freshProgramme()];
      const stream = streamOf(programme);
      const first = newEvents(programme, 2);
      await log().append(stream, -1, first);
      expect(await log().gate(programme)).toBeUndefined();
      for (const gate of [ARRIVING, LEAVING, MOVED]) {
        await log().setGate(programme, gate);
        expect(await log().gate(programme)).toEqual(gate);
        const closed: unknown = await log()
          .append(stream, 1, newEvents(programme, 1))
          .catch((error: unknown) => error);
        expect(closed).toBeInstanceOf(ProgrammeClosed);
        expect(closed).toMatchObject({
          programme,
          gate,
          code: gate.state === 'moved' ? 'programme-moved' : 'programme-moving',
        });
      }
      await log().append(streamOf(other), -1, newEvents(other, 1));
      const copied = numbered(programme, 3, [5]);
      await log().appendAsWere(copied);
      await fixture().reopen();
      expect(await log().gate(programme)).toEqual(MOVED);
      await expect(log().append(stream, 1, newEvents(programme, 1))).rejects.toThrow(ProgrammeClosed);
      expect(await all(programme)).toHaveLength(5);
      await log().setGate(programme, undefined);
      expect(await log().gate(programme)).toBeUndefined();
      await log().append(stream, 1, newEvents(programme, 1));
      await log().setGate(programme, undefined);
      await fixture().reopen();
      await log().append(stream, 2, newEvents(programme, 1));
      expect(await all(programme)).toHaveLength(7);
    },

    'a gate that shuts while many append lets nothing past once it is shut': async () => {
      const programme = freshProgramme();
      let shut = false;
      const late: number[] = [];
      const other = (await fixture().another?.()) ?? log();
      const writing = Array.from({ length: 8 }, async (_, w) => {
        const stream = streamOf(programme, `w-${String(w)}`);
        for (let n = 0; ; n++) {
          const begun = shut;
          try {
            await (w % 2 === 0 ? log() : other).append(stream, n - 1, newEvents(programme, 1));
          } catch (error) {
            if (error instanceof ProgrammeClosed) return;
            throw error;
          }
          if (begun) late.push(n);
          await sleep(0);
        }
      });
      await sleep(30);
      await log().setGate(programme, ARRIVING);
      const count = (await all(programme)).length;
      shut = true;
      await Promise.all(writing);
      expect(late).toEqual([]);
      expect(await all(programme)).toHaveLength(count);
      expect(count).toBeGreaterThan(0);
    },
  };
}
