import type { CommandRunner } from '../run-command';
import { KeyReused, type Receipt, type Submission } from '../submission';
import type { CommandTests } from './commands-fixture';
import { collect } from './log-fixture';

/** Numbers that look random and are the same in every run (a linear congruential generator). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

const WAVE = 400;

export const deliveryTests: CommandTests = (under) => ({
  'each command delivered one to five times, at once and across restarts: one effect, one answer':
    async () => {
      const { runner, submission, counter, log, commands, programme, reopen, settled } = under();
      const random = numbers(20_230_612);
      const streams = Math.max(4, Math.ceil(commands / 40));
      const all: readonly Submission[] = Array.from({ length: commands }, (_, n) => {
        const stream = counter(`c${String(random(streams))}`);
        return submission(
          random(4) === 0 ? 'AddTwice' : 'Add',
          { by: 1 + random(9) },
          { stream, key: `k${String(n)}` },
        );
      });
      const deliveries = all.flatMap((command, n) => {
        const times = 1 + random(5);
        // Most copies come close together, some much later.
        return Array.from({ length: times }, () => ({
          n,
          command,
          at: n + random(random(4) === 0 ? commands : 10),
        }));
      });
      deliveries.sort((a, b) => a.at - b.at);

      const answers: Receipt[][] = all.map(() => []);
      const stream = new Map<string, number>();
      let lost = 0;
      // One answer in fifty is lost on its way, after the events were written: the sender only knows that he must repeat.
      log.troubles.afterAppend = () => {
        if (random(50) !== 0) return;
        lost++;
        throw new Error('lost');
      };
      let runners: CommandRunner[] = [];
      const deliver = async (command: Submission): Promise<Receipt> => {
        for (;;) {
          try {
            return await runners[random(runners.length)]!.run(command);
          } catch (error) {
            if ((error as Error).message !== 'lost') throw error;
          }
        }
      };
      for (let at = 0; at < deliveries.length; at += WAVE) {
        if (at > 0) await reopen();
        runners = Array.from({ length: 3 }, () => runner({ attempts: 50 }));
        await Promise.all(
          deliveries.slice(at, at + WAVE).map(async ({ n, command }) => {
            answers[n]!.push(await deliver(command));
          }),
        );
      }
      log.troubles = {};

      for (const [n, command] of all.entries()) {
        for (const answer of answers[n]!) expect(answer).toEqual(answers[n]![0]);
        expect(answers[n]![0]!.events).toHaveLength(command.type === 'AddTwice' ? 2 : 1);
        const by = (command.body as { by: number }).by * (command.type === 'AddTwice' ? 2 : 1);
        stream.set(command.stream, (stream.get(command.stream) ?? 0) + by);
      }
      for (const [name, total] of stream) expect((await runner().read(name)).state).toEqual({ total });
      await settled();
      const stored = (await collect(log.readProgramme(programme, 0))).map(({ event }) => event.id);
      const answered = answers.flatMap((each) => each[0]!.events.map(({ id }) => id));
      expect([...stored].sort()).toEqual([...answered].sort());

      for (let n = 0; n < commands; n += 10) {
        const other = { ...all[n]!, body: { by: 10 } };
        await expect(runners[n % runners.length]!.run(other)).rejects.toThrow(KeyReused);
      }
      process.stdout.write(
        `${String(commands)} commands, delivered ${String(deliveries.length)} times, ${String(lost)} answers lost: ` +
          `${String(stored.length)} events\n`,
      );
      expect(lost).toBeGreaterThan(0);
    },
});
