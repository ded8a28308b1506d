import { EVERYTHING, type Share } from '../ports/event-feed';
import { GenerationGone } from '../ports/view-store';
import { CommandRunner } from '../run-command';
import type { Process } from '../run-process';
import { parseStream } from '../stream-name';
import { toyCatalogue, toyDeciders } from './counter';
import { MemoryLog } from './memory-log';
import { copying, counter, P, type ProcessTests, Q, submission } from './processes-fixture';

/** How events are handed to those who answer them. */
export const answerTests: ProcessTests = (under) => ({
  'each event is answered once, in the order of its programme, and what is not its business is passed over':
    async () => {
      const { runner, add, total, events, markerOf } = under();
      const seen: string[] = [];
      const copy = copying('copy', 'a', 'b');
      const watching: Process = {
        ...copy,
        react: async (recorded, tools) => {
          seen.push(`${recorded.event.programme} ${String(recorded.index)}`);
          await copy.react(recorded, tools);
        },
      };
      await add('a', 1);
      await add('x', 9);
      await add('a', 2, Q);
      const mine = runner([watching]);
      await mine.start();
      await add('a', 4);
      await mine.apply(await events());
      await mine.apply(await events());
      await mine.apply(await events(Q));
      expect(seen).toEqual([`${Q} 0`, `${P} 0`, `${P} 3`]);
      expect([await total('b'), await total('b', Q)]).toEqual([5, 2]);
      const answers = (await events()).filter(({ event }) => event.stream === counter('b'));
      expect(answers.map(({ event }) => event.meta.actor.subject)).toEqual(['process:copy', 'process:copy']);
      expect(await markerOf('copy')).toEqual({ index: 4, position: (await events())[4]!.position });
      expect(mine.markers(P).get('copy')?.index).toBe(4);
      expect(mine.markers('nowhere.2023').get('copy')?.index).toBe(-1);
    },

  'a gap in what comes is read from the log': async () => {
    const { runner, add, total, events } = under();
    const mine = runner([copying('copy', 'a', 'b')]);
    await mine.start();
    for (const by of [1, 2, 4]) await add('a', by);
    await mine.apply((await events()).slice(-1));
    expect(await total('b')).toBe(7);
  },

  'draining goes on until nothing is left to answer': async () => {
    const { log, runner, add, total } = under();
    const down: Process = {
      name: 'down',
      handles: ({ type, stream }) => type === 'Added' && parseStream(stream).code === 'a',
      react: async ({ event }, { submit }) => {
        const { by } = event.data as { by: number };
        if (by === 1) return;
        await submit(submission('Add', counter('a'), { by: by - 1 }, `after ${event.id}`, 'process:down'));
      },
    };
    // The one that copies comes first, so that it has to be asked again and again.
    const mine = runner([copying('copy', 'a', 'b'), down]);
    await mine.start();
    await mine.drain(P);
    await add('a', 6);
    await mine.drain(P);
    expect([await total('a'), await total('b')]).toEqual([21, 21]);
    const { index } = (await log.head(P))!;
    expect([...mine.markers(P).values()].map((marker) => marker.index)).toEqual([index, index]);
  },

  'who only opens hands nothing on until he is asked to, of one programme': async () => {
    const { runner, add, total } = under();
    await add('a', 1);
    await add('a', 2, Q);
    const mine = runner([copying('copy', 'a', 'b')]);
    expect((await mine.open()).map(({ programme }) => programme).sort()).toEqual([Q, P]);
    expect([await total('b'), await total('b', Q)]).toEqual([0, 0]);
    await mine.drain(P);
    expect([await total('b'), await total('b', Q)]).toEqual([1, 0]);
  },

  'many share the programmes: each hands on those that it takes, and goes on where others have left off':
    async () => {
      const { runner, add, total, events, markerOf } = under();
      await add('a', 1);
      await add('a', 2, Q);
      const only = (programme: string): Share => ({ ...EVERYTHING, has: (each) => each === programme });
      const [one, other] = [runner([copying('copy', 'a', 'b')]), runner([copying('copy', 'a', 'b')])];
      await one.take(only(P));
      expect([await total('b'), await total('b', Q)]).toEqual([1, 0]);
      await other.take(only(Q));
      expect([await total('b'), await total('b', Q)]).toEqual([1, 2]);
      await add('a', 4);
      await one.apply(await events());
      await other.take(only(P));
      await add('a', 8);
      await other.apply((await events()).slice(-1));
      await one.take(only(P));
      await one.apply(await events());
      expect(await total('b')).toBe(13);
      expect((await events()).filter(({ event }) => event.stream === counter('b'))).toHaveLength(3);
      expect((await markerOf('copy')).index).toBe(5);
      await Promise.all([one.verify(), other.verify()]);
    },

  'a start that is broken off leaves the rest to the next': async () => {
    const { runner, add, total } = under();
    await add('a', 1);
    await add('a', 2, Q);
    const ending = new AbortController();
    const copy = copying('copy', 'a', 'b');
    const ends: Process = {
      ...copy,
      react: async (recorded, tools) => {
        await copy.react(recorded, tools);
        ending.abort();
      },
    };
    await runner([ends]).start(ending.signal);
    expect([await total('b', Q), await total('b')]).toEqual([2, 0]);
    await runner([copy]).start();
    expect([await total('b', Q), await total('b')]).toEqual([2, 1]);
  },

  'a process that has seen more than the log holds begins anew': async () => {
    const { log, store, runner, add } = under();
    const mine = runner([copying('copy', 'a', 'b')]);
    await mine.start();
    for (const by of [1, 2, 4]) await add('a', by);
    await mine.drain(P);
    const backup = new MemoryLog(() => 0, log.logId);
    const others = new CommandRunner({
      log: backup,
      deciders: toyDeciders,
      catalogue: toyCatalogue,
      clock: () => 0,
    });
    await others.run(submission('Add', counter('a'), { by: 3 }, 'k1'));
    const old = (await store.current('process-copy', 1))!;
    const again = runner([copying('copy', 'a', 'b')], {
      log: backup,
      submit: (each) => others.run(each),
    });
    await again.start();
    expect((await others.read(counter('b'))).state).toEqual({ total: 3 });
    await expect(store.marker(old, P)).rejects.toThrow(GenerationGone);
  },
});
