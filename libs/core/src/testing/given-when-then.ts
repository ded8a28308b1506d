import type { AnyDecider, Command } from '../decider';
import type { Envelope } from '../envelope';
import { Refusal } from '../refusal';

/** An event of the past, as a test writes it. */
export interface Past {
  readonly type: string;
  readonly data: unknown;
  readonly meta?: Partial<Envelope['meta']>;
  readonly id?: string;
}

type Emitted = { readonly type: string; readonly data: unknown };

/**
 * Given / when / then over a decider's production fold. Event n of the past has the id `e<n>` unless it names one.
 *
 * `given(decider, past, facts).when(command).then(events)` or `.refused('rule-code')`
 */
export function given<F>(decider: AnyDecider, past: readonly Past[], facts?: F) {
  let state: unknown = decider.initial;
  past.forEach((event, n) => {
    state = decider.evolve(state, asEnvelope(event, n));
  });
  return {
    state,
    when(command: Partial<Command> & Pick<Command, 'type' | 'body'>) {
      const whole: Command = {
        programme: 'malang.2023',
        code: 'main',
        actor: { subject: 'u-office', role: 'office' },
        at: '2023-06-01T03:00:00.000Z',
        ...command,
      };
      const attempt = (): readonly Emitted[] => {
        const type = decider.commands[whole.type];
        if (type === undefined) throw new Error(`no command ${whole.type}`);
        const { onBehalfOf } = whole.body as { onBehalfOf?: string };
        const actor = onBehalfOf === undefined ? whole.actor : { ...whole.actor, onBehalfOf };
        return decider.decide({ ...whole, actor, body: type.schema.parse(whole.body) }, state, facts ?? {});
      };
      return {
        /** The command gives exactly these events. */
        then(events: readonly Emitted[]): void {
          expect(attempt()).toEqual(events);
        },
        /** The command is refused by this rule. */
        refused(code: string, field?: string): void {
          let refusal: unknown;
          try {
            attempt();
          } catch (error) {
            refusal = error;
          }
          expect(refusal).toBeInstanceOf(Refusal);
          expect((refusal as Refusal).code).toBe(code);
          if (field !== undefined) expect((refusal as Refusal).field).toBe(field);
          // A place left open means that the rule was thrown without one of its parameters.
          expect((refusal as Refusal).sentence('en')).not.toMatch(/\{\w+\}/);
          expect((refusal as Refusal).sentence('id')).not.toMatch(/\{\w+\}/);
        },
        events: attempt,
      };
    },
  };
}

/** An envelope around an event of a test. */
export function asEnvelope(event: Past, revision: number): Envelope {
  return {
    id: event.id ?? `e${String(revision)}`,
    type: event.type,
    version: 1,
    stream: 'test-malang.2023.main',
    revision,
    programme: 'malang.2023',
    recordedAt: '2023-01-01T00:00:00.000Z',
    data: event.data,
    meta: {
      actor: { subject: 'u-office', role: 'office' },
      commandId: `c${String(revision)}`,
      commandDigest: '0',
      correlationId: `c${String(revision)}`,
      causationId: `c${String(revision)}`,
      ...event.meta,
    },
  };
}
