import { MemoryLog, runProcessContract, runViewContract } from '@jejak/core/testing';
import type { MakeEventLog } from '@jejak/core/testing';
import { mongoViewStore } from '../../../../test/support/mongo';
import { describeWith } from '../../../../test/support/servers';

const makeLog: MakeEventLog = async (clock) => {
  const log = new MemoryLog(clock);
  return { log, reopen: async () => undefined, settled: async () => undefined, close: () => log.close() };
};

describeWith('mongodb', 'the engine on MongoDB', (address) => {
  runViewContract('a log in memory and MongoDB', makeLog, mongoViewStore(address), { series: 5 });
  runProcessContract('a log in memory and MongoDB', makeLog, mongoViewStore(address));
});
