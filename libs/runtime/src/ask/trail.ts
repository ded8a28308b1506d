import type { Catalogue, Envelope, EventLog, ProgrammeEvent } from '@jejak/core';
import { type AuditEntry, auditEntry, type AuditItem, beforeAndAfter, queries } from '@jejak/views';
import type { Answered, Ask, Question } from './ask';

/** A page of the audit trail, with the events themselves. */
export interface AuditTrail {
  readonly items: readonly AuditEntry[];
  readonly total: number;
  readonly next: string | null;
}

/**
 * The audit trail: the view says which events, the log has them.
 *
 * @throws as `Ask.answer`
 */
export async function auditTrail(
  ask: Ask,
  log: Pick<EventLog, 'readProgramme' | 'readStream'>,
  catalogue: Catalogue,
  question: Omit<Question, 'query'>,
): Promise<Answered<AuditTrail>> {
  const answered = await ask.answer({ ...question, query: queries.auditTrail });
  const streams = new Map<string, readonly Envelope[]>();
  const streamOf = async (stream: string): Promise<readonly Envelope[]> => {
    let events = streams.get(stream);
    if (events === undefined) {
      events = (await log.readStream(stream)).map(({ event }) => catalogue.upcast(event));
      streams.set(stream, events);
    }
    return events;
  };
  const entryOf = async (item: AuditItem): Promise<AuditEntry> => {
    const recorded = await eventAt(log, question.programme, item.index);
    const event = catalogue.upcast(recorded.event);
    return auditEntry({ ...recorded, event }, item, beforeAndAfter(event, await streamOf(event.stream)));
  };
  const items: AuditEntry[] = [];
  for (const item of answered.answer.items) items.push(await entryOf(item));
  return { ...answered, answer: { ...answered.answer, items } };
}

async function eventAt(
  log: Pick<EventLog, 'readProgramme'>,
  programme: string,
  index: number,
): Promise<ProgrammeEvent> {
  for await (const [recorded] of log.readProgramme(programme, index, index)) {
    if (recorded !== undefined) return recorded;
  }
  throw new Error(`${programme} has no event ${String(index)}`);
}
