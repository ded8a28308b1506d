import { memoryLog, memoryViewStore } from './testing/memory-fixtures';
import { runViewContract } from './testing/run-view.contract';

runViewContract('memory', memoryLog, memoryViewStore);
