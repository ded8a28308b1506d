import { memoryBlocks, memoryLog } from './testing/memory-fixtures';
import { blockStoreContract } from './testing/block-store.contract';
import { runRelayContract } from './testing/run-relay.contract';

blockStoreContract('memory', memoryBlocks);

runRelayContract('memory', memoryLog, { series: 200 });
