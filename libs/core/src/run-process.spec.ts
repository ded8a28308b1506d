import { memoryLog, memoryViewStore } from './testing/memory-fixtures';
import { runProcessContract } from './testing/run-process.contract';

runProcessContract('memory', memoryLog, memoryViewStore);
