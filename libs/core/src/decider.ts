import type { z } from 'zod';
import type { Actor, Envelope } from './envelope';
import type { Emit, EventTypes } from './event-types';
import type { Json } from './json';

/** One type of command: the schema of its body, and the roles whose grants allow it. */
export interface CommandType<S extends z.ZodType = z.ZodType> {
  readonly schema: S;
  readonly roles: readonly string[];
  /** what of the body, as received, makes it the same command again; the whole body when undefined */
  readonly digested?: (body: Json) => Json;
}

/** The command types of a stream, by name. */
export type CommandTypes = { readonly [type: string]: CommandType };

/** A command as its decider sees it: validated, with who asks and when. */
export interface Command<T extends string = string, B = unknown> {
  readonly type: T;
  readonly body: B;
  readonly programme: string;
  /** the code of the stream, in lower case */
  readonly code: string;
  readonly actor: Actor;
  /** the moment that counts as now (ISO, UTC) */
  readonly at: string;
}

/** The union of the commands that a set of command types describes. */
export type CommandOf<T extends CommandTypes> = {
  [K in keyof T & string]: Command<K, z.output<T[K]['schema']>>;
}[keyof T & string];

/**
 * The rules of one kind of stream, as pure functions.
 *
 * S: the state; C: the commands; E: the events; F: the facts, by the name of the programme's stream they come from.
 */
export interface Decider<S, C extends Command, E extends Envelope, F = Record<never, never>> {
  /** the stream's kind: `action` */
  readonly kind: string;
  readonly commands: CommandTypes;
  readonly events: EventTypes;
  /** the streams `<name>-<programme>.main` whose states `decide` looks at */
  readonly facts: readonly (keyof F & string)[];
  readonly initial: S;
  /** The state after an event. Gives a new state and leaves the old one as it was. */
  evolve(state: S, event: E): S;
  /**
   * What happens: at least one event.
   *
   * @throws Refusal with the rule's code
   */
  decide(command: C, state: S, facts: F): readonly Emit<E>[];
  /** Whether a command of a type takes the place of what the state holds; where undefined, none does. */
  replaces?(type: C['type'], state: S): boolean;
}

/** A decider of any kind, as the engine holds it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the engine hands each decider only its own commands and events
export type AnyDecider = Decider<any, any, any, any>;
