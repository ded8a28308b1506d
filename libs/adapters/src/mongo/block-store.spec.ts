import { blockStoreContract, MemoryLog, runRelayContract } from '@jejak/core/testing';
import { mongoBlocks } from '../../../../test/support/mongo';
import { describeWith } from '../../../../test/support/servers';

describeWith('mongodb', 'MongoDB', (address) => {
  blockStoreContract('MongoDB', mongoBlocks(address));
  runRelayContract(
    'a log in memory, with blocks in MongoDB',
    async (clock) => {
      const log = new MemoryLog(clock);
      return { log, reopen: async () => undefined, settled: async () => undefined, close: () => log.close() };
    },
    { series: 5, makeBlocks: mongoBlocks(address) },
  );
});
