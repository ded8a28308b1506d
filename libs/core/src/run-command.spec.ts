import { memoryLog } from './testing/memory-fixtures';
import { runCommandContract } from './testing/run-command.contract';

runCommandContract('memory', memoryLog, { commands: 300 });
