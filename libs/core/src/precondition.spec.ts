import { CommandRunner } from './run-command';
import { PreconditionRequired, RevisionMismatch, type Submission } from './submission';
import { toyCatalogue, toyDeciders } from './testing/counter';
import { MemoryLog } from './testing/memory-log';

describe('a command that would replace what the stream holds', () => {
  const holds = (state: unknown): boolean => (state as { total: number }).total > 0;
  const deciders = toyDeciders.map((decider) => ({
    ...decider,
    replaces: (type: string, state: unknown) => type === 'Add' && holds(state),
  }));
  const clock = () => 0;
  let runner: CommandRunner;
  const run = (key: string, more: Partial<Submission> = { mustMatch: true }) =>
    runner.run({
      ...{ type: 'Add', stream: 'counter-kota.2023.c', body: { by: 1 }, key, correlationId: 'c' },
      actor: { subject: 'u', role: 'office' },
      ...more,
    });

  beforeEach(() => {
    runner = new CommandRunner({ log: new MemoryLog(clock), deciders, catalogue: toyCatalogue, clock });
  });

  it('names the revision that its sender has seen, where he is one to be asked', async () => {
    const first = await run('first');
    await expect(run('second')).rejects.toThrow(PreconditionRequired);
    await expect(run('second', { mustMatch: true, ifMatch: 7 })).rejects.toThrow(RevisionMismatch);
    expect((await run('second', { mustMatch: true, ifMatch: 0 })).revision).toBe(1);
    expect((await run('third', {})).revision).toBe(2);
    // A repeat of what was accepted replaces nothing.
    expect(await run('first')).toEqual(first);
  });

  it('is told from others by its type', async () => {
    await run('first');
    const { revision } = await run('twice', { mustMatch: true, type: 'AddTwice', body: { by: 2 } });
    expect(revision).toBe(2);
  });
});
