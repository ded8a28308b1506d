import type { z } from 'zod';
import type { Envelope } from './envelope';

/** How one type of event is read: its newest version, its schema, and the steps up from older versions. */
export interface EventType<S extends z.ZodType = z.ZodType, C extends string = string> {
  readonly version: number;
  readonly schema: S;
  /** the class of its second date (semantics 3); core only carries it */
  readonly timeClass: C;
  /** step n-1 turns the data of version n into that of version n+1 */
  readonly upcast: readonly ((data: unknown) => unknown)[];
}

export type EventTypes = { readonly [type: string]: EventType };

/** The union of the envelopes that a set of event types describes. */
export type EventOf<T extends EventTypes> = {
  [K in keyof T & string]: Envelope<K, z.output<T[K]['schema']>>;
}[keyof T & string];

/** What a decider gives for an event: its type and data. The envelope is run-command's. */
export type Emit<E extends Envelope> =
  E extends Envelope<infer T, infer D> ? { readonly type: T; readonly data: D } : never;

/** An event that this version of the software does not know. */
export class UnknownEvent extends Error {
  readonly code = 'unknown-event';
  constructor(type: string, version: number) {
    super(`event ${type} version ${String(version)} is not known to this version of the software`);
  }
}

/** Every event type that a log may hold. */
export class Catalogue {
  private readonly types: ReadonlyMap<string, EventType>;

  /**
   * @param sets the event types of each kind of stream; kinds may share a type, such as an attachment
   * @throws Error where two sets mean different things by one name
   */
  constructor(sets: readonly EventTypes[]) {
    const types = new Map<string, EventType>();
    for (const set of sets) {
      for (const [name, type] of Object.entries(set)) {
        if ((types.get(name) ?? type) !== type) throw new Error(`the event type ${name} is declared twice`);
        types.set(name, type);
      }
    }
    this.types = types;
  }

  names(): readonly string[] {
    return [...this.types.keys()];
  }

  /** @throws UnknownEvent */
  type(name: string): EventType {
    const type = this.types.get(name);
    if (type === undefined) throw new UnknownEvent(name, 0);
    return type;
  }

  /**
   * The event in its newest version. The stored bytes, and so the proof, are those of the version that was written.
   *
   * @throws UnknownEvent for an unknown type, or a version newer than ours
   */
  upcast<E extends Envelope>(event: E): E {
    const type = this.types.get(event.type);
    if (type === undefined || event.version > type.version) throw new UnknownEvent(event.type, event.version);
    if (event.version === type.version) return event;
    let data: unknown = event.data;
    for (let version = event.version; version < type.version; version++) {
      const step = type.upcast[version - 1];
      if (step === undefined) throw new UnknownEvent(event.type, version);
      data = step(data);
    }
    return { ...event, version: type.version, data };
  }
}
