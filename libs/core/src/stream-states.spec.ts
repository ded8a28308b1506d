import { CommandRunner } from './run-command';
import { MemoryLog } from './testing/memory-log';
import { toyCatalogue, toyDeciders } from './testing/counter';
import { StreamStates } from './stream-states';

const stream = (code: string): string => `counter-kota.2023.${code}`;

describe('the states of streams in memory', () => {
  const log = new MemoryLog(() => 0);
  const runner = new CommandRunner({ log, deciders: toyDeciders, catalogue: toyCatalogue, clock: () => 0 });
  let keys = 0;

  async function add(code: string, times: number): Promise<void> {
    for (let n = 0; n < times; n++)
      await runner.run({
        type: 'Add',
        stream: stream(code),
        body: { by: 1 },
        key: `k${String(keys++)}`,
        actor: { subject: 'u', role: 'office' },
        correlationId: 'c',
      });
  }

  it('are bounded by their events, also where a stream grew since it came there', async () => {
    const states = new StreamStates(log, toyCatalogue, 10);
    const [decider] = toyDeciders;
    const read = (code: string) => states.fresh(stream(code), decider!);
    const held = () => ['a', 'b', 'c', 'd'].filter((code) => states.inMemory(stream(code)) !== undefined);
    await add('a', 4);
    await add('b', 4);
    await read('a');
    await read('b');
    expect(held()).toEqual(['a', 'b']);
    await add('b', 3);
    await read('b');
    expect(held()).toEqual(['b']);
    // One that has more than all may have is held alone.
    await add('c', 12);
    await read('c');
    expect(held()).toEqual(['c']);
    expect((await read('c')).revision).toBe(11);
    await read('d');
    expect(held()).toEqual(['c']);
  });
});
