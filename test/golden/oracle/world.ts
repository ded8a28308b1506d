import {
  type Actor,
  type AnyDecider,
  type Command,
  type Envelope,
  parseStream,
  type ProgrammeEvent,
  Refusal,
  streamName,
} from '@jejak/core';
import { catalogue, deciders, type ProgrammeAndPhase } from '@jejak/domain';

export const PROGRAMME = 'oracle.2023';

export interface Wish {
  readonly type: string;
  readonly kind: string;
  readonly code?: string;
  readonly body: object;
  readonly actor: Actor;
}

/** Any event of a history, as a definition reads it. */
export type Happened = ProgrammeEvent<Envelope<string, Record<string, unknown>>>;

interface Stream {
  readonly decider: AnyDecider;
  state: unknown;
  revision: number;
}

/** One programme's log in memory, written by the real deciders and by nothing else. */
export class World {
  readonly events: Happened[] = [];
  readonly refusals = new Map<string, number>();
  /** what commands are decided by, where that is not the newest: on many machines facts may be an event behind */
  staleFacts: ProgrammeAndPhase | undefined;
  private readonly streams = new Map<string, Stream>();
  private readonly deciders = new Map(deciders.map((decider) => [decider.kind, decider]));
  private commands = 0;

  /** @param at the moment that counts as now (ISO, UTC); never goes back */
  constructor(public at: string) {}

  /**
   * Asks for something; what is accepted is in the log afterwards.
   *
   * @returns the events; empty where a rule refused it
   * @throws Error for a body that does not fit its command: that is a mistake of the history's maker
   */
  submit({ type, kind, code = 'main', body, actor: who }: Wish): readonly Happened[] {
    const stream = streamName(kind, PROGRAMME, code);
    const held = this.stream(stream);
    const { reason, onBehalfOf } = body as { reason?: string; onBehalfOf?: string };
    const actor = onBehalfOf === undefined ? who : { ...who, onBehalfOf };
    const schema = held.decider.commands[type]?.schema;
    const facts = this.staleFacts ?? this.facts();
    const { programme, code: folded } = parseStream(stream);
    const command: Command = { type, programme, code: folded, actor, at: this.at, body: schema?.parse(body) };
    let emitted: readonly { readonly type: string; readonly data: unknown }[];
    try {
      emitted = held.decider.decide(command, held.state, facts);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refusals.set(error.code, (this.refusals.get(error.code) ?? 0) + 1);
      return [];
    }
    const commandId = uuid(1_000_000_000 + this.commands++);
    return emitted.map(({ type: name, data }) => {
      const index = this.events.length;
      const event: Envelope = {
        id: uuid(index),
        type: name,
        version: catalogue.type(name).version,
        stream,
        revision: held.revision + 1,
        programme,
        recordedAt: this.at,
        data: JSON.parse(JSON.stringify(data)),
        meta: {
          actor,
          commandId,
          commandDigest: '',
          correlationId: commandId,
          causationId: commandId,
          ...(reason !== undefined && { reason }),
        },
      };
      held.state = held.decider.evolve(held.state, event);
      held.revision = event.revision;
      const happened = { event, index, position: String(index + 1) } as Happened;
      this.events.push(happened);
      return happened;
    });
  }

  /** What deciders are told of the programme and its phases. */
  facts(): ProgrammeAndPhase {
    const [programme, phase] = ['programme', 'phase'].map(
      (name) => this.stream(streamName(name, PROGRAMME)).state,
    );
    return { programme, phase } as ProgrammeAndPhase;
  }

  private stream(name: string): Stream {
    let stream = this.streams.get(name);
    if (stream === undefined) {
      const decider = this.deciders.get(parseStream(name).kind);
      if (decider === undefined) throw new Error(`there are no streams ${name}`);
      stream = { decider, state: decider.initial, revision: -1 };
      this.streams.set(name, stream);
    }
    return stream;
  }
}

function uuid(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}
