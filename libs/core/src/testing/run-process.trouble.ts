import { EnvelopeTooLarge } from '../envelope';
import { Catalogue } from '../event-types';
import { Defect } from '../lasting';
import { LogUnavailable } from '../ports/event-log';
import { ViewStoreMoved } from '../ports/view-store';
import { Refusal } from '../refusal';
import type { Process } from '../run-process';
import { parseStream, streamName } from '../stream-name';
import { Contention } from '../submission';
import { counterEvents } from './counter';
import { copying, counter, P, type ProcessTests, Q, submission } from './processes-fixture';

/** What happens when an answer, the log or the store fails. */
export const troubleTests: ProcessTests = (under) => ({
  'an event that was answered just before a crash is answered again, and nothing comes of it': async () => {
    const { store, runner, add, total, events, markerOf } = under();
    const copy = copying('copy', 'a', 'b');
    let reactions = 0;
    const watching: Process = {
      ...copy,
      react: async (recorded, tools) => {
        reactions++;
        await copy.react(recorded, tools);
      },
    };
    await runner([watching]).start();
    for (const by of [1, 2, 4]) await add('a', by);
    // The store gives way after each reaction but the last.
    let crashes = 0;
    store.onCommit = async (writes, commit) => {
      if (crashes++ % 2 === 0) throw new Error('crash');
      await commit(writes);
    };
    for (let n = 0; n < 10 && (await markerOf('copy')).index < 2; n++) {
      await runner([watching])
        .start()
        .catch((error: unknown) => expect((error as Error).message).toBe('crash'));
    }
    store.onCommit = undefined;
    expect(reactions).toBeGreaterThan(3);
    expect(await total('b')).toBe(7);
    expect((await events()).filter(({ event }) => event.stream === counter('b'))).toHaveLength(3);
    // It was the store's trouble, and no reason to stop.
    expect((await markerOf('copy')).stopped).toBeUndefined();
  },

  'a store that came back older is noticed, and what it forgot is answered again, by repeats': async () => {
    const { runner, add, total, events, backup, markerOf } = under();
    const mine = runner([copying('copy', 'a', 'b')]);
    await mine.start();
    await add('a', 1);
    await mine.drain(P);
    await mine.verify();
    const restore = await backup();
    await add('a', 2);
    await mine.drain(P);
    await restore();
    await expect(mine.verify()).rejects.toThrow(ViewStoreMoved);
    await add('a', 4);
    await expect(mine.apply(await events())).rejects.toThrow(ViewStoreMoved);
    await mine.start();
    await mine.drain(P);
    await mine.verify();
    expect(await total('b')).toBe(7);
    expect((await events()).filter(({ event }) => event.stream === counter('b'))).toHaveLength(3);
    expect((await markerOf('copy')).index).toBe(5);
  },

  'trouble of the store does not stop a process': async () => {
    const { store, runner, add, total, events, markerOf } = under();
    const mine = runner([copying('copy', 'a', 'b')]);
    await mine.start();
    await add('a', 1);
    store.onCommit = async () => {
      throw new Error('disk full');
    };
    await expect(mine.apply(await events())).rejects.toThrow('disk full');
    store.onCommit = undefined;
    expect(mine.markers(P).get('copy')).toEqual({ index: -1, position: '0' });
    await mine.apply(await events());
    expect(await total('b')).toBe(1);
    expect(await markerOf('copy')).toMatchObject({ index: 1 });
  },

  'a process that fails stops, for its programme only, and is tried again at the next start': async () => {
    const { commands, runner, add, total, events, markerOf } = under();
    const processes = [copying('copy', 'a', 'b'), copying('other', 'a', 'c')];
    const mine = runner(processes);
    await mine.start();
    await commands.run(submission('SetLimit', streamName('limit', P), { limit: 5 }, 'low'));
    await add('a', 1);
    await add('a', 3);
    await add('b', 4);
    await mine.apply(await events());
    await add('a', 1);
    await add('a', 1, Q);
    await mine.apply([...(await events()), ...(await events(Q))]);
    // 4 + 1 fits below 5, 3 more does not.
    const marker = await markerOf('copy');
    expect(marker).toMatchObject({ index: 1, stopped: { index: 2 } });
    expect(marker.stopped?.error).toContain('over-limit');
    expect(mine.markers(P).get('copy')).toEqual(marker);
    expect([await total('b'), await total('c'), await total('b', Q)]).toEqual([5, 5, 1]);
    await commands.run(submission('SetLimit', streamName('limit', P), { limit: 50 }, 'high'));
    await mine.apply(await events());
    expect(await total('b')).toBe(5);
    await runner(processes).start();
    expect([await total('b'), await total('c'), await total('b', Q)]).toEqual([9, 5, 1]);
    expect((await markerOf('copy')).stopped).toBeUndefined();
  },

  'a process that throws what is no refusal stops too, and so does one that meets an unknown event':
    async () => {
      const { commands, runner, add, markerOf } = under();
      const failing: Process = {
        name: 'failing',
        handles: () => true,
        react: async () => {
          throw new TypeError('no such thing');
        },
      };
      await add('a', 1);
      await runner([failing]).start();
      expect(await markerOf('failing')).toEqual({
        index: -1,
        position: '0',
        stopped: { index: 0, error: 'no such thing' },
      });
      await commands.run(submission('SetLimit', streamName('limit', P), { limit: 5 }, 'low'));
      await runner([copying('copy', 'a', 'b')], { catalogue: new Catalogue([counterEvents]) }).start();
      expect((await markerOf('copy')).stopped?.error).toContain('LimitSet');
    },

  'trouble of the log passes: it is rethrown, and the event comes again': async () => {
    const { runner, add, total, events, markerOf } = under();
    const copy = copying('copy', 'a', 'b');
    for (const trouble of [new LogUnavailable('disk full'), new Contention('busy')]) {
      const troubled = runner([copy], { submit: () => Promise.reject(trouble) });
      await troubled.start();
      await add('a', 1);
      const before = await markerOf('copy');
      await expect(troubled.apply(await events())).rejects.toBe(trouble);
      await expect(troubled.drain(P)).rejects.toBe(trouble);
      expect(await markerOf('copy')).toEqual(before);
      expect(troubled.markers(P).get('copy')).toMatchObject({ index: before.index });
      const mine = runner([copy]);
      await mine.start();
      await mine.drain(P);
    }
    expect(await total('b')).toBe(2);
  },

  'whatever fails in reading the log while an event is answered is rethrown, and stops nobody': async () => {
    const { runner, add, total, events, markerOf } = under();
    const copy = copying('copy', 'a', 'b');
    const rereading: Process = {
      ...copy,
      react: async (recorded, tools) => {
        await tools.log.head(P);
        for await (const page of tools.log.readProgramme(P, 0, recorded.index)) expect(page).not.toEqual([]);
        await copy.react(recorded, tools);
      },
    };
    const trouble = Object.assign(new TypeError('the database connection is busy'), { code: 'SQLITE_IOERR' });
    await add('a', 1);
    const { log } = under();
    const failing: Partial<typeof log>[] = [
      { head: () => Promise.reject(trouble) },
      {
        readProgramme: async function* () {
          throw trouble;
        },
      },
    ];
    for (const broken of failing) {
      const mine = runner([rereading], {
        log: {
          heads: () => log.heads(),
          head: (programme) => log.head(programme),
          readProgramme: (...range) => log.readProgramme(...range),
          ...broken,
        },
      });
      await mine.open();
      await expect(mine.apply(await events())).rejects.toBe(trouble);
      expect(await markerOf('copy')).toEqual({ index: -1, position: '0' });
    }
    const mine = runner([rereading]);
    await mine.start();
    expect(await total('b')).toBe(1);
    expect((await markerOf('copy')).stopped).toBeUndefined();
  },

  'a command that fails for no reason of its own is given again, and one that never can is not': async () => {
    const { runner, add, events, markerOf } = under();
    await add('a', 1);
    const copy = copying('copy', 'a', 'b');
    const answeredWith = async (error: Error) => {
      const mine = runner([copy], { submit: () => Promise.reject(error) });
      await mine.open();
      await mine.apply(await events());
      return (await markerOf('copy')).stopped?.error;
    };
    for (const passing of [new Error('EIO'), Object.assign(new Error('x'), { code: 'SQLITE_IOERR' })])
      await expect(answeredWith(passing)).rejects.toBe(passing);
    for (const lasting of [
      new TypeError('a bug'),
      new Defect('a bug elsewhere'),
      new EnvelopeTooLarge(300_000),
    ])
      expect(await answeredWith(lasting)).toBe(lasting.message);
  },

  'the trouble of one programme keeps no other waiting': async () => {
    const { commands, runner, add, total, events } = under();
    await add('a', 1, Q);
    await add('a', 2);
    const trouble = new LogUnavailable('disk full');
    const submit: typeof commands.run = (each) =>
      parseStream(each.stream).programme === Q ? Promise.reject(trouble) : commands.run(each);
    await expect(runner([copying('copy', 'a', 'b')], { submit }).start()).rejects.toBe(trouble);
    expect([await total('b', Q), await total('b')]).toEqual([0, 2]);
    const mine = runner([copying('copy', 'a', 'b')], { submit });
    await mine.open();
    await add('a', 4);
    await expect(mine.apply([...(await events(Q)), ...(await events())])).rejects.toBe(trouble);
    expect([await total('b', Q), await total('b')]).toEqual([0, 6]);
  },

  'who stops is told of, once, with the event and the reason': async () => {
    const { runner, add, events, markerOf } = under();
    const told: unknown[] = [];
    const failing: Process = {
      ...copying('failing', 'a', 'b'),
      react: async () => {
        throw new TypeError('no such thing');
      },
    };
    const mine = runner([failing, copying('copy', 'a', 'b')], { onStopped: (...each) => told.push(each) });
    await mine.start();
    await add('a', 1);
    await mine.apply(await events());
    await add('a', 2);
    await mine.apply(await events());
    expect(told).toEqual([['failing', P, { index: 0, error: 'no such thing' }]]);
    expect((await markerOf('failing')).stopped).toEqual({ index: 0, error: 'no such thing' });
  },

  'what was answered before the trouble is remembered': async () => {
    const { commands, runner, add, total, events, markerOf } = under();
    let left = 2;
    const mine = runner([copying('copy', 'a', 'b')], {
      submit: (each) => (left-- > 0 ? commands.run(each) : Promise.reject(new LogUnavailable('disk full'))),
    });
    await mine.start();
    for (const by of [1, 2, 4]) await add('a', by);
    await expect(mine.apply(await events())).rejects.toThrow(LogUnavailable);
    expect((await markerOf('copy')).index).toBe(1);
    left = 9;
    await mine.drain(P);
    expect(await total('b')).toBe(7);
    // Two and, after the trouble, one more: nothing was sent twice.
    expect(left).toBe(8);
  },

  'a stopped process does not keep draining from its end': async () => {
    const { commands, runner, add, total } = under();
    await commands.run(submission('SetLimit', streamName('limit', P), { limit: 5 }, 'low'));
    const mine = runner([copying('copy', 'a', 'b'), copying('other', 'a', 'c')]);
    await mine.start();
    await add('b', 5);
    await add('a', 1);
    await mine.drain(P);
    expect([await total('b'), await total('c')]).toEqual([5, 1]);
  },

  'what it cannot do is refused by name, and the refusal is on record': async () => {
    const { commands, runner, add, markerOf } = under();
    await commands.run(submission('SetLimit', streamName('limit', P), { limit: 1 }, 'low'));
    await add('b', 1);
    await add('a', 1);
    let thrown: unknown;
    const mine = runner([copying('copy', 'a', 'b')], {
      submit: async (each) => {
        try {
          return await commands.run(each);
        } catch (error) {
          thrown = error;
          throw error;
        }
      },
    });
    await mine.start();
    expect(thrown).toBeInstanceOf(Refusal);
    expect((await markerOf('copy')).stopped?.error).toBe((thrown as Refusal).message);
  },
});
