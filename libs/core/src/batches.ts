import type { ProgrammeEvent } from './envelope';

/** The events by programme, each in the order they came. */
export function byProgramme(events: readonly ProgrammeEvent[]): Map<string, ProgrammeEvent[]> {
  const groups = new Map<string, ProgrammeEvent[]>();
  for (const recorded of events) {
    const group = groups.get(recorded.event.programme);
    if (group === undefined) groups.set(recorded.event.programme, [recorded]);
    else group.push(recorded);
  }
  return groups;
}

/** Whether the events follow each other from an index on, without a gap. */
export function isRun(events: readonly ProgrammeEvent[], from: number): boolean {
  return events.every((recorded, n) => recorded.index === from + n);
}

/** So many pages as one: what many events touch is then written once. The log bounds how much a page holds. */
export async function* joined(
  pages: AsyncIterable<readonly ProgrammeEvent[]>,
  count: number,
): AsyncGenerator<readonly ProgrammeEvent[]> {
  let waiting: (readonly ProgrammeEvent[])[] = [];
  for await (const page of pages) {
    waiting.push(page);
    if (waiting.length < count) continue;
    yield waiting.flat();
    waiting = [];
  }
  if (waiting.length > 0) yield waiting.flat();
}
