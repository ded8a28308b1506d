import type { AnyDecider } from '../decider';
import type { LoggedEvent } from '../envelope';
import { OutcomeUnknown } from '../ports/event-log';
import { Refusal } from '../refusal';
import { streamName } from '../stream-name';
import { Contention, KeyReused, RevisionMismatch } from '../submission';
import { type CommandTests, revisionsOf } from './commands-fixture';
import { counterDecider, limitDecider } from './counter';

/** What happens to a command when others write, memory is behind, or the log does not answer. */
export const retryTests: CommandTests = (under) => ({
  'a refusal that came from memory is given only when the tail of the log says so too': async () => {
    const { runner, submission } = under();
    const [mine, others] = [runner(), runner()];
    await mine.run(submission('SetLimit', { limit: 3 }));
    await mine.run(submission('Add', { by: 3 }));
    await others.run(submission('Reset', {}));
    // Mine still remembers 3 of 3.
    await mine.run(submission('Add', { by: 2 }));
    await expect(mine.run(submission('Add', { by: 2 }))).rejects.toThrow(Refusal);
    await expect(others.run(submission('Add', { by: 2 }))).rejects.toThrow(Refusal);
  },

  'so is a mismatch: If-Match may name what memory has not seen': async () => {
    const { runner, submission } = under();
    const [mine, others] = [runner(), runner()];
    await mine.run(submission('Add', { by: 1 }));
    await others.run(submission('Add', { by: 1 }));
    await mine.run(submission('Add', { by: 1 }, { ifMatch: 1 }));
    // And what memory takes for the revision in force is not.
    await others.run(submission('Add', { by: 1 }, { ifMatch: 2 }));
    await expect(mine.run(submission('Add', { by: 1 }, { ifMatch: 2 }))).rejects.toMatchObject({ actual: 3 });
    await expect(mine.run(submission('Add', { by: 1 }, { ifMatch: 2 }))).rejects.toThrow(RevisionMismatch);
  },

  'so are a bad body and a refusal of what was done elsewhere: the first answer is given': async () => {
    const { runner, submission } = under();
    const [mine, others] = [runner(), runner()];
    await mine.run(submission('SetLimit', { limit: 5 }));
    await mine.run(submission('Add', { by: 1 }));
    const command = submission('Add', { by: 4 });
    const receipt = await others.run(command);
    expect(await mine.run(command)).toEqual(receipt);
    const reused = submission('Add', { by: 1 }, { key: 'k', ifMatch: 9 });
    await expect(others.run(reused)).rejects.toThrow(RevisionMismatch);
    await others.run(submission('Reset', {}, { key: 'k' }));
    await expect(mine.run(reused)).rejects.toThrow(KeyReused);
    await expect(runner().run({ ...reused, body: { by: 'x' } })).rejects.toThrow(KeyReused);
  },

  'a refusal does not stand when the state moved under it, by whomever it was moved': async () => {
    const { runner, submission, counter, log } = under();
    const [mine, others] = [runner(), runner()];
    await mine.run(submission('SetLimit', { limit: 3 }));
    await mine.run(submission('Add', { by: 3 }));
    await others.run(submission('Reset', {}));
    // While mine reads the tail for its refusal, another reader of the same memory brings the tail first.
    let once = true;
    log.troubles.afterRead = async (stream) => {
      if (stream !== counter() || !once) return;
      once = false;
      await mine.read(counter());
    };
    expect((await mine.run(submission('Add', { by: 2 }))).revision).toBe(2);
    expect(once).toBe(false);
  },

  'a refusal of a state that was just read is given without reading again': async () => {
    const { runner, submission, counter, log } = under();
    await runner().run(submission('SetLimit', { limit: 0 }));
    const reads = () => log.reads.filter((stream) => stream === counter()).length;
    const before = reads();
    await expect(runner().run(submission('Add', { by: 1 }))).rejects.toThrow(Refusal);
    expect(reads() - before).toBe(1);
  },

  'a warm stream is not read again to append to it': async () => {
    const { runner, submission, counter, log } = under();
    const mine = runner();
    await mine.run(submission('Add', { by: 1 }));
    const before = log.reads.filter((stream) => stream === counter()).length;
    for (let n = 0; n < 5; n++) await mine.run(submission('Add', { by: 1 }));
    expect(log.reads.filter((stream) => stream === counter())).toHaveLength(before);
  },

  'streams that memory had to let go are read again, and nothing is different': async () => {
    const { runner, submission, counter, log } = under();
    const small = runner({ cacheSize: 2 });
    const first = submission('Add', { by: 1 }, { stream: counter('c0') });
    const receipt = await small.run(first);
    for (let n = 0; n < 30; n++) {
      await small.run(submission('Add', { by: 1 }, { stream: counter(`c${String(n % 5)}`) }));
    }
    expect(await small.run(first)).toEqual(receipt);
    expect(await log.readStream(counter('c0'))).toHaveLength(7);
  },

  'a command that others came before is decided again': async () => {
    const { runner, submission, counter, log } = under();
    const [mine, others] = [runner(), runner()];
    await mine.run(submission('SetLimit', { limit: 100 }));
    await mine.run(submission('Add', { by: 1 }));
    let times = 0;
    const interfere = async (): Promise<void> => {
      log.troubles = {};
      await others.run(submission('Add', { by: 10 }));
      if (++times < 4) log.troubles = { beforeAppend: interfere };
    };
    log.troubles = { beforeAppend: interfere };
    const receipt = await mine.run(submission('Add', { by: 1 }));
    expect(receipt.revision).toBe(5);
    expect((await mine.read(counter())).state).toEqual({ total: 42 });
  },

  'a command is refused by what others did before it': async () => {
    const { runner, submission, counter, log } = under();
    const [mine, others] = [runner(), runner()];
    await mine.run(submission('SetLimit', { limit: 3 }));
    await mine.run(submission('Add', { by: 1 }));
    await others.read(counter());
    log.troubles.beforeAppend = async () => {
      log.troubles = {};
      await others.run(submission('Add', { by: 2 }));
    };
    const reads = () => log.reads.filter((stream) => stream === counter()).length;
    const before = reads();
    await expect(mine.run(submission('Add', { by: 1 }))).rejects.toThrow(Refusal);
    // The tail after the conflict is the log's own word.
    expect(reads() - before).toBe(1);
  },

  'a command gives up after so many conflicts, and leaves nothing': async () => {
    const { runner, submission, counter, log } = under();
    const others = runner();
    const mine = runner({ attempts: 3 });
    const command = submission('Add', { by: 1000 });
    let conflicts = 0;
    const interfere = async (): Promise<void> => {
      conflicts++;
      log.troubles = {};
      await others.run(submission('Add', { by: 1 }));
      log.troubles = { beforeAppend: interfere };
    };
    log.troubles = { beforeAppend: interfere };
    await expect(mine.run(command)).rejects.toThrow(Contention);
    expect(conflicts).toBe(3);
    log.troubles = {};
    expect(await mine.read(counter())).toEqual({ state: { total: 3 }, revision: 2 });
    expect((await mine.run(command)).revision).toBe(3);
  },

  'an append that the log did not answer leaves nothing in memory that the log does not have': async () => {
    const { runner, submission, counter, log } = under();
    const mine = runner();
    const fail = (): never => {
      throw new Error('no answer');
    };
    for (const troubles of [{ afterAppend: fail }, { beforeAppend: fail }]) {
      const before = (await mine.read(counter())).revision;
      log.troubles = troubles;
      const command = submission('AddTwice', { by: 1 });
      await expect(mine.run(command)).rejects.toThrow('no answer');
      log.troubles = {};
      const written = 'afterAppend' in troubles;
      expect((await mine.read(counter())).revision).toBe(written ? before + 2 : before);
      expect(revisionsOf(await mine.run(command))).toEqual([before + 1, before + 2]);
      expect(revisionsOf(await runner().run(command))).toEqual([before + 1, before + 2]);
    }
    expect(await mine.read(counter())).toEqual({ state: { total: 4 }, revision: 3 });
  },

  'the log is told when the stream was last recorded, where that is known': async () => {
    const { runner, submission, clock, log } = under();
    const first = await runner().run(submission('Add', { by: 1 }));
    const other = runner();
    clock.now += 5;
    const second = await other.run(submission('Add', { by: 1 }));
    await other.run(submission('Add', { by: 1 }));
    expect(log.notBefore).toEqual([undefined, first.recordedAt, second.recordedAt]);
    expect(Date.parse(second.recordedAt) - Date.parse(first.recordedAt)).toBe(5);
  },

  'an append whose outcome is not known is found out by the same command again': async () => {
    const { runner, submission, counter, log } = under();
    const mine = runner();
    const command = submission('AddTwice', { by: 1 });
    const trouble = new OutcomeUnknown('no answer in time');
    for (const troubles of [
      { beforeAppend: () => Promise.reject(trouble) },
      { afterAppend: () => Promise.reject(trouble) },
    ]) {
      log.troubles = troubles;
      await expect(mine.run(command)).rejects.toBe(trouble);
    }
    log.troubles = {};
    const receipt = await mine.run(command);
    expect(revisionsOf(receipt)).toEqual([0, 1]);
    expect(await runner().run(command)).toEqual(receipt);
    expect(await log.readStream(counter())).toHaveLength(2);
  },

  'the streams that a decision asks are read at the same time': async () => {
    const { runner, submission, log, programme } = under();
    const both = { ...counterDecider, facts: ['limit', 'counter'] };
    const mine = runner({ deciders: [both, limitDecider] });
    const [limit, counter] = ['limit', 'counter'].map((kind) => streamName(kind, programme)) as [
      string,
      string,
    ];
    let reading = 0;
    let most = 0;
    const target = under().counter('other');
    log.troubles.afterRead = async (stream) => {
      if (stream !== limit && stream !== counter) return;
      most = Math.max(most, ++reading);
      await new Promise((resolve) => setTimeout(resolve, 5));
      reading--;
    };
    await mine.run(submission('Add', { by: 1 }, { stream: target }));
    expect(most).toBe(2);
    const [{ event }] = (await log.readStream(target)) as [LoggedEvent];
    expect(event.meta.facts).toEqual({ [limit]: -1, [counter]: -1 });
  },

  'two with one key at one revision: the first is the command, and another body is refused': async () => {
    const { runner, submission, counter, log } = under();
    const [mine, others] = [runner(), runner()];
    await mine.run(submission('Add', { by: 1 }));
    await others.run(submission('Add', { by: 1 }));
    await mine.read(counter());
    const [first, other] = [{ by: 5 }, { by: 6 }].map((body) => submission('Add', body, { key: 'k' }));
    const receipt = await others.run(first!);
    // Mine has not seen it: it decides, and appends the same ids at the same revision.
    await expect(mine.run(other!)).rejects.toThrow(KeyReused);
    expect(await mine.run(first!)).toEqual(receipt);
    expect((await mine.read(counter())).state).toEqual({ total: 7 });
    expect(await log.readStream(counter())).toHaveLength(3);
  },

  'a repeat that would give fewer events today gets the whole of the first answer': async () => {
    const { runner, submission, counter } = under();
    const decide: AnyDecider['decide'] = () => [{ type: 'Added', data: { by: 1, at: 'today' } }];
    const today = runner({ deciders: [{ ...counterDecider, decide }, limitDecider] });
    await today.run(submission('Add', { by: 1 }));
    const command = submission('AddTwice', { by: 1 });
    const receipt = await runner().run(command);
    expect(await today.run(command)).toEqual(receipt);
    expect(await today.run(command)).toEqual(receipt);
    expect((await today.read(counter())).revision).toBe(2);
  },

  'commands of one runner to one stream never make each other begin again, nor fail each other': async () => {
    const { runner, submission, counter, log } = under();
    const mine = runner({ attempts: 1 });
    await mine.run(submission('SetLimit', { limit: 40 }));
    let appends = 0;
    log.troubles.beforeAppend = () => {
      appends++;
    };
    const attempts = { accepted: 0, refused: 0 };
    // Sixteen senders, each of whom sends on when he has his answer; every third command is refused.
    const sender = async (first: number): Promise<void> => {
      for (let n = first; n < 80; n += 16) {
        const by = n % 3 === 0 ? 1_000 : 1;
        try {
          await mine.run(submission('Add', { by }));
          attempts.accepted++;
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
          attempts.refused++;
        }
      }
    };
    await Promise.all(Array.from({ length: 16 }, (_, first) => sender(first)));
    expect(attempts).toEqual({ accepted: 40, refused: 40 });
    expect(appends).toBe(40);
    expect(await mine.read(counter())).toEqual({ state: { total: 40 }, revision: 39 });
  },

  'many runners on one stream: each command once, or refused': async () => {
    const { runner, submission, counter } = under();
    const runners = Array.from({ length: 8 }, () => runner({ attempts: 100 }));
    await runners[0]!.run(submission('SetLimit', { limit: 30 }));
    const settled = await Promise.allSettled(
      Array.from({ length: 48 }, (_, n) => runners[n % 8]!.run(submission('Add', { by: 1 }))),
    );
    const revisions = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value.revision] : []));
    expect(revisions.sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, n) => n));
    for (const one of settled) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(Refusal);
    expect((await runner().read(counter())).state).toEqual({ total: 30 });
  },
});
