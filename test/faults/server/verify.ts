import path from 'node:path';
import { SqliteLog, SqliteViewStore } from '@jejak/adapters/sqlite';
import { canonical, foldView, type Json, type ProgrammeEvent } from '@jejak/core';
import { configFor, openJejak } from '@jejak/runtime';
import { views } from '@jejak/views';
import { CITY } from '../../support/budget-city';

/** Where an acknowledged event must stand. */
export interface Acknowledged {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
}

/**
 * Reads what a server that is gone has left: indexes and revisions without a gap, each acknowledged event where its
 * receipt says and nowhere else, and every stored view, once it has gone on to the end as the next start does, as a
 * fresh fold gives it.
 *
 * @returns the programme's events, by index
 */
export async function verify(
  directory: string,
  acknowledged: readonly Acknowledged[],
  violations: string[],
): Promise<readonly ProgrammeEvent[]> {
  const programmes = await readLog(directory, violations);
  const events = programmes.get(CITY) ?? [];
  const streams = new Map<string, string[]>();
  for (const { event } of events) {
    const ids = streams.get(event.stream);
    if (ids === undefined) streams.set(event.stream, [event.id]);
    else ids.push(event.id);
  }
  for (const { id, stream, revision } of acknowledged) {
    const ids = streams.get(stream) ?? [];
    if (ids[revision] !== id) violations.push(`${id} was acknowledged and is not there`);
    if (ids.indexOf(id) !== ids.lastIndexOf(id)) violations.push(`${id} is there twice`);
  }
  const jejak = await openJejak(configFor(directory), { worker: 'manual' });
  await jejak.project();
  await jejak.close();
  await compareViews(directory, programmes, violations);
  return events;
}

/** Every event of the log, checked to be gapless by revision and by index. */
async function readLog(directory: string, violations: string[]): Promise<Map<string, ProgrammeEvent[]>> {
  const log = SqliteLog.open({ file: path.join(directory, 'log.db'), clock: Date.now, readOnly: true });
  const programmes = new Map<string, ProgrammeEvent[]>();
  const revisions = new Map<string, number>();
  for (const { programme } of await log.heads()) {
    const events: ProgrammeEvent[] = [];
    for await (const page of log.readProgramme(programme, 0)) events.push(...page);
    programmes.set(programme, events);
    events.forEach(({ event, index }, n) => {
      const expected = (revisions.get(event.stream) ?? -1) + 1;
      revisions.set(event.stream, event.revision);
      if (index !== n) violations.push(`${programme} has index ${String(index)} at place ${String(n)}`);
      if (event.revision !== expected) violations.push(`${event.stream} misses revision ${String(expected)}`);
    });
  }
  await log.close();
  return programmes;
}

/** Stored documents that are not what a fold of the log from nothing gives, byte for byte. */
async function compareViews(
  directory: string,
  programmes: ReadonlyMap<string, readonly ProgrammeEvent[]>,
  violations: string[],
): Promise<void> {
  const store = SqliteViewStore.open({ file: path.join(directory, 'views.db'), readOnly: true });
  for (const view of views) {
    const generation = await store.current(view.name, view.version);
    if (generation === undefined) throw new Error(`${view.name} has no current generation`);
    for (const [programme, events] of programmes) {
      const fresh = [...foldView<unknown>(view, events)].map(([key, { value }]) => [key, value] as const);
      const stored = (await store.list(generation, programme)).map(({ key, value }) => [key, value] as const);
      const bytes = (documents: readonly (readonly [string, unknown])[]): string =>
        canonical(Object.fromEntries(documents) as Json);
      if (bytes(fresh) !== bytes(stored))
        violations.push(`${view.name} of ${programme} differs from a fresh fold`);
    }
  }
  await store.close();
}
