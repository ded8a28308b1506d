import { eventLogContract } from './event-log.contract';
import { logCopyContract } from './log-copy.contract';
import { memoryLog, memoryViewStore } from './memory-fixtures';
import { viewStoreContract } from './view-store.contract';

eventLogContract('memory', memoryLog, { rounds: 50 });

logCopyContract('memory', memoryLog);

viewStoreContract('memory', memoryViewStore);
