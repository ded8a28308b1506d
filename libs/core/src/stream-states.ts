import { LRUCache } from 'lru-cache';
import type { AnyDecider } from './decider';
import type { LoggedEvent } from './envelope';
import type { Catalogue } from './event-types';
import type { EventLog } from './ports/event-log';

/** What an earlier command left in the stream: enough to answer a repeat of it. */
export interface Done {
  readonly digest: string;
  /** of its first event */
  readonly revision: number;
  readonly types: string[];
  recordedAt: string;
  position: string;
}

/** A stream folded up to a revision. It moves forward in place, always to what the log says. */
export interface StreamState {
  readonly decider: AnyDecider;
  state: unknown;
  /** -1 when the stream has no event */
  revision: number;
  /** of its last event; undefined when it has none */
  recordedAt: string | undefined;
  /** by command id */
  readonly commands: Map<string, Done>;
}

/** The states of streams, the lately used ones in memory. One in memory may be behind the log, never beside it. */
export class StreamStates {
  private readonly recent: LRUCache<string, StreamState>;

  /** @param events how many events the streams in memory may have, all together */
  constructor(
    private readonly log: Pick<EventLog, 'readStream'>,
    private readonly catalogue: Catalogue,
    private readonly events: number,
  ) {
    this.recent = new LRUCache({ maxSize: events });
  }

  /** What memory holds of the stream: perhaps not its last events. */
  inMemory(stream: string): StreamState | undefined {
    return this.recent.get(stream);
  }

  /**
   * The stream's state as the log has it now: what memory holds, and the tail.
   *
   * @throws UnknownEvent for an event of a newer version of the software; what the log throws
   */
  async fresh(stream: string, decider: AnyDecider): Promise<StreamState> {
    const state = this.recent.get(stream) ?? {
      decider,
      state: decider.initial,
      revision: -1,
      recordedAt: undefined,
      commands: new Map<string, Done>(),
    };
    this.extend(stream, state, await this.log.readStream(stream, state.revision + 1));
    return state;
  }

  /** Folds events in; those that are already in are passed over, since two readers may bring the same tail. */
  extend(stream: string, state: StreamState, events: readonly LoggedEvent[]): void {
    for (const { event, position } of events) {
      if (event.revision !== state.revision + 1) continue;
      state.state = state.decider.evolve(state.state, this.catalogue.upcast(event));
      state.revision = event.revision;
      state.recordedAt = event.recordedAt;
      const { commandDigest: digest, commandId } = event.meta;
      const { revision, recordedAt, type } = event;
      const done = state.commands.get(commandId);
      if (done === undefined) {
        state.commands.set(commandId, { digest, revision, types: [type], recordedAt, position });
      } else {
        done.types.push(type);
        done.recordedAt = recordedAt;
        done.position = position;
      }
    }
    if (state.revision >= 0 && (events.length > 0 || !this.recent.has(stream))) this.keep(stream, state);
  }

  private keep(stream: string, state: StreamState): void {
    // The cache looks at the size of what is new to it only, and a state grows in place.
    this.recent.delete(stream);
    this.recent.set(stream, state, { size: Math.min(state.revision + 1, this.events) });
  }
}
