import fc from 'fast-check';
import { canonical, NotCanonical } from '../canonical';
import { EnvelopeTooLarge, envelopeText, MAX_ENVELOPE_BYTES, type NewEvent } from '../envelope';
import type { Json } from '../json';
import { WrongExpectedRevision } from '../ports/event-log';
import type { ContractTests } from './contract';
import {
  anyJson,
  appendEach,
  asStored,
  freshProgramme,
  idsOf,
  type LogUnderTest,
  newEvent,
  newEvents,
  ofProgramme,
  streamOf,
} from './log-fixture';

/** What an append promises. */
export function appendTests({ log, clock, rounds, fixture }: LogUnderTest): ContractTests {
  /** The ids in a stream, from the log. */
  const idsIn = async (stream: string) => idsOf(await log().readStream(stream));

  /** An append is refused, and leaves the stream as it was. */
  const refused = async (stream: string, expected: number, events: readonly NewEvent[], actual: number) => {
    const before = await idsIn(stream);
    const refusal: unknown = await log()
      .append(stream, expected, events)
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(WrongExpectedRevision);
    expect(refusal).toMatchObject({ stream, expected, actual });
    expect(await idsIn(stream)).toEqual(before);
  };

  return {
    'an append gives the events as stored, numbered from 0 in their stream': async () => {
      const programme = freshProgramme();
      const stream = streamOf(programme);
      const [a, b, c] = newEvents(programme, 3) as [NewEvent, NewEvent, NewEvent];
      const first = await log().append(stream, -1, [a, b]);
      const second = await log().append(stream, 1, [c]);
      expect([...first.events, ...second.events].map(({ event }) => event)).toEqual([
        asStored(stream, 0, clock.now, a),
        asStored(stream, 1, clock.now, b),
        asStored(stream, 2, clock.now, c),
      ]);
      expect(await log().readStream(stream)).toMatchObject([...first.events, ...second.events]);
    },

    'the same canonical bytes come back, whatever the data': async () => {
      const programme = freshProgramme();
      const stream = streamOf(programme);
      const texts: string[] = [];
      await fc.assert(
        fc.asyncProperty(anyJson, async (data) => {
          const event = newEvent(programme, data);
          const text = envelopeText(asStored(stream, texts.length, clock.now, event));
          const appended = await log().append(stream, texts.length - 1, [event]);
          texts.push(text);
          const [back] = await log().readStream(stream, texts.length - 1);
          expect(canonical(appended.events[0]?.event as unknown as Json)).toBe(text);
          expect(canonical(back?.event as unknown as Json)).toBe(text);
        }),
        { numRuns: 200 },
      );
      await fixture().reopen();
      await fixture().settled();
      const back = await ofProgramme(log(), programme);
      expect(back.map(({ event }) => canonical(event as unknown as Json))).toEqual(texts);
    },

    'an append at another revision than the last is refused': async () => {
      const programme = freshProgramme();
      const stream = streamOf(programme);
      await refused(stream, 0, newEvents(programme, 1), -1);
      await log().append(stream, -1, newEvents(programme, 2));
      await refused(stream, -1, newEvents(programme, 1), 1);
      await refused(stream, 0, newEvents(programme, 1), 1);
      await refused(stream, 2, newEvents(programme, 1), 1);
      await refused(stream, 2, newEvents(programme, 3), 1);
      await log().append(stream, 1, newEvents(programme, 1));
    },

    'of 64 writers at one revision one wins, every time': async () => {
      const programme = freshProgramme();
      const stream = streamOf(programme);
      const winners: string[] = [];
      for (let round = 0; round < rounds; round++) {
        const events = newEvents(programme, 64);
        const outcomes = await Promise.allSettled(
          events.map((event) => log().append(stream, round - 1, [event])),
        );
        const won = events.filter((_, n) => outcomes[n]?.status === 'fulfilled');
        const lost = outcomes.filter(
          (outcome) => outcome.status === 'rejected' && outcome.reason instanceof WrongExpectedRevision,
        );
        expect([won.length, lost.length]).toEqual([1, 63]);
        winners.push(...won.map(({ id }) => id));
      }
      expect(await idsIn(stream)).toEqual(winners);
    },

    'the same ids at the same expected revision give the first result again': async () => {
      const programme = freshProgramme();
      const stream = streamOf(programme);
      const events = newEvents(programme, 3);
      const first = await log().append(stream, -1, events);
      expect(first.repeated).toBe(false);
      const again = { events: first.events, repeated: true };
      clock.now += 1_000;
      expect(await log().append(stream, -1, events)).toMatchObject(again);
      const next = await log().append(stream, 2, newEvents(programme, 1));
      expect(next.repeated).toBe(false);
      expect(await log().append(stream, -1, events)).toMatchObject(again);
      expect(await log().append(stream, -1, events.slice(0, 1))).toMatchObject({
        events: first.events.slice(0, 1),
        repeated: true,
      });
      await fixture().reopen();
      expect(await log().append(stream, -1, events)).toMatchObject(again);
      expect(await idsIn(stream)).toHaveLength(4);
    },

    'the same append many times at once has one effect and one answer': async () => {
      const programme = freshProgramme();
      const stream = streamOf(programme);
      for (let round = 0; round < 20; round++) {
        const events = newEvents(programme, 2);
        const answers = await Promise.all(
          Array.from({ length: 16 }, () => log().append(stream, round * 2 - 1, events)),
        );
        for (const answer of answers) expect(answer).toMatchObject({ events: answers[0]?.events });
        expect(answers.filter(({ repeated }) => !repeated).length).toBeLessThanOrEqual(1);
      }
      expect(await idsIn(stream)).toHaveLength(40);
    },

    'the same ids at another expected revision, and other ids at the same, are refused': async () => {
      const programme = freshProgramme();
      const stream = streamOf(programme);
      const [a, b] = newEvents(programme, 2) as [NewEvent, NewEvent];
      await log().append(stream, -1, [a, b]);
      await refused(stream, 0, [a], 1);
      await refused(stream, -1, [b], 1);
      await refused(stream, -1, [b, a], 1);
      await refused(stream, -1, [a, newEvent(programme)], 1);
      await refused(stream, -1, [a, b, newEvent(programme)], 1);
      await refused(stream, 3, [a, b], 1);
      await refused(stream, -2, [a, b], 1);
    },

    'an append is there whole or not at all': async () => {
      const programme = freshProgramme();
      const stream = streamOf(programme);
      const sizes = [1, 7, 64, 2, 300];
      let last = -1;
      for (const size of sizes) {
        const competing = [newEvents(programme, size), newEvents(programme, size)] as const;
        const outcomes = await Promise.allSettled(
          competing.map((events) => log().append(stream, last, events)),
        );
        const winner = competing[outcomes.findIndex(({ status }) => status === 'fulfilled')];
        expect((await idsIn(stream)).slice(last + 1)).toEqual(winner?.map(({ id }) => id));
        last += size;
      }
    },

    'what has no canonical form is refused, and nothing of its append is there': async () => {
      const programme = freshProgramme();
      const stream = streamOf(programme);
      const bad: readonly Json[] = [
        { text: 'a\ud800b' },
        { '\udc00': 1 },
        ['\udfff\ud83d'],
        { number: Infinity },
        { number: NaN },
      ];
      for (const data of bad) {
        const events = [newEvent(programme), newEvent(programme, data), newEvent(programme)];
        await expect(log().append(stream, -1, events)).rejects.toThrow(NotCanonical);
      }
      expect(await log().readStream(stream)).toEqual([]);
    },

    'an envelope of 256 KiB is taken, and one byte more is refused': async () => {
      const programme = freshProgramme();
      const stream = streamOf(programme);
      const sized = (revision: number, bytes: number, letter: string): NewEvent => {
        const event = newEvent(programme, { text: '' });
        const room = bytes - Buffer.byteLength(envelopeText(asStored(stream, revision, clock.now, event)));
        const width = Buffer.byteLength(letter);
        const text = letter.repeat(Math.floor(room / width)) + 'x'.repeat(room % width);
        return { ...event, data: { text } };
      };
      let last = -1;
      for (const letter of ['a', 'é', '漢', '😀']) {
        const tooLarge = [newEvent(programme), sized(last + 2, MAX_ENVELOPE_BYTES + 1, letter)];
        await expect(log().append(stream, last, tooLarge)).rejects.toThrow(EnvelopeTooLarge);
        const largest = sized(last + 1, MAX_ENVELOPE_BYTES, letter);
        await log().append(stream, last, [largest]);
        last++;
        const [back] = await log().readStream(stream, last);
        expect(back?.event.data).toEqual(largest.data);
      }
      expect(await idsIn(stream)).toHaveLength(last + 1);
    },

    'a refused append does not disturb those beside it': async () => {
      const programme = freshProgramme();
      const stream = streamOf(programme, 'shared');
      const own = (n: number) => streamOf(programme, `own-${String(n)}`);
      const appends = Array.from({ length: 64 }, (_, n) => {
        const event = newEvent(programme, n % 4 === 1 ? { text: '\ud800' } : { n });
        return n % 4 === 2 ? log().append(stream, 5, [event]) : log().append(own(n), -1, [event]);
      });
      const outcomes = await Promise.allSettled(appends);
      expect(outcomes.map(({ status }) => status)).toEqual(
        outcomes.map((_, n) => (n % 4 === 1 || n % 4 === 2 ? 'rejected' : 'fulfilled')),
      );
      await fixture().settled();
      const there = await ofProgramme(log(), programme);
      expect(there.map(({ event }) => event.data)).toEqual(
        Array.from({ length: 64 }, (_, n) => ({ n })).filter(({ n }) => n % 4 === 0 || n % 4 === 3),
      );
      expect(there.map(({ index }) => index)).toEqual(there.map((_, n) => n));
    },

    'an append without events, or with events of another programme, is refused': async () => {
      const programme = freshProgramme();
      const stream = streamOf(programme);
      await expect(log().append(stream, -1, [])).rejects.toThrow();
      const strangers = [newEvent(programme), newEvent(freshProgramme())];
      await expect(log().append(stream, -1, strangers)).rejects.toThrow();
      expect(await log().readStream(stream)).toEqual([]);
    },

    'recordedAt is the clock, but never goes back within a stream': async () => {
      const programme = freshProgramme();
      const stream = streamOf(programme);
      const start = clock.now;
      const times: number[] = [];
      for (const [n, offset] of [0, 5, -60_000, 3, 7, -1, 100].entries()) {
        clock.now = start + offset;
        const { events } = await log().append(stream, n - 1, newEvents(programme, 1));
        times.push(Date.parse(events[0]?.event.recordedAt ?? '') - start);
        if (n === 2) await fixture().reopen();
      }
      expect(times).toEqual([0, 5, 5, 5, 7, 7, 100]);
    },

    'recordedAt does not go back for who says what the last one was, either': async () => {
      const programme = freshProgramme();
      const stream = streamOf(programme);
      let last: string | undefined;
      const times: (string | undefined)[] = [];
      for (const [n, step] of [0, 5, -60_000, 1].entries()) {
        clock.now += step;
        const { events } = await log().append(stream, n - 1, newEvents(programme, 1), last);
        times.push((last = events[0]?.event.recordedAt));
      }
      const start = clock.now + 59_994;
      expect(times).toEqual([0, 5, 5, 5].map((offset) => new Date(start + offset).toISOString()));
    },

    'what was acknowledged is there after the log is opened again': async () => {
      const programme = freshProgramme();
      const stream = streamOf(programme);
      const events = newEvents(programme, 50);
      await appendEach(log(), stream, events);
      const { logId } = log();
      const before = await log().readStream(stream);
      await fixture().reopen();
      expect(await log().readStream(stream)).toEqual(before);
      expect(log().logId).toBe(logId);
      await refused(stream, 48, newEvents(programme, 1), 49);
      await log().append(stream, 49, newEvents(programme, 1));
    },
  };
}
