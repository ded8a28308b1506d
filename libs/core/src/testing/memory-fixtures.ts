import type { MakeBlockStore } from './block-store.contract';
import type { MakeCopyableLog } from './log-copy.contract';
import { MemoryBlocks } from './memory-blocks';
import { MemoryLog } from './memory-log';
import { MemoryViewStore } from './memory-view-store';
import type { MakeViewStore } from './view-store.contract';

/** A log in memory, for contracts. */
export const memoryLog: MakeCopyableLog = async (clock) => {
  const fixture = {
    log: new MemoryLog(clock),
    reopen: async () => {
      fixture.log = fixture.log.reopen();
    },
    settled: async () => undefined,
    close: () => fixture.log.close(),
  };
  return fixture;
};

/** A view store in memory, for contracts. */
export const memoryViewStore: MakeViewStore = async () => {
  const store = new MemoryViewStore();
  return {
    store,
    reopen: async () => undefined,
    backup: async () => {
      const restore = store.backup();
      return async () => restore();
    },
    close: () => store.close(),
  };
};

/** Blocks in memory, for contracts. */
export const memoryBlocks: MakeBlockStore = async () => {
  const store = new MemoryBlocks();
  return {
    store,
    reopen: async () => undefined,
    backup: async () => {
      const restore = store.backup();
      return async () => restore();
    },
    lose: async (programme, count) => store.lose(programme, count),
    close: () => store.close(),
  };
};
