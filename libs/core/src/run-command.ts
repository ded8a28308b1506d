import { LRUCache } from 'lru-cache';
import type { z } from 'zod';
import { type Clock, isoMoment } from './clock';
import type { AnyDecider, Command, CommandType } from './decider';
import type { Actor, EventMeta, LoggedEvent, NewEvent } from './envelope';
import type { Catalogue } from './event-types';
import { commandIdOf, digestOf, eventIdOf } from './ids';
import type { Json } from './json';
import { type EventLog, WrongExpectedRevision } from './ports/event-log';
import { Refusal } from './refusal';
import { parseStream, type StreamParts, streamName } from './stream-name';
import { formatToken } from './token';

/** A command as it arrives: not yet validated, with the identity that was verified. */
export interface Submission {
  readonly type: string;
  readonly stream: string;
  /** the body as received, before defaults. Its `reason` goes to the events' meta, its `onBehalfOf` to their actor. */
  readonly body: Json;
  /** the idempotency key: the same subject, stream and key is the same command */
  readonly key: string;
  readonly actor: Actor;
  readonly correlationId: string;
  /** what caused it; the command itself when undefined */
  readonly causationId?: string;
  /** the revision that the sender has seen and means to change */
  readonly ifMatch?: number;
  /** for a history: the moment that counts as now (ISO, UTC), and when it was really entered */
  readonly reconstructed?: { readonly at: string; readonly importedAt: string };
}

/** What the sender gets for an accepted command, and gets again for a repeat of it. */
export interface Receipt {
  readonly events: readonly { readonly id: string; readonly type: string; readonly revision: number }[];
  readonly stream: string;
  /** the stream's revision after the command */
  readonly revision: number;
  readonly recordedAt: string;
  /** for `?after=`: reads that have seen this command */
  readonly token: string;
}

/** A body that does not fit its command. */
export class InvalidBody extends Error {
  readonly code = 'invalid-body';
  constructor(readonly issues: readonly { readonly field: string; readonly message: string }[]) {
    super(issues.map((issue) => `${issue.field || 'body'}: ${issue.message}`).join('; '));
  }
}

export class UnknownCommand extends Error {
  readonly code = 'unknown-command';
}

/** The idempotency key was used before, for something else. */
export class KeyReused extends Error {
  readonly code = 'idempotency-key-reused';
  constructor() {
    super('this idempotency key was used for another command');
  }
}

/** The sender has seen another revision than the one in force. */
export class RevisionMismatch extends Error {
  readonly code = 'revision-mismatch';
  constructor(
    readonly expected: number,
    readonly actual: number,
  ) {
    super(`the stream is at revision ${String(actual)}, not ${String(expected)}`);
  }
}

/** Others changed the stream faster than the command could be decided, a bounded number of times. */
export class Contention extends Error {
  readonly code = 'contention';
}

export interface CommandRunnerOptions {
  readonly log: EventLog;
  readonly deciders: readonly AnyDecider[];
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  /** streams whose state is kept in memory */
  readonly cacheSize?: number;
  /** how often a command begins again after a conflict before it gives up */
  readonly attempts?: number;
}

/** What an earlier command left in the stream: enough to answer a repeat of it. */
interface Done {
  readonly digest: string;
  readonly revision: number;
  readonly types: string[];
  recordedAt: string;
  position: string;
}

interface StreamState {
  readonly decider: AnyDecider;
  state: unknown;
  revision: number;
  readonly commands: Map<string, Done>;
}

/** Carries out commands, all alike (semantics 7), and answers what state a stream is in. */
export class CommandRunner {
  private readonly deciders: ReadonlyMap<string, AnyDecider>;
  private readonly streams: LRUCache<string, StreamState>;
  private readonly queues = new Map<string, Promise<unknown>>();
  private readonly attempts: number;

  constructor(private readonly options: CommandRunnerOptions) {
    this.deciders = new Map(options.deciders.map((decider) => [decider.kind, decider]));
    this.streams = new LRUCache({ max: options.cacheSize ?? 10_000 });
    this.attempts = options.attempts ?? 10;
  }

  /**
   * Carries out a command.
   *
   * @throws Refusal, InvalidBody, UnknownCommand, BadName, KeyReused, RevisionMismatch, Contention, and what the log
   *   throws. In each case nothing was appended, except after an append that the log never answered.
   */
  async run(submission: Submission): Promise<Receipt> {
    const parts = parseStream(submission.stream);
    const stream = streamName(parts.kind, parts.programme, parts.code);
    const type = this.decider(parts.kind).commands[submission.type];
    if (type === undefined) throw new UnknownCommand(`${parts.kind} streams know no command ${submission.type}`);
    const parsed = type.schema.safeParse(submission.body);
    if (!parsed.success) throw new InvalidBody(parsed.error.issues.map(issue));
    // One at a time for each stream: commands of one process never make each other begin again.
    return this.queued(stream, () => this.decideAndAppend(stream, parts, type, submission, parsed.data as Body));
  }

  /** The state of a stream as of now, with its revision (-1 when it has no event). */
  async read(stream: string): Promise<{ readonly state: unknown; readonly revision: number }> {
    const { state } = await this.fresh(stream);
    return { state: state.state, revision: state.revision };
  }

  private async decideAndAppend(
    stream: string,
    parts: StreamParts,
    type: CommandType,
    submission: Submission,
    body: Body,
  ): Promise<Receipt> {
    const { log, clock } = this.options;
    const commandId = commandIdOf(submission.actor.subject, stream, submission.key);
    const digested = type.digested?.(submission.body) ?? submission.body;
    const digest = digestOf(submission.type, stream, digested);
    let cached = this.streams.get(stream);
    let current = cached ?? (await this.fresh(stream)).state;
    for (let attempt = 0; attempt < this.attempts; attempt++) {
      const facts: Record<string, unknown> = {};
      const seen: Record<string, number> = {};
      for (const name of current.decider.facts) {
        const factStream = streamName(name, parts.programme);
        const fact = (await this.fresh(factStream)).state;
        facts[name] = fact.state;
        seen[factStream] = fact.revision;
      }
      const decide = (): Receipt | readonly NewEvent[] => {
        const done = current.commands.get(commandId);
        if (done !== undefined) {
          if (done.digest !== digest) throw new KeyReused();
          return this.receipt(stream, commandId, done);
        }
        if (submission.ifMatch !== undefined && submission.ifMatch !== current.revision) {
          throw new RevisionMismatch(submission.ifMatch, current.revision);
        }
        const actor =
          body.onBehalfOf === undefined ? submission.actor : { ...submission.actor, onBehalfOf: body.onBehalfOf };
        const command: Command = {
          type: submission.type,
          body,
          programme: parts.programme,
          code: parts.code,
          actor,
          at: submission.reconstructed?.at ?? isoMoment(clock()),
        };
        const emitted = current.decider.decide(command, current.state, facts) as readonly {
          type: string;
          data: unknown;
        }[];
        if (emitted.length === 0) throw new Error(`${submission.type} was accepted without an event`);
        const meta: EventMeta = {
          actor,
          commandId,
          commandDigest: digest,
          correlationId: submission.correlationId,
          causationId: submission.causationId ?? commandId,
          ...(current.decider.facts.length > 0 && { facts: seen }),
          ...(body.reason !== undefined && { reason: body.reason }),
          ...(submission.reconstructed && {
            origin: 'reconstructed' as const,
            importedAt: submission.reconstructed.importedAt,
          }),
        };
        return emitted.map(({ type, data }, n) => ({
          id: eventIdOf(commandId, n),
          type,
          version: this.options.catalogue.type(type).version,
          programme: parts.programme,
          data,
          meta,
        }));
      };
      let decision: Receipt | readonly NewEvent[];
      try {
        decision = decide();
      } catch (error) {
        const mayBeStale = error instanceof Refusal || error instanceof KeyReused || error instanceof RevisionMismatch;
        if (cached === undefined || !mayBeStale) throw error;
        // The refusal came from memory: only the log's own word is given.
        cached = undefined;
        const { state, moved } = await this.fresh(stream);
        if (!moved) throw error;
        current = state;
        continue;
      }
      if ('token' in decision) return decision;
      try {
        const { events } = await log.append(stream, current.revision, decision as readonly NewEvent[]);
        this.extend(current, events);
        return this.receipt(stream, commandId, current.commands.get(commandId) as Done);
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision)) {
          // Whether it was written is not known: memory must not claim to know.
          this.streams.delete(stream);
          throw error;
        }
        cached = undefined;
        current = (await this.fresh(stream)).state;
      }
    }
    throw new Contention(`${stream} changed ${String(this.attempts)} times while the command was decided`);
  }

  /** The stream's state after reading its tail from the log; `moved` when the tail held something new. */
  private async fresh(stream: string): Promise<{ readonly state: StreamState; readonly moved: boolean }> {
    let state = this.streams.get(stream);
    if (state === undefined) {
      const decider = this.decider(parseStream(stream).kind);
      state = { decider, state: decider.initial, revision: -1, commands: new Map() };
    }
    const tail = await this.options.log.readStream(stream, state.revision + 1);
    const moved = this.extend(state, tail);
    if (state.revision >= 0) this.streams.set(stream, state);
    return { state, moved };
  }

  /** Folds events in; those that are already in are passed over, since two readers may bring the same tail. */
  private extend(state: StreamState, events: readonly LoggedEvent[]): boolean {
    let moved = false;
    for (const { event, position } of events) {
      if (event.revision !== state.revision + 1) continue;
      state.state = state.decider.evolve(state.state, this.options.catalogue.upcast(event));
      state.revision = event.revision;
      const done = state.commands.get(event.meta.commandId);
      if (done === undefined) {
        const { commandDigest: digest, commandId } = event.meta;
        const { revision, recordedAt, type } = event;
        state.commands.set(commandId, { digest, revision, types: [type], recordedAt, position });
      } else {
        done.types.push(event.type);
        done.recordedAt = event.recordedAt;
        done.position = position;
      }
      moved = true;
    }
    return moved;
  }

  private receipt(stream: string, commandId: string, done: Done): Receipt {
    const { programme } = parseStream(stream);
    return {
      events: done.types.map((type, n) => ({ id: eventIdOf(commandId, n), type, revision: done.revision + n })),
      stream,
      revision: done.revision + done.types.length - 1,
      recordedAt: done.recordedAt,
      token: formatToken({ logId: this.options.log.logId, programme, position: done.position }),
    };
  }

  private decider(kind: string): AnyDecider {
    const decider = this.deciders.get(kind);
    if (decider === undefined) throw new UnknownCommand(`there are no ${kind} streams`);
    return decider;
  }

  private async queued<T>(stream: string, work: () => Promise<T>): Promise<T> {
    const last = this.queues.get(stream);
    const mine = last === undefined ? work() : last.then(work, work);
    this.queues.set(stream, mine);
    try {
      return await mine;
    } finally {
      if (this.queues.get(stream) === mine) this.queues.delete(stream);
    }
  }
}

/** The fields that mean the same in every command's body. */
interface Body {
  readonly reason?: string;
  readonly onBehalfOf?: string;
}

function issue(found: z.core.$ZodIssue): { field: string; message: string } {
  const names = found.code === 'unrecognized_keys' ? found.keys : [];
  return { field: [...found.path, ...names.slice(0, 1)].map(String).join('/'), message: found.message };
}
