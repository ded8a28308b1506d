// By its own door: the thread loads nothing of HTTP, imports and exports.
import { runThread } from '@jejak/runtime/worker';

void runThread();
