import { setTimeout as sleep } from 'node:timers/promises';
import { INSTALLATION, isoMoment } from '@jejak/core';
import { remind, reminderNeeds } from '@jejak/processes';
import { PROGRAMME_NEED, type ProgrammeDocument } from '@jejak/views';
import { loadDocuments, standings, ViewRebuilding } from '../ask/stored';
import type { FollowerParts } from './loops';

const HOUR = 3_600_000;
const NEEDS = [PROGRAMME_NEED, ...reminderNeeds];

/** Looks each hour, in every programme, for answers to findings that are overdue, until the signal aborts. */
export async function followClock(parts: FollowerParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (const { programme } of await parts.log.heads()) {
      if (programme !== INSTALLATION) await remindIn(programme, parts);
    }
    await sleep(HOUR, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

async function remindIn(programme: string, { store, views, clock, submit }: FollowerParts): Promise<void> {
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
    // Views that are being built know nothing yet: the next hour will do.
    if (!(error instanceof ViewRebuilding)) throw error;
  }
}
