import { GenerationGone, type Marker } from '@jejak/core';
import { processes } from '@jejak/processes';
import { views } from '@jejak/views';
import type { Jejak } from './jejak';
import type { FollowerStatus } from './worker/host';

/** Whether an installation can do all its work, and what keeps it from that. */
export interface Readiness {
  readonly status: 'ready' | 'not-ready';
  readonly log: { readonly writes: boolean; readonly reason?: string };
  readonly worker: FollowerStatus;
  /** views that take no further event of a programme; their last answers are served as stale */
  readonly stopped: readonly {
    readonly view: string;
    readonly programme: string;
    readonly index: number;
    readonly error: string;
  }[];
  /** processes that answer no further event of a programme, until the next start: `seal-phase` seals nothing there */
  readonly stoppedProcesses: readonly {
    readonly process: string;
    readonly programme: string;
    /** of the event that it could not answer */
    readonly index: number;
    readonly error: string;
  }[];
}

/**
 * Ready is who can record and whose views have caught up. A stopped view or process does not make the whole unready: all
 * else is answered, and what a view holds is served as stale.
 */
export async function readiness(jejak: Jejak): Promise<Readiness> {
  const { store } = jejak;
  const stopped: Readiness['stopped'][number][] = [];
  for (const { name, version } of views) {
    for (const found of await stoppedIn(store, name, version)) stopped.push({ view: name, ...found });
  }
  const stoppedProcesses: Readiness['stoppedProcesses'][number][] = [];
  // How far a process has come is the marker of a view without documents.
  for (const { name } of processes) {
    const found = await stoppedIn(store, `process-${name}`, 1);
    stoppedProcesses.push(...found.map((each) => ({ process: name, ...each })));
  }
  const [reason, worker] = await Promise.all([jejak.logTrouble(), jejak.workerStatus()]);
  const writes = reason === undefined;
  return {
    status: writes && worker.state === 'ready' ? 'ready' : 'not-ready',
    log: { writes, ...(reason !== undefined && { reason }) },
    worker,
    stopped,
    stoppedProcesses,
  };
}

type Stopped = { readonly programme: string } & NonNullable<Marker['stopped']>;

/** Nothing is stopped in a view that is being built, or was swapped while this looked. */
async function stoppedIn(store: Jejak['store'], name: string, version: number): Promise<Stopped[]> {
  const generation = await store.current(name, version);
  if (generation === undefined) return [];
  try {
    return [...(await store.markers(generation))].flatMap(([programme, { stopped }]) =>
      stopped === undefined ? [] : { programme, ...stopped },
    );
  } catch (error) {
    if (error instanceof GenerationGone) return [];
    throw error;
  }
}
