import path from 'node:path';
import type { Clock, Marker, Receipt, Submission } from '@jejak/core';
import { catalogue } from '@jejak/domain';
import { processes } from '@jejak/processes';
import { views } from '@jejak/views';
import type { Config } from './config';
import { openFollowerStore, openReadersStore, openWritersStores } from './stores';
import { tracingOptions } from './watch/tracing';
import type { Watch } from './watch/watch';
import { type Wired, wire } from './wire';
import { type Follower, type FollowerStatus, ThreadHost } from './worker/host';
import { ManualFollower } from './worker/manual';
import type { Stopped } from './worker/messages';
import { withOrigin } from './worker/origin';

export interface OpenOptions {
  /** the wall's when undefined; another one cannot be had with the worker in a thread */
  readonly clock?: Clock;
  /** where views are folded and processes run: in a thread of its own, or here, when `drain` and `project` are called */
  readonly worker: 'thread' | 'manual';
  /** what becomes of the commands of processes, before they are carried out: for histories */
  readonly prepare?: (submission: Submission) => Submission;
  /** told what went wrong behind the requests */
  readonly onTrouble?: (what: string, error: Error) => void;
  /** told of each view and process that has stopped for a programme */
  readonly onStopped?: (stopped: Stopped) => void;
  /** told why the stored views were of no use and thrown away: they are built anew from the log */
  readonly onDiscarded?: (reason: string) => void;
  /** what it is measured and traced by: nothing when undefined. Its opener closes it. */
  readonly watch?: Watch;
}

/** The Jejak that is injected. */
export const JEJAK = Symbol('jejak');

/** A Jejak: everything that an application needs, wired. */
export interface Jejak extends Wired {
  /** why the log takes no writes; undefined while it does */
  logTrouble(): Promise<string | undefined>;
  /** how what follows the log fares */
  workerStatus(): Promise<FollowerStatus>;
  /** lets go of everything; commands under way are finished first */
  close(): Promise<void>;
}

/** A Jejak on one machine. */
export interface LocalJejak extends Jejak {
  /** with `worker: 'manual'`: hands a programme's events to the processes until nothing is left */
  drain(programme: string): Promise<void>;
  /** with `worker: 'manual'`: folds what the log has into the views */
  project(onProgress?: (done: number, total: number) => void): Promise<void>;
}

/** The program of the worker's thread, where the build puts it. */
const WORKER = path.resolve(__dirname, '../../../apps/worker/src/main.js');

/**
 * Opens an installation for writing, and holds its data directory until it is closed.
 *
 * @throws DataDirectoryLocked, UnsafeDatabase
 */
export async function openJejak(config: Config, options: OpenOptions): Promise<LocalJejak> {
  const {
    clock = Date.now,
    worker,
    prepare = (submission: Submission): Submission => submission,
    onTrouble = () => undefined,
    onStopped = () => undefined,
  } = options;
  const directory = config.dataDirectory;
  const stores = await openWritersStores(directory, clock);
  const { log, credentials, evidence } = stores;
  const opened: { close(): Promise<void> }[] = [stores];
  const closeAll = async (): Promise<void> => {
    for (const each of opened) await each.close();
  };
  try {
    const store = await openReadersStore(directory, options.onDiscarded);
    opened.unshift(store);
    const onWaiting = (): void => follower.hurry();
    const { watch } = options;
    const wired = await wire(config, clock, { log, credentials, evidence, store }, { onWaiting, watch });
    const { commands, waiter } = wired;
    const submit = (submission: Submission): Promise<Receipt> => commands.run(prepare(submission));
    const onMoved = (view: string, programme: string, marker: Marker): void =>
      waiter.moved(view, programme, marker);

    const follower = followerOf();
    const unhook = log.onCommit(() => follower.wake());
    return {
      ...wired,
      drain: (programme) => manual().drain(programme),
      project: (onProgress) => manual().project(onProgress),
      logTrouble: async () => log.failure,
      workerStatus: async () => follower.status,
      async close() {
        unhook();
        await follower.stop();
        await closeAll();
      },
    };

    function followerOf(): Follower {
      if (worker === 'thread') {
        return new ThreadHost({
          entry: WORKER,
          data: { dataDirectory: directory, tracing: watch?.tracing && tracingOptions(config, 'worker') },
          submit,
          onMoves: (moves) => moves.forEach((move) => onMoved(move.view, move.programme, move.marker)),
          onTrouble: (what, error) => {
            watch?.metrics?.count('jejak_troubles_total', { what });
            onTrouble(what, error);
          },
          onStopped: withOrigin(log, onStopped),
        });
      }
      const { store: own } = openFollowerStore(directory, log);
      return new ManualFollower({ log, store: own, views, processes, catalogue, submit, onMoved, onStopped });
    }
    function manual(): ManualFollower {
      if (follower instanceof ManualFollower) return follower;
      throw new Error("only a Jejak that was opened with worker: 'manual' is driven by hand");
    }
  } catch (error) {
    await closeAll();
    throw error;
  }
}
