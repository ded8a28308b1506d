import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AnyView,
  type Clock,
  INSTALLATION,
  isoMoment,
  type ProcessTools,
  ProgrammeClosed,
  type ViewStore,
} from '@jejak/core';
import { remind, reminderNeeds } from '@jejak/processes';
import { PROGRAMME_NEED, type ProgrammeDocument } from '@jejak/views';
import { loadDocuments, standings, ViewRebuilding } from '../ask/stored';
import type { Duty } from './duty';

const HOUR = 3_600_000;
const NEEDS = [PROGRAMME_NEED, ...reminderNeeds];

/** What reminding needs. */
export interface ReminderParts extends Pick<ProcessTools, 'log' | 'submit'> {
  readonly store: ViewStore;
  readonly views: readonly AnyView[];
  /** the programmes to look at */
  readonly duty: Duty;
  readonly clock: Clock;
  readonly onTrouble: (loop: string, error: Error) => void;
}

/**
 * Looks each hour, and when there are others to look at, in every programme of its duty, for answers to findings that
 * are overdue, until the signal aborts. What fails in one programme is told, keeps no other waiting, and is tried again
 * the next hour.
 *
 * @param every milliseconds between two looks
 * @throws what the log throws when it is asked for its programmes
 */
export async function followClock(parts: ReminderParts, signal: AbortSignal, every = HOUR): Promise<void> {
  while (!signal.aborted) {
    const { change } = parts.duty;
    await remindAll(parts, signal);
    const either = AbortSignal.any([signal, change]);
    await sleep(every, undefined, { signal: either, ref: false }).catch(() => undefined);
  }
}

async function remindAll(parts: ReminderParts, signal: AbortSignal): Promise<void> {
  for (const { programme } of await parts.log.heads()) {
    if (signal.aborted) return;
    if (programme === INSTALLATION || !parts.duty.has(programme)) continue;
    try {
      await remindIn(programme, parts);
    } catch (error) {
      parts.onTrouble(`reminders of ${programme}`, error instanceof Error ? error : new Error(String(error)));
    }
  }
}

async function remindIn(programme: string, { store, views, clock, submit }: ReminderParts): Promise<void> {
  const needed = views.filter((view) => NEEDS.some((need) => need.view === view.name));
  try {
    const { documents } = await loadDocuments(
      store,
      await standings(store, needed, programme),
      programme,
      NEEDS,
    );
    const about = documents.get('programmes', 'programme') as ProgrammeDocument | undefined;
    if (about === undefined) return;
    await remind(programme, about.timeZone, documents, isoMoment(clock()), submit);
  } catch (error) {
    // Views that are being built know nothing yet: the next hour will do. Of a programme that moves, or has moved, another
    // installation reminds.
    if (!(error instanceof ViewRebuilding || error instanceof ProgrammeClosed)) throw error;
  }
}
