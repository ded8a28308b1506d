import { z } from 'zod';
import type { AnyDecider, CommandOf, CommandTypes, Decider } from '../decider';
import { Catalogue, type EventOf, type EventTypes } from '../event-types';
import { defineRules } from '../refusal';

/*
 * A toy domain, for tests of the engine: counters that may not pass their programme's limit. Its log is easy to hold
 * against a model.
 */

const event = <S extends z.ZodType>(schema: S) => ({ version: 1, schema, timeClass: 'decision', upcast: [] });

export const counterEvents = {
  Added: event(z.strictObject({ by: z.int(), at: z.string() })),
  Reset: event(z.strictObject({})),
} satisfies EventTypes;

export const limitEvents = { LimitSet: event(z.strictObject({ limit: z.int() })) } satisfies EventTypes;

const roles = ['office'];
const reason = z.string().optional();
const add = z.strictObject({ by: z.int().positive(), reason, onBehalfOf: z.string().optional() });

export const counterCommands = {
  Add: { schema: add, roles },
  /** two events at once */
  AddTwice: { schema: add, roles },
  Reset: { schema: z.strictObject({ reason }), roles },
} satisfies CommandTypes;

export const limitCommands = {
  SetLimit: {
    schema: z.strictObject({ limit: z.int(), note: z.string().optional() }),
    roles,
    digested: (body) => ({ limit: (body as { limit: number }).limit }),
  },
} satisfies CommandTypes;

export const counterRules = defineRules({
  'over-limit': { en: 'The counter may not pass {limit}.', id: 'Pencacah tidak boleh melewati {limit}.' },
  'nothing-to-reset': { en: 'The counter is at nought.', id: 'Pencacah masih nol.' },
});

export interface CounterState {
  readonly total: number;
}

/** What a programme's limit is as long as none was set. */
export const NO_LIMIT = 1_000_000_000;

export interface LimitState {
  readonly limit: number;
}

type CounterEvent = EventOf<typeof counterEvents>;

export const counterDecider: Decider<
  CounterState,
  CommandOf<typeof counterCommands>,
  CounterEvent,
  { readonly limit: LimitState }
> = {
  kind: 'counter',
  commands: counterCommands,
  events: counterEvents,
  facts: ['limit'],
  initial: { total: 0 },
  evolve: (state, { type, data }) => {
    switch (type) {
      case 'Added':
        return { total: state.total + data.by };
      case 'Reset':
        return { total: 0 };
      default:
        return type satisfies never;
    }
  },
  decide: (command, { total }, { limit: { limit } }) => {
    if (command.type === 'Reset') {
      if (total === 0) throw counterRules('nothing-to-reset');
      return [{ type: 'Reset', data: {} }];
    }
    const { by } = command.body;
    const times = command.type === 'Add' ? 1 : 2;
    if (total + by * times > limit) throw counterRules('over-limit', { limit }, 'by');
    return Array.from({ length: times }, () => ({ type: 'Added', data: { by, at: command.at } }));
  },
};

export const limitDecider: Decider<
  LimitState,
  CommandOf<typeof limitCommands>,
  EventOf<typeof limitEvents>
> = {
  kind: 'limit',
  commands: limitCommands,
  events: limitEvents,
  facts: [],
  initial: { limit: NO_LIMIT },
  evolve: (_state, { data }) => ({ limit: data.limit }),
  decide: ({ body }) => [{ type: 'LimitSet', data: { limit: body.limit } }],
};

export const toyDeciders: readonly AnyDecider[] = [counterDecider, limitDecider];

export const toyCatalogue = new Catalogue([counterEvents, limitEvents]);
