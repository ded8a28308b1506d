import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { Receipt, Submission } from '@jejak/core';
import { catalogue } from '@jejak/domain';
import { processes } from '@jejak/processes';
import { views } from '@jejak/views';
import { openFollowerStore, openReadOnlyLog } from '../stores';
import { watchedFeed } from '../watch/ports';
import type { TracingOptions } from '../watch/span';
import { openTracing } from '../watch/tracing';
import { follow } from './loops';
import { fromWire, type FromWorker, type Move, type ToWorker } from './messages';
import { Rest } from './rest';

/** What the thread that writes the log hands to the worker's. */
export interface ThreadData {
  readonly dataDirectory: string;
  /** how it traces; not at all when undefined */
  readonly tracing?: TracingOptions | undefined;
}

/**
 * The worker, in a thread of its own: reads the log through a connection of its own, writes the views, and sends the
 * commands of its processes to the thread that writes the log. Ends when it is told to.
 *
 * @throws Error in the main thread of a process
 */
export async function runThread(): Promise<void> {
  const port = parentPort;
  if (isMainThread || port === null)
    throw new Error('On one machine the worker is a thread of the api: start that.');
  const data = workerData as ThreadData;
  const log = openReadOnlyLog(data.dataDirectory);
  const { store, feed: unwatched } = openFollowerStore(data.dataDirectory, log);
  const tracing = data.tracing && openTracing(data.tracing);
  const feed = watchedFeed(unwatched, tracing, (group) =>
    group === 'views' ? 'fold views' : 'run processes',
  );
  const stopping = new AbortController();
  const rest = new Rest();
  const tell = (message: FromWorker): void => port.postMessage(message);

  interface Waiting {
    readonly resolve: (receipt: Receipt) => void;
    readonly reject: (error: Error) => void;
  }
  const waiting = new Map<number, Waiting>();
  let submitted = 0;
  const submit = (submission: Submission): Promise<Receipt> =>
    new Promise((resolve, reject) => {
      const id = submitted++;
      waiting.set(id, { resolve, reject });
      tell({ kind: 'submit', id, submission });
    });

  port.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'wake':
        log.wake();
        return;
      case 'hurry':
        log.wake();
        rest.hurry();
        return;
      case 'stop':
        stopping.abort();
        return;
      case 'accepted':
        waiting.get(message.id)?.resolve(message.receipt);
        waiting.delete(message.id);
        return;
      case 'refused':
        waiting.get(message.id)?.reject(fromWire(message.error));
        waiting.delete(message.id);
        return;
      default:
        message satisfies never;
    }
  });

  // One message for all the views that a commit moved.
  let moves: Move[] = [];
  const onMoved = (view: string, programme: string, marker: Move['marker']): void => {
    if (moves.length === 0) {
      queueMicrotask(() => {
        tell({ kind: 'moved', moves });
        moves = [];
      });
    }
    moves.push({ view, programme, marker });
  };

  try {
    await follow(
      {
        log,
        feed,
        store,
        views,
        processes,
        catalogue,
        clock: Date.now,
        submit,
        onMoved,
        rest,
        onProgress: (done, total) => tell({ kind: 'progress', done, total }),
        onReady: () => tell({ kind: 'ready' }),
        onTrouble: (loop, error) => tell({ kind: 'trouble', loop, error: error.message }),
        onStopped: (stopped) => tell({ kind: 'stopped', stopped }),
      },
      stopping.signal,
    );
  } finally {
    await feed.close();
    await tracing?.close();
    await store.close();
    await log.close();
    port.close();
  }
}
