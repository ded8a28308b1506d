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
}

/**
 * Ready is who can record and whose views have caught up. A stopped view does not make the whole unready: all else is
 * answered, and what it holds is served as stale.
 */
export async function readiness({ follower, logFailure, store }: Jejak): Promise<Readiness> {
  const stopped: Readiness['stopped'][number][] = [];
  for (const { name, version } of views) {
    const generation = await store.current(name, version);
    if (generation === undefined) continue;
    for (const [programme, marker] of await store.markers(generation)) {
      if (marker.stopped !== undefined) stopped.push({ view: name, programme, ...marker.stopped });
    }
  }
  const writes = logFailure === undefined;
  const ready = writes && follower.status.state === 'ready';
  return {
    status: ready ? 'ready' : 'not-ready',
    log: { writes, ...(logFailure !== undefined && { reason: logFailure }) },
    worker: follower.status,
    stopped,
  };
}
