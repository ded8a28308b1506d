import type { ProgrammeReader } from '@jejak/core';
import type { Stopped } from './messages';

/** Who is told of what stops learns, too, which request it began with: the event says that. */
export function withOrigin(
  log: ProgrammeReader,
  onStopped: (stopped: Stopped) => void,
): (stopped: Stopped) => void {
  return (stopped) => {
    originOf(log, stopped).then(
      (origin) => onStopped({ ...stopped, ...origin }),
      // It cannot be read now: what stopped is told all the same.
      () => onStopped(stopped),
    );
  };
}

async function originOf(
  log: ProgrammeReader,
  { programme, index }: Stopped,
): Promise<Pick<Stopped, 'correlationId' | 'traceparent'>> {
  for await (const [found] of log.readProgramme(programme, index, index)) {
    if (found === undefined) continue;
    const { correlationId, traceparent } = found.event.meta;
    return { correlationId, ...(traceparent !== undefined && { traceparent }) };
  }
  return {};
}
