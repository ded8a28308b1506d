import type { LoggedEvent } from '../envelope';
import type { ContractTests } from './contract';
import {
  endOf,
  followUntil,
  freshProgramme,
  idsOf,
  type LogUnderTest,
  manyWriters,
  newEvents,
  restOf,
  sleep,
  streamOf,
} from './log-fixture';

/** What following promises. */
export function followTests({ log, prompt }: LogUnderTest): ContractTests {
  return {
    'a follower gets what is there, then what comes, in order': async () => {
      const after = await endOf(log());
      const programme = freshProgramme();
      const stream = streamOf(programme);
      const first = await log().append(stream, -1, newEvents(programme, 10));
      const following = followUntil(log(), after, 13);
      await sleep(50);
      const second = await log().append(stream, 9, newEvents(programme, 2));
      await sleep(50);
      const third = await log().append(stream, 11, newEvents(programme, 1));
      expect(await following).toMatchObject([...first.events, ...second.events, ...third.events]);
    },

    'a follower from the beginning gets the whole log': async () => {
      const programme = freshProgramme();
      await log().append(streamOf(programme), -1, newEvents(programme, 3));
      const all = await restOf(log());
      expect(idsOf(await followUntil(log(), undefined, all.length))).toEqual(idsOf(all));
    },

    'while 64 writers append, followers miss nothing and get nothing twice': async () => {
      const after = await endOf(log());
      const programme = freshProgramme();
      const total = 64 * 20;
      const early = [followUntil(log(), after, total), followUntil(log(), after, total)];
      const appending = manyWriters(log(), programme, 20);
      await sleep(5);
      const late = followUntil(log(), after, total);
      const ids = await appending;
      const order = idsOf(await restOf(log(), after));
      expect(new Set(order)).toEqual(new Set(ids));
      for (const following of [...early, late]) expect(idsOf(await following)).toEqual(order);
    },

    'a follower that is started again behind its last event goes on there': async () => {
      const after = await endOf(log());
      const programme = freshProgramme();
      const appending = manyWriters(log(), programme, 10);
      const all: LoggedEvent[] = [];
      while (all.length < 640) {
        const ending = new AbortController();
        for await (const page of log().follow(all.at(-1)?.position ?? after, ending.signal)) {
          all.push(...page);
          ending.abort();
        }
      }
      await appending;
      expect(idsOf(all)).toEqual(idsOf(await restOf(log(), after)));
    },

    'a slow follower gets everything, and nothing waits for it': async () => {
      const after = await endOf(log());
      const programme = freshProgramme();
      let finished = false;
      const following = followUntil(log(), after, 64 * 10, () => sleep(60)).then((events) => {
        finished = true;
        return events;
      });
      await sleep(10);
      await manyWriters(log(), programme, 10);
      expect(finished).toBe(false);
      expect(idsOf(await following)).toEqual(idsOf(await restOf(log(), after)));
    },

    'an abort ends a follower promptly, also while it waits, and however often': async () => {
      const ending = new AbortController();
      const after = await endOf(log());
      const following = (async () => {
        for await (const page of log().follow(after, ending.signal)) return page;
        return 'ended';
      })();
      await sleep(100);
      const started = performance.now();
      ending.abort();
      ending.abort();
      expect(await following).toBe('ended');
      expect(performance.now() - started).toBeLessThan(prompt);
    },

    'a follower whose signal was aborted before gets nothing and ends': async () => {
      const seen: unknown[] = [];
      for await (const page of log().follow(undefined, AbortSignal.abort())) seen.push(page);
      expect(seen).toEqual([]);
    },

    'a follower that breaks off leaves the log as it was': async () => {
      const after = await endOf(log());
      const programme = freshProgramme();
      const stream = streamOf(programme);
      const { events } = await log().append(stream, -1, newEvents(programme, 3));
      for (let n = 0; n < 3; n++) {
        for await (const page of log().follow(after, new AbortController().signal)) {
          expect(page[0]).toMatchObject({ position: events[0]?.position });
          break;
        }
      }
      await log().append(stream, 2, newEvents(programme, 1));
    },
  };
}
