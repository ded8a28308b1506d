import { eventLogContract } from './event-log.contract';
import { MemoryLog } from './memory-log';
import { MemoryViewStore } from './memory-view-store';
import { viewStoreContract } from './view-store.contract';

eventLogContract(
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
  { rounds: 50 },
);

viewStoreContract('memory', async () => {
  const store = new MemoryViewStore();
  return { store, reopen: async () => undefined, close: () => store.close() };
});
