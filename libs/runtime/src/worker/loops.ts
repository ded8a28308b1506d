import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AnyView,
  before,
  type Catalogue,
  type Clock,
  type EventFeed,
  type EventLog,
  type Marker,
  type Process,
  ProcessRunner,
  type Receipt,
  type Submission,
  ViewRunner,
  type ViewStore,
} from '@jejak/core';
import { Duty } from './duty';
import { type Stopped, telling } from './messages';
import { followClock } from './reminding';
import type { Rest } from './rest';
import { watched } from './watched';

/** Consumer groups of the feed. */
export interface Groups {
  readonly views: string;
  readonly processes: string;
}

/** What follows the log: the views, and the processes that answer events with commands. */
export interface FollowerParts {
  readonly log: EventLog;
  readonly feed: EventFeed;
  readonly store: ViewStore;
  readonly views: readonly AnyView[];
  readonly processes: readonly Process[];
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly submit: (submission: Submission) => Promise<Receipt>;
  readonly onMoved: (view: string, programme: string, marker: Marker) => void;
  /** what the views take after a small batch, and who waits for them ends */
  readonly rest: Rest;
  /** `views` and `processes` when undefined */
  readonly groups?: Groups;
  readonly onProgress?: (done: number, total: number) => void;
  /** told each time the views have caught up with the log as it was, in the programmes that are folded here */
  readonly onReady: () => void;
  readonly onTrouble: (loop: string, error: Error) => void;
  readonly onStopped: (stopped: Stopped) => void;
}

const GROUPS: Groups = { views: 'views', processes: 'processes' };
/** Events; after fewer, what follows the log rests. */
const SMALL_BATCH = 2_000;
/** milliseconds */
const PROCESS_REST = 250;
const SHORTEST_PAUSE = 200;
const LONGEST_PAUSE = 10_000;

/**
 * Follows the log until the signal aborts. Views and processes each go at their own pace, so that a command that
 * cannot be given now holds no view back; what fails is tried again, later each time.
 */
export async function follow(parts: FollowerParts, signal: AbortSignal): Promise<void> {
  const duty = new Duty();
  await Promise.all([
    persistently('views', parts, signal, () => followViews(parts, signal)),
    persistently('processes', parts, signal, () => followProcesses(parts, duty, signal)),
    persistently('reminders', parts, signal, () => followClock({ ...parts, duty }, signal)),
  ]);
}

async function followViews(parts: FollowerParts, signal: AbortSignal): Promise<void> {
  const runner = new ViewRunner({ ...parts, onStopped: telling('view', parts.onStopped) });
  const seen = await endOf(parts.log);
  await watched(runner, signal, async (ending) => {
    for await (const batch of parts.feed.consume((parts.groups ?? GROUPS).views, ending, seen)) {
      if (batch.share !== undefined) {
        await runner.take(batch.share, ending, parts.onProgress);
        if (!ending.aborted && !batch.share.over.aborted) parts.onReady();
        continue;
      }
      await runner.apply(batch.events);
      await batch.done();
      if (batch.events.length < SMALL_BATCH) await parts.rest.take(batch.events.length, ending);
    }
  });
}

async function followProcesses(parts: FollowerParts, duty: Duty, signal: AbortSignal): Promise<void> {
  const runner = new ProcessRunner({ ...parts, onStopped: telling('process', parts.onStopped) });
  const seen = await endOf(parts.log);
  await watched(runner, signal, async (ending) => {
    for await (const batch of parts.feed.consume((parts.groups ?? GROUPS).processes, ending, seen)) {
      if (batch.share !== undefined) {
        duty.take(batch.share);
        await runner.take(batch.share, ending);
        continue;
      }
      await runner.apply(batch.events);
      await batch.done();
      if (batch.events.length < SMALL_BATCH)
        await sleep(PROCESS_REST, undefined, { signal: ending }).catch(() => undefined);
    }
  });
}

/** The position of the log's last event; undefined where it has none. */
async function endOf(log: EventLog): Promise<string | undefined> {
  let end: string | undefined;
  for (const { position } of await log.heads()) {
    if (end === undefined || before(end, position)) end = position;
  }
  return end;
}

/** Works again and again until the signal aborts; what fails is told, and tried again, later each time. */
export async function persistently(
  loop: string,
  { onTrouble }: Pick<FollowerParts, 'onTrouble'>,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  let pause = SHORTEST_PAUSE;
  while (!signal.aborted) {
    const began = performance.now();
    try {
      await work();
    } catch (error) {
      // What fails because everything is being closed is no trouble.
      if (isAborted(signal)) return;
      onTrouble(loop, error instanceof Error ? error : new Error(String(error)));
    }
    if (performance.now() - began > LONGEST_PAUSE) pause = SHORTEST_PAUSE;
    await sleep(pause, undefined, { signal }).catch(() => undefined);
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  }
}

function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
