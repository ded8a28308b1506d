import type { AnyDecider, Command } from '../decider';
import type { Json } from '../json';
import { canonical } from '../canonical';
import { Refusal } from '../refusal';
import { asEnvelope, type Past } from './given-when-then';

type Given = Partial<Command> & Pick<Command, 'type' | 'body'>;

/** What came of a series of commands. */
export interface Played<S> {
  readonly state: S;
  readonly events: readonly (Past & { readonly id: string })[];
  /** the codes of the refusals, in order */
  readonly refusals: readonly string[];
}

/** The id of the n-th event (from 0) of a played history: a UUID, as events have. */
export function idOf(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

/**
 * Plays commands over a decider's production fold, each on the state that the earlier ones left; a command may be
 * made from that state. Every state is frozen through and through, so that a fold that changes an old one throws.
 * Each event is held against its own schema and must have a canonical form. Anything thrown but a refusal is passed on.
 */
export function play<S>(
  decider: AnyDecider,
  commands: readonly (Given | ((state: S) => Given))[],
  facts: unknown = {},
): Played<S> {
  let state = frozen(decider.initial as S);
  const events: (Past & { readonly id: string })[] = [];
  const refusals: string[] = [];
  for (const each of commands) {
    const given = typeof each === 'function' ? each(state) : each;
    const type = decider.commands[given.type];
    if (type === undefined) throw new Error(`no command ${given.type}`);
    const { actor = { subject: 'u-office', role: 'office' } } = given;
    const { onBehalfOf } = given.body as { onBehalfOf?: string };
    const command: Command = {
      programme: 'malang.2023',
      code: 'main',
      at: '2023-06-01T03:00:00.000Z',
      ...given,
      actor: onBehalfOf === undefined ? actor : { ...actor, onBehalfOf },
      body: type.schema.parse(given.body),
    };
    let emitted: readonly { readonly type: string; readonly data: unknown }[];
    try {
      emitted = decider.decide(frozen(command), state, frozen(facts));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusals.push(error.code);
      continue;
    }
    if (emitted.length === 0) throw new Error(`${given.type} was accepted without an event`);
    for (const { type: name, data } of emitted) {
      const eventType = decider.events[name];
      if (eventType === undefined) throw new Error(`${decider.kind} streams know no event ${name}`);
      eventType.schema.parse(data);
      canonical(data as Json);
      const event = { type: name, data, id: idOf(events.length), meta: { actor: command.actor } };
      state = frozen(decider.evolve(state, frozen(asEnvelope(event, events.length))) as S);
      events.push(event);
    }
  }
  return { state, events, refusals };
}

/** The value itself, with all that it holds made unchangeable. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}
