import type { Actor, EventMeta, NewEvent } from './envelope';
import type { AnyDecider, Command } from './decider';
import type { Catalogue } from './event-types';
import { eventIdOf } from './ids';

/** A command of somebody, its body validated, with the states that its decision looks at. */
export interface Deciding {
  readonly decider: AnyDecider;
  readonly command: Omit<Command, 'actor'>;
  /** who gives it, without whom he gives it for: the body says that */
  readonly actor: Actor;
  readonly state: unknown;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly commandId: string;
  readonly meta: Omit<EventMeta, 'actor' | 'commandId' | 'reason'>;
}

/** The fields that mean the same in every command's body. */
interface Body {
  readonly reason?: string;
  readonly onBehalfOf?: string;
}

/**
 * The events that a command comes to, as they would be appended; at least one. A function of what it is given.
 *
 * @throws Refusal of the decider's rules
 */
export function decideEvents(
  { decider, command, actor: holder, state, facts, commandId, meta: more }: Deciding,
  catalogue: Catalogue,
): readonly NewEvent[] {
  const { reason, onBehalfOf } = command.body as Body;
  const actor = onBehalfOf === undefined ? holder : { ...holder, onBehalfOf };
  const emitted = decider.decide({ ...command, actor }, state, facts) as readonly {
    readonly type: string;
    readonly data: unknown;
  }[];
  if (emitted.length === 0) throw new Error(`${command.type} was accepted without an event`);
  const meta: EventMeta = { actor, commandId, ...more, ...(reason !== undefined && { reason }) };
  return emitted.map(({ type, data }, n) => ({
    id: eventIdOf(commandId, n),
    type,
    version: catalogue.type(type).version,
    programme: command.programme,
    data,
    meta,
  }));
}
