import type { Catalogue, Envelope, EventLog, ProgrammeEvent } from '@jejak/core';
import {
  type AuditEntry,
  auditEntry,
  type AuditItem,
  beforeAndAfter,
  mayReplace,
  queries,
  type TrailPage,
} from '@jejak/views';
import type { Answered, Ask, Question } from './ask';

/** A page of the audit trail, with the events themselves. */
export type AuditTrail = TrailPage<AuditEntry>;

type Log = Pick<EventLog, 'readProgramme' | 'readStream'>;

/** Events between two of a page that are read along rather than read around. */
const READ_ALONG = 50;

/**
 * The audit trail: the view says which events, the log has them.
 *
 * @throws as `Ask.answer`
 */
export async function auditTrail(
  ask: Pick<Ask, 'answer'>,
  log: Log,
  catalogue: Catalogue,
  question: Omit<Question, 'query'>,
): Promise<Answered<AuditTrail>> {
  const answered = await ask.answer({ ...question, query: queries.auditTrail });
  const page = answered.answer;
  const events = await eventsOf(log, question.programme, page.items);
  const streams = new Map<string, readonly Envelope[]>();
  const earlierOf = async (event: Envelope): Promise<readonly Envelope[]> => {
    let earlier = streams.get(event.stream);
    if (earlier === undefined) {
      earlier = (await log.readStream(event.stream)).map((each) => catalogue.upcast(each.event));
      streams.set(event.stream, earlier);
    }
    return earlier;
  };
  const items: AuditEntry[] = [];
  for (const item of page.items) {
    const recorded = events.get(item.index);
    if (recorded === undefined) throw new Error(`${question.programme} has no event ${String(item.index)}`);
    const event = catalogue.upcast(recorded.event);
    const change = mayReplace(event) ? beforeAndAfter(event, await earlierOf(event)) : undefined;
    items.push(auditEntry({ ...recorded, event }, item, change));
  }
  return { ...answered, answer: { ...page, items } };
}

/** The events of a page by index: those that lie close together are read at once. */
async function eventsOf(
  log: Log,
  programme: string,
  items: readonly AuditItem[],
): Promise<ReadonlyMap<number, ProgrammeEvent>> {
  const indexes = items.map(({ index }) => index).sort((a, b) => a - b);
  const wanted = new Set(indexes);
  const found = new Map<number, ProgrammeEvent>();
  for (let from = 0; from < indexes.length;) {
    let to = from;
    while ((indexes[to + 1] ?? Infinity) - (indexes[to] as number) <= READ_ALONG) to++;
    for await (const page of log.readProgramme(programme, indexes[from] as number, indexes[to])) {
      for (const recorded of page) if (wanted.has(recorded.index)) found.set(recorded.index, recorded);
    }
    from = to + 1;
  }
  return found;
}
