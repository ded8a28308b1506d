import { eventLogContract } from './event-log.contract';
import { memoryLog, memoryViewStore } from './memory-fixtures';
import { viewStoreContract } from './view-store.contract';

eventLogContract('memory', memoryLog, { rounds: 50 });

viewStoreContract('memory', memoryViewStore);
