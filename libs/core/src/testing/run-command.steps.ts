import { z } from 'zod';
import type { AnyDecider } from '../decider';
import { commandIdOf, digestOf, eventIdOf } from '../ids';
import { Refusal } from '../refusal';
import { BadName, streamName } from '../stream-name';
import { InvalidBody, KeyReused, RevisionMismatch, UnknownCommand } from '../submission';
import { parseToken } from '../token';
import { type CommandTests, revisionsOf } from './commands-fixture';
import { counterCommands, counterDecider, limitDecider } from './counter';

/** What happens to a command when nobody else is about: the steps of semantics 7, one after the other. */
export const stepTests: CommandTests = (under) => ({
  'an accepted command leaves its events, with all that is to be known of it': async () => {
    const { runner, submission, counter, programme, log, clock } = under();
    const receipt = await runner().run(
      submission(
        'AddTwice',
        { by: 3, reason: 'late', onBehalfOf: 'dinkes' },
        { key: 'k', causationId: 'cause-1' },
      ),
    );
    const id = commandIdOf('u-1', counter(), 'k');
    const stored = await log.readStream(counter());
    const at = new Date(clock.now).toISOString();
    expect(stored.map(({ event }) => event)).toEqual(
      [0, 1].map((n) => ({
        id: eventIdOf(id, n),
        type: 'Added',
        version: 1,
        stream: counter(),
        revision: n,
        programme,
        recordedAt: at,
        data: { by: 3, at },
        meta: {
          actor: { subject: 'u-1', role: 'office', onBehalfOf: 'dinkes' },
          commandId: id,
          commandDigest: digestOf('AddTwice', counter(), { by: 3, reason: 'late', onBehalfOf: 'dinkes' }),
          correlationId: 'request-1',
          causationId: 'cause-1',
          facts: { [streamName('limit', programme)]: -1 },
          reason: 'late',
        },
      })),
    );
    expect(receipt).toEqual({
      events: [0, 1].map((n) => ({ id: eventIdOf(id, n), type: 'Added', revision: n })),
      stream: counter(),
      revision: 1,
      recordedAt: at,
      token: expect.any(String),
    });
    expect(parseToken(receipt.token)).toEqual({ logId: log.logId, programme, position: stored[1]?.position });
  },

  'what a command does not say is not written: no reason, no facts where none are looked at': async () => {
    const { runner, submission, log, programme } = under();
    await runner().run(submission('SetLimit', { limit: 5 }, { key: 'k' }));
    const [stored] = await log.readStream(streamName('limit', programme));
    const id = commandIdOf('u-1', streamName('limit', programme), 'k');
    expect(Object.keys(stored!.event.meta).sort()).toEqual([
      'actor',
      'causationId',
      'commandDigest',
      'commandId',
      'correlationId',
    ]);
    expect(stored!.event.meta.causationId).toBe(id);
  },

  'a command that is traced leaves its trace in its events, and a repeat with another one changes nothing':
    async () => {
      const { runner, submission, log, counter } = under();
      const traced = (trace: string): string => `00-${trace.repeat(32)}-00f067aa0ba902b7-01`;
      await runner().run(submission('AddTwice', { by: 1 }, { key: 'k', traceparent: traced('a') }));
      await runner().run(submission('AddTwice', { by: 1 }, { key: 'k', traceparent: traced('b') }));
      const stored = await log.readStream(counter());
      expect(stored.map(({ event }) => event.meta.traceparent)).toEqual([traced('a'), traced('a')]);
    },

  'who goes around commands sees how each went, and may have another carried out in its place': async () => {
    const { runner, submission, log, counter } = under();
    const seen: unknown[] = [];
    const retries: number[] = [];
    const watching = runner({
      onRetry: () => retries.push(1),
      around: async (given, carryOut) => {
        try {
          const ran = await carryOut({ ...given, correlationId: 'in its place' });
          seen.push(ran.repeated);
          return ran;
        } catch (error) {
          seen.push((error as Error).constructor.name);
          throw error;
        }
      },
    });
    await watching.run(submission('Add', { by: 1 }, { key: 'k' }));
    expect(retries).toEqual([]);
    await runner().run(submission('Add', { by: 1 }));
    await watching.run(submission('Add', { by: 1 }, { key: 'l' }));
    expect(retries).toEqual([1]);
    await watching.run(submission('Add', { by: 1 }, { key: 'k' }));
    await expect(watching.run(submission('Add', { by: 2 }, { key: 'k' }))).rejects.toThrow(KeyReused);
    expect(seen).toEqual([false, false, true, 'KeyReused']);
    const [stored] = await log.readStream(counter());
    expect(stored?.event.meta.correlationId).toBe('in its place');
  },

  'a reconstructed command is decided at its own time, and says so': async () => {
    const { runner, submission, log, counter } = under();
    const reconstructed = { at: '2022-01-31T17:00:00.000Z', importedAt: '2023-06-12T02:00:00.000Z' };
    await runner().run(submission('Add', { by: 1 }, { reconstructed }));
    const [stored] = await log.readStream(counter());
    expect(stored?.event.data).toEqual({ by: 1, at: reconstructed.at });
    expect(stored?.event.meta).toMatchObject({
      origin: 'reconstructed',
      importedAt: reconstructed.importedAt,
    });
  },

  'facts are those of this moment, and the revisions seen are on record': async () => {
    const { runner, submission, log, counter, programme } = under();
    const [mine, others] = [runner(), runner()];
    await mine.run(submission('Add', { by: 1 }));
    await others.run(submission('SetLimit', { limit: 1 }));
    await expect(mine.run(submission('Add', { by: 1 }))).rejects.toThrow(
      'over-limit: The counter may not pass 1.',
    );
    await others.run(submission('SetLimit', { limit: 2 }));
    await mine.run(submission('Add', { by: 1 }));
    const seen = (await log.readStream(counter())).map(({ event }) => event.meta.facts);
    expect(seen).toEqual([{ [streamName('limit', programme)]: -1 }, { [streamName('limit', programme)]: 1 }]);
  },

  'a repeat gets the first answer, whatever has changed since': async () => {
    const { runner, submission, counter, reopen, log } = under();
    const first = submission('AddTwice', { by: 2 }, { ifMatch: -1 });
    const mine = runner();
    const receipt = await mine.run(first);
    expect(revisionsOf(receipt)).toEqual([0, 1]);
    await mine.run(submission('Add', { by: 1 }));
    await mine.run(submission('SetLimit', { limit: 0 }));
    expect(await mine.run(first)).toEqual(receipt);
    expect(await runner().run({ ...first, correlationId: 'request-2' })).toEqual(receipt);
    await reopen();
    expect(await runner().run({ ...first, stream: counter().replace('.main', '.MAIN') })).toEqual(receipt);
    expect(await log.readStream(counter())).toHaveLength(3);
  },

  'a repeat gets the first answer even where its body would not be valid any more': async () => {
    const { runner, submission } = under();
    const first = submission('Add', { by: 2 });
    const receipt = await runner().run(first);
    const commands = {
      ...counterCommands,
      Add: { ...counterCommands.Add, schema: z.strictObject({ amount: z.int() }) },
    };
    const later = runner({ deciders: [{ ...counterDecider, commands } as AnyDecider, limitDecider] });
    expect(await later.run(first)).toEqual(receipt);
    await expect(later.run({ ...first, key: 'another' })).rejects.toThrow(InvalidBody);
  },

  'a key used for another command is refused': async () => {
    const { runner, submission, counter, log } = under();
    const mine = runner();
    const first = submission('Add', { by: 2 }, { key: 'k' });
    await mine.run(first);
    for (const other of [
      { ...first, body: { by: 3 } },
      { ...first, body: { by: 2, reason: 'because' } },
      { ...first, body: {} },
      { ...first, type: 'AddTwice' },
      { ...first, body: { by: 3 }, ifMatch: 7 },
    ]) {
      await expect(mine.run(other)).rejects.toThrow(KeyReused);
      await expect(runner().run(other)).rejects.toThrow(KeyReused);
    }
    expect(await log.readStream(counter())).toHaveLength(1);
    // The key is the subject's own, and for one stream.
    await mine.run({ ...first, actor: { subject: 'u-2', role: 'office' } });
    await mine.run({ ...first, stream: counter('b') });
    expect(await log.readStream(counter())).toHaveLength(2);
  },

  'what a command type leaves out of its digest may differ in a repeat': async () => {
    const { runner, submission } = under();
    const first = submission('SetLimit', { limit: 5, note: 'first' });
    const receipt = await runner().run(first);
    expect(await runner().run({ ...first, body: { limit: 5, note: 'again' } })).toEqual(receipt);
    await expect(runner().run({ ...first, body: { limit: 6, note: 'first' } })).rejects.toThrow(KeyReused);
  },

  'If-Match must be the revision in force': async () => {
    const { runner, submission } = under();
    const mine = runner();
    await mine.run(submission('Add', { by: 1 }, { ifMatch: -1 }));
    await mine.run(submission('Add', { by: 1 }, { ifMatch: 0 }));
    for (const ifMatch of [-1, 0, 2]) {
      const attempt = mine.run(submission('Add', { by: 1 }, { ifMatch }));
      await expect(attempt).rejects.toMatchObject({
        code: 'revision-mismatch',
        expected: ifMatch,
        actual: 1,
      });
      await expect(attempt).rejects.toThrow(RevisionMismatch);
    }
  },

  'a refusal names its rule, appends nothing, and is not remembered': async () => {
    const { runner, submission, log, counter } = under();
    const mine = runner();
    await mine.run(submission('SetLimit', { limit: 1 }));
    const refused = submission('Add', { by: 2 });
    const attempt = mine.run(refused);
    await expect(attempt).rejects.toThrow(Refusal);
    await expect(attempt).rejects.toMatchObject({ code: 'over-limit', params: { limit: 1 }, field: 'by' });
    expect(await log.readStream(counter())).toEqual([]);
    await mine.run(submission('SetLimit', { limit: 9 }));
    // The same key, even for another body: the refused command left no trace.
    const receipt = await mine.run({ ...refused, body: { by: 3 } });
    expect(receipt.revision).toBe(0);
    await expect(mine.run(refused)).rejects.toThrow(KeyReused);
  },

  'a body that does not fit names its field, and appends nothing': async () => {
    const { runner, submission, log, counter } = under();
    const mine = runner();
    const fields = async (type: string, body: Parameters<typeof submission>[1]) => {
      const error: unknown = await mine.run(submission(type, body)).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(InvalidBody);
      return (error as InvalidBody).issues.map(({ field }) => field);
    };
    expect(await fields('Add', { by: -1 })).toEqual(['by']);
    expect(await fields('Add', {})).toEqual(['by']);
    expect(await fields('Add', { by: 1, extra: 1 })).toEqual(['extra']);
    expect(await fields('Add', 'text')).toEqual(['']);
    await expect(mine.run(submission('Add', { by: 1, reason: '\ud800' }))).rejects.toMatchObject({
      code: 'not-canonical',
    });
    expect(await log.readStream(counter())).toEqual([]);
  },

  'commands and streams that do not exist are told from others': async () => {
    const { runner, submission, programme } = under();
    const mine = runner();
    for (const type of ['SetLimit', 'add', 'constructor', 'toString', '__proto__', '']) {
      await expect(mine.run(submission(type, {}, { stream: under().counter() }))).rejects.toThrow(
        UnknownCommand,
      );
    }
    await expect(
      mine.run(submission('Add', { by: 1 }, { stream: streamName('other', programme) })),
    ).rejects.toThrow(UnknownCommand);
    await expect(mine.run(submission('Add', { by: 1 }, { stream: 'counter' }))).rejects.toThrow(BadName);
  },

  'a decider that accepts without an event is an error, and appends nothing': async () => {
    const { runner, submission, log, counter } = under();
    const silent = runner({ deciders: [{ ...counterDecider, decide: () => [] }, limitDecider] });
    await expect(silent.run(submission('Add', { by: 1 }))).rejects.toThrow('without an event');
    expect(await log.readStream(counter())).toEqual([]);
  },

  'a stream is read as it is now, whoever changed it': async () => {
    const { runner, submission, counter } = under();
    const [mine, others] = [runner(), runner()];
    expect(await mine.read(counter())).toEqual({ state: { total: 0 }, revision: -1 });
    await mine.run(submission('AddTwice', { by: 2 }));
    await others.run(submission('Add', { by: 1 }));
    // Readers who come at once bring the same tail, each.
    for (const read of await Promise.all([1, 2, 3].map(() => mine.read(counter())))) {
      expect(read).toEqual({ state: { total: 5 }, revision: 2 });
    }
    await expect(mine.read('counter')).rejects.toThrow(BadName);
  },
});
