import type { ProgrammeEvent } from '../envelope';
import type { EventLog } from '../ports/event-log';

/** Every event of a programme up to an index, one after the other. */
export async function* programmeEvents(
  log: Pick<EventLog, 'readProgramme'>,
  programme: string,
  fromIndex = 0,
  toIndex?: number,
): AsyncGenerator<ProgrammeEvent> {
  for await (const page of log.readProgramme(programme, fromIndex, toIndex)) yield* page;
}
