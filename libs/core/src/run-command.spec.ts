import { MemoryLog } from './testing/memory-log';
import { runCommandContract } from './testing/run-command.contract';

runCommandContract(
  'memory',
  async (clock) => {
    const fixture = {
      log: new MemoryLog(clock),
      reopen: async () => {
        fixture.log = fixture.log.reopen();
      },
      settled: async () => undefined,
      close: () => fixture.log.close(),
    };
    return fixture;
  },
  { commands: 300 },
);
