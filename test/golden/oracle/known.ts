import type { Day } from '@jejak/domain';
import type { Happened } from './world';

/** What is known at an index: the events up to it, and nothing else. The definitions of sections 3 and 4. */
export class Known {
  private readonly events: readonly Happened[];

  constructor(all: readonly Happened[], knownAt: number) {
    this.events = all.filter(({ index }) => index <= knownAt);
  }

  of(...types: readonly string[]): readonly Happened[] {
    return this.events.filter(({ event }) => types.includes(event.type));
  }

  byId(id: unknown): Happened | undefined {
    return this.events.find(({ event }) => event.id === id);
  }

  /** An event stands unless it is corrected; a verification or a return also falls with what it belongs to. */
  stands({ event }: Happened): boolean {
    if (this.events.some((other) => other.event.data.corrects === event.id)) return false;
    const owner = event.data.of ?? event.data.disbursement ?? event.data.receipt;
    const owning = owner === undefined ? undefined : this.byId(owner);
    return owning === undefined || this.stands(owning);
  }

  /** Of changes or reports of one thing: the one in force on a day. */
  inForce(facts: readonly Happened[], day: Day): Happened | undefined {
    const dated = facts.filter((fact) => dateOf(fact) <= day);
    return dated
      .sort((a, b) => (dateOf(a) === dateOf(b) ? a.index - b.index : dateOf(a) < dateOf(b) ? -1 : 1))
      .at(-1);
  }

  /** The date on which an event takes effect: its own, or that of what it corrects or belongs to. */
  dateOf(happened: Happened): Day {
    const { data } = happened.event;
    const other = data.corrects ?? data.of;
    const named = other === undefined ? undefined : this.byId(other);
    return named === undefined ? dateOf(happened) : this.dateOf(named);
  }
}

export function dateOf({ event }: Happened): Day {
  return (event.data.effectiveOn ?? event.data.occurredOn) as Day;
}

/** Streams by their first event. */
export function byStream(events: readonly Happened[]): ReadonlyMap<string, readonly Happened[]> {
  const streams = new Map<string, Happened[]>();
  for (const happened of events)
    streams.set(happened.event.stream, [...(streams.get(happened.event.stream) ?? []), happened]);
  return streams;
}

export function lower(code: unknown): string {
  return String(code).toLowerCase();
}
