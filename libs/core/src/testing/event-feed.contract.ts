import { randomUUID } from 'node:crypto';
import type { LoggedEvent, ProgrammeEvent } from '../envelope';
import type { EventFeed, FeedBatch, Share } from '../ports/event-feed';
import type { EventLog } from '../ports/event-log';
import { contractTests, type Skips } from './contract';
import {
  appendEach,
  freshProgramme,
  idsOf,
  manyWriters,
  newEvents,
  ofProgramme,
  sleep,
  streamOf,
} from './log-fixture';

/** A feed under test, over a log that it gets its events from. */
export interface EventFeedFixture {
  readonly log: EventLog;
  /** the feed as it is open now; another one after `restart` */
  readonly feed: EventFeed;
  /** Closes the feed and opens it again, as after a restart: how far groups came is kept. */
  restart(): Promise<void>;
  /** Resolves when readProgramme has what was appended. */
  settled(): Promise<void>;
  /** Closes feed and log, and removes what they kept. */
  close(): Promise<void>;
}

export interface EventFeedContractOptions {
  readonly skips?: Skips;
  /** how long a consumer that waits may take to end, in milliseconds; 500 when undefined */
  readonly prompt?: number;
}

/** What a consumer does with a batch; `stop` ends it. */
type Handle = (batch: FeedBatch, stop: () => void) => Promise<void>;

/** Everything that the port EventFeed promises, tested on an adapter. */
export function eventFeedContract(
  name: string,
  make: () => Promise<EventFeedFixture>,
  options: EventFeedContractOptions = {},
): void {
  describe(`the event feed of ${name}`, () => {
    let made: EventFeedFixture | undefined;
    const fixture = (): EventFeedFixture => {
      if (made === undefined) throw new Error('there is no feed to test');
      return made;
    };
    beforeAll(async () => {
      made = await make();
    });
    afterAll(() => made?.close());

    /** A member of a group, until it stops. */
    const consume = async (group: string, handle: Handle, ending = new AbortController()): Promise<void> => {
      for await (const batch of fixture().feed.consume(group, ending.signal)) {
        if (batch.share !== undefined) continue;
        await handle(batch, () => {
          ending.abort();
        });
      }
    };

    /** A member that deals with batches until it has had so many events of a programme. */
    const take = async (
      group: string,
      programme: string,
      count: number,
    ): Promise<readonly ProgrammeEvent[]> => {
      const taken: ProgrammeEvent[] = [];
      await consume(group, async (batch, stop) => {
        taken.push(...batch.events.filter(({ event }) => event.programme === programme));
        await batch.done();
        if (taken.length >= count) stop();
      });
      return taken;
    };

    /** A group that has dealt with everything that was appended before. */
    const groupAtEnd = async (): Promise<{ readonly group: string; readonly programme: string }> => {
      const [group, programme] = [`group-${randomUUID()}`, freshProgramme()];
      await fixture().log.append(streamOf(programme, 'first'), -1, newEvents(programme, 1));
      await take(group, programme, 1);
      return { group, programme };
    };

    const indexes = (events: readonly ProgrammeEvent[]) => events.map(({ index }) => index);
    const count = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

    const tests = {
      "a group gets every event of the log, in each programme's order, with its index": async () => {
        const { log } = fixture();
        const programmes = [freshProgramme(), freshProgramme()] as const;
        const appending = programmes.map((programme) => manyWriters(log, programme, 5));
        const group = `group-${randomUUID()}`;
        const taken = new Map<string, ProgrammeEvent[]>(programmes.map((programme) => [programme, []]));
        await consume(group, async (batch, stop) => {
          for (const recorded of batch.events) taken.get(recorded.event.programme)?.push(recorded);
          await batch.done();
          if ([...taken.values()].every((events) => events.length >= 320)) stop();
        });
        await Promise.all(appending);
        await fixture().settled();
        for (const programme of programmes)
          expect(taken.get(programme)).toEqual(await ofProgramme(log, programme));
      },

      'events that come while a consumer waits reach it': async () => {
        const { group, programme } = await groupAtEnd();
        const taking = take(group, programme, 4);
        await sleep(100);
        const stream = streamOf(programme);
        const events = newEvents(programme, 4);
        await appendEach(fixture().log, stream, events.slice(0, 2));
        await sleep(100);
        await appendEach(fixture().log, stream, events.slice(2), 1);
        expect(idsOf(await taking)).toEqual(events.map(({ id }) => id));
      },

      'each group gets every event': async () => {
        const [a, b] = [await groupAtEnd(), await groupAtEnd()];
        const programme = freshProgramme();
        await fixture().log.append(streamOf(programme), -1, newEvents(programme, 7));
        const taken = await Promise.all([take(a.group, programme, 7), take(b.group, programme, 7)]);
        for (const events of taken) expect(indexes(events)).toEqual(count(0, 6));
      },

      'before any event a member is told its share, and gets events of no other programme': async () => {
        const { group, programme } = await groupAtEnd();
        await fixture().log.append(streamOf(programme), -1, newEvents(programme, 5));
        const ending = new AbortController();
        let share: Share | undefined;
        let taken = 0;
        for await (const batch of fixture().feed.consume(group, ending.signal)) {
          if (batch.share === undefined) {
            for (const { event } of batch.events) expect(share?.has(event.programme)).toBe(true);
            taken += batch.events.length;
          } else {
            expect(batch.events).toEqual([]);
            share = batch.share;
            expect(batch.share.over.aborted).toBe(false);
          }
          await batch.done();
          if (taken >= 5) ending.abort();
        }
      },

      'a restart goes on behind what was done': async () => {
        const { group, programme } = await groupAtEnd();
        const stream = streamOf(programme);
        await fixture().log.append(stream, -1, newEvents(programme, 5));
        expect(indexes(await take(group, programme, 5))).toEqual(count(1, 5));
        await fixture().restart();
        await fixture().log.append(stream, 4, newEvents(programme, 3));
        expect(indexes(await take(group, programme, 3))).toEqual(count(6, 8));
      },

      'what was not done comes again after a restart': async () => {
        const { group, programme } = await groupAtEnd();
        await fixture().log.append(streamOf(programme), -1, newEvents(programme, 5));
        for (let n = 0; n < 3; n++) {
          const seen: LoggedEvent[] = [];
          await consume(group, async (batch, stop) => {
            seen.push(...batch.events);
            if (seen.length >= 5) stop();
          });
          expect(seen).toHaveLength(5);
          await fixture().restart();
        }
        expect(indexes(await take(group, programme, 5))).toEqual(count(1, 5));
      },

      'done twice, and done late, moves nothing back': async () => {
        const { group, programme } = await groupAtEnd();
        const stream = streamOf(programme);
        const batches: FeedBatch[] = [];
        await fixture().log.append(stream, -1, newEvents(programme, 1));
        await consume(group, async (batch, stop) => {
          batches.push(batch);
          if (batches.length === 1) await fixture().log.append(stream, 0, newEvents(programme, 1));
          else stop();
        });
        await batches[1]?.done();
        await batches[1]?.done();
        await batches[0]?.done();
        await fixture().log.append(stream, 1, newEvents(programme, 1));
        expect(indexes(await take(group, programme, 1))).toEqual([3]);
      },

      'the members of a group share its events: together they get all, in order': async () => {
        const { group, programme } = await groupAtEnd();
        const taken: number[] = [];
        const endings = [new AbortController(), new AbortController(), new AbortController()];
        const members = endings.map((ending) =>
          consume(
            group,
            async (batch) => {
              taken.push(...indexes(batch.events.filter(({ event }) => event.programme === programme)));
              await batch.done();
            },
            ending,
          ),
        );
        const appending = manyWriters(fixture().log, programme, 5);
        for (const ending of endings.slice(0, 2)) {
          await sleep(20);
          ending.abort();
        }
        await appending;
        while (taken.length < 320) await sleep(10);
        endings[2]?.abort();
        await Promise.all(members);
        expect(taken).toEqual(count(1, 320));
      },

      'a slow consumer gets everything': async () => {
        const { group, programme } = await groupAtEnd();
        const appending = manyWriters(fixture().log, programme, 4);
        const taken: ProgrammeEvent[] = [];
        await consume(group, async (batch, stop) => {
          await sleep(40);
          taken.push(...batch.events);
          await batch.done();
          if (taken.length >= 256) stop();
        });
        await appending;
        expect(indexes(taken)).toEqual(count(1, 256));
      },

      'an abort ends a consumer promptly while it waits, also a second member': async () => {
        const { group } = await groupAtEnd();
        const endings = [new AbortController(), new AbortController()] as const;
        const members = endings.map((ending) => consume(group, fail, ending));
        await sleep(100);
        for (const n of [1, 0] as const) {
          const started = performance.now();
          endings[n].abort();
          endings[n].abort();
          await members[n];
          expect(performance.now() - started).toBeLessThan(options.prompt ?? 500);
        }
      },

      'closing the feed ends its consumers, and may be done twice': async () => {
        const { group } = await groupAtEnd();
        const consuming = consume(group, fail);
        await sleep(50);
        await fixture().feed.close();
        await fixture().feed.close();
        await consuming;
        await fixture().restart();
      },
    };
    contractTests(tests, options.skips);
  });
}

async function fail(batch: FeedBatch): Promise<void> {
  throw new Error(`nothing was expected, and ${String(batch.events.length)} events came`);
}
