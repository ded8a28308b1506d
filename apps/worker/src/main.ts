import { isMainThread } from 'node:worker_threads';
// By its own door: the thread loads nothing of HTTP, imports and exports.
import { runThread } from '@jejak/runtime/worker';

if (isMainThread) {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the thread loads no client of a server
  const { main } = require('./process') as typeof import('./process');
  void main(process.argv.slice(2));
} else void runThread();
