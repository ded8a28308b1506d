import { type Clock, isoMoment } from './clock';
import { decideEvents } from './decide';
import type { AnyDecider, CommandType } from './decider';
import type { LoggedEvent, NewEvent } from './envelope';
import type { Catalogue } from './event-types';
import { type Fitted, fitted } from './field-issues';
import { commandIdOf, digestOf, eventIdOf } from './ids';
import { type Appended, type EventLog, WrongExpectedRevision } from './ports/event-log';
import { parseStream, type StreamParts, streamName } from './stream-name';
import { type Done, type StreamState, StreamStates } from './stream-states';
import {
  Contention,
  InvalidBody,
  KeyReused,
  PreconditionRequired,
  type Receipt,
  RevisionMismatch,
  type Submission,
  UnknownCommand,
} from './submission';
import { formatToken } from './token';

export interface CommandRunnerOptions {
  readonly log: EventLog;
  readonly deciders: readonly AnyDecider[];
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  /** events of the streams whose state is kept in memory; 250,000 when undefined */
  readonly cacheSize?: number;
  /** how often a command is appended, in vain, before it gives up */
  readonly attempts?: number;
  /** told when a command begins again, since another was appended first */
  readonly onRetry?: () => void;
  /** goes around each command: may carry out another submission in its place, and sees how that ends */
  readonly around?: Around;
}

/** How an accepted command went. */
export interface Ran {
  readonly receipt: Receipt;
  /** whether it had been accepted before */
  readonly repeated: boolean;
}

export type Around = (
  submission: Submission,
  carryOut: (submission: Submission) => Promise<Ran>,
) => Promise<Ran>;

/** A submission with what follows from it alone. */
interface Order {
  readonly submission: Submission;
  readonly stream: string;
  readonly parts: StreamParts;
  readonly decider: AnyDecider;
  readonly body: Fitted<unknown>;
  readonly commandId: string;
  readonly digest: string;
}

/** What a decider is told of other streams, and at which revisions it was seen. */
interface Facts {
  readonly states: Readonly<Record<string, unknown>>;
  readonly seen: Readonly<Record<string, number>>;
}

/** Carries out commands, all alike (semantics 7), and answers what state a stream is in. */
export class CommandRunner {
  private readonly deciders: ReadonlyMap<string, AnyDecider>;
  private readonly streams: StreamStates;
  private readonly queues = new Map<string, Promise<unknown>>();
  private readonly attempts: number;

  constructor(private readonly options: CommandRunnerOptions) {
    this.deciders = new Map(options.deciders.map((decider) => [decider.kind, decider]));
    this.streams = new StreamStates(options.log, options.catalogue, options.cacheSize ?? 250_000);
    this.attempts = options.attempts ?? 10;
  }

  /**
   * Carries out a command. A repeat of an accepted one gets the first answer, whatever the rules say by now.
   *
   * @throws Refusal, InvalidBody, UnknownCommand, BadName, NotCanonical, KeyReused, RevisionMismatch,
   *   PreconditionRequired, Contention, and what the log throws. In each case nothing was appended, except after an append
   *   that the log never answered (OutcomeUnknown): the same submission again finds out, and is carried out once.
   */
  async run(submission: Submission): Promise<Receipt> {
    const { around } = this.options;
    const carryOut = (given: Submission): Promise<Ran> => this.carryOut(given);
    return (await (around === undefined ? carryOut(submission) : around(submission, carryOut))).receipt;
  }

  private async carryOut(submission: Submission): Promise<Ran> {
    const order = this.order(submission);
    // One at a time for each stream: commands of one process never make each other begin again.
    return this.queued(order.stream, () => this.decideAndAppend(order));
  }

  /**
   * The first answer of a command that was accepted before; undefined where it was not. For who has a reason of his own
   * to refuse it, since a repeat is not refused.
   *
   * @throws KeyReused, UnknownCommand, BadName, and what the log throws
   */
  async firstAnswer(submission: Submission): Promise<Receipt | undefined> {
    const order = this.order(submission);
    const done = this.doneBefore(order, await this.fresh(order.stream));
    return done && this.receipt(order, done);
  }

  private order(submission: Submission): Order {
    const parts = parseStream(submission.stream);
    const stream = streamName(parts.kind, parts.programme, parts.code);
    const decider = this.decider(parts.kind);
    const type = commandType(decider, submission.type);
    return {
      submission,
      stream,
      parts,
      decider,
      body: fitted(type.schema, submission.body),
      commandId: commandIdOf(submission.actor.subject, stream, submission.key),
      digest: digestOf(submission.type, stream, type.digested?.(submission.body) ?? submission.body),
    };
  }

  /** The state of a stream as of now, with its revision (-1 when it has no event). */
  async read(stream: string): Promise<{ readonly state: unknown; readonly revision: number }> {
    const { state, revision } = await this.fresh(stream);
    return { state, revision };
  }

  private async decideAndAppend(order: Order): Promise<Ran> {
    const { stream } = order;
    let current = this.streams.inMemory(stream);
    let fromMemory = current !== undefined;
    current ??= await this.fresh(stream);
    for (let attempt = 0; attempt < this.attempts;) {
      const facts = await this.facts(order);
      // From here to the append nothing is awaited: the state is one, though others may move it meanwhile.
      const { revision, recordedAt } = current;
      let events: readonly NewEvent[];
      try {
        const done = this.doneBefore(order, current);
        if (done !== undefined) return { receipt: this.receipt(order, done), repeated: true };
        events = this.decide(order, current, facts);
      } catch (error) {
        if (!fromMemory) throw error;
        // The refusal came from memory: only the log's own word is given.
        fromMemory = false;
        current = await this.fresh(stream);
        continue;
      }
      attempt++;
      try {
        const appended = await this.options.log.append(stream, revision, events, recordedAt);
        return await this.accepted(order, current, appended);
      } catch (error) {
        // Whether the log wrote what it did not answer is not known. Memory does not claim it: the next tail tells.
        if (!(error instanceof WrongExpectedRevision)) throw error;
        this.options.onRetry?.();
        fromMemory = false;
        current = await this.fresh(stream);
      }
    }
    throw new Contention(`${stream} changed ${String(this.attempts)} times while the command was decided`);
  }

  /** What the command left when it was carried out before, if it was. */
  private doneBefore(order: Order, { commands }: StreamState): Done | undefined {
    const done = commands.get(order.commandId);
    if (done !== undefined && done.digest !== order.digest) throw new KeyReused();
    return done;
  }

  private decide(order: Order, current: StreamState, facts: Facts): readonly NewEvent[] {
    const { submission, parts, decider, commandId } = order;
    if (submission.ifMatch !== undefined && submission.ifMatch !== current.revision) {
      throw new RevisionMismatch(submission.ifMatch, current.revision);
    }
    if (
      submission.mustMatch &&
      submission.ifMatch === undefined &&
      decider.replaces?.(submission.type, current.state) === true
    )
      throw new PreconditionRequired(submission.type);
    if (!order.body.success) throw new InvalidBody(order.body.issues);
    const { reconstructed } = submission;
    return decideEvents(
      {
        decider,
        command: {
          type: submission.type,
          body: order.body.data,
          programme: parts.programme,
          code: parts.code,
          at: reconstructed?.at ?? isoMoment(this.options.clock()),
        },
        actor: submission.actor,
        state: current.state,
        facts: facts.states,
        commandId,
        meta: {
          commandDigest: order.digest,
          correlationId: submission.correlationId,
          causationId: submission.causationId ?? commandId,
          ...(submission.traceparent !== undefined && { traceparent: submission.traceparent }),
          ...(decider.facts.length > 0 && { facts: facts.seen }),
          ...(reconstructed && { origin: 'reconstructed', importedAt: reconstructed.importedAt }),
        },
      },
      this.options.catalogue,
    );
  }

  private async accepted(order: Order, current: StreamState, { events, repeated }: Appended): Promise<Ran> {
    this.streams.extend(order.stream, current, events);
    // Ids follow from the key alone. Where the log gives back what it held under them, another runner was first,
    // perhaps with another body or more events: the stream tells.
    const state = repeated ? await this.fresh(order.stream) : current;
    const done = this.doneBefore(order, state);
    if (done === undefined)
      throw new Error(`the log accepted ${order.commandId}, and its stream does not hold it`);
    return { receipt: this.receipt(order, done, events), repeated };
  }

  private async facts({ decider, parts }: Order): Promise<Facts> {
    const states: Record<string, unknown> = {};
    const seen: Record<string, number> = {};
    const names = decider.facts.map((name) => streamName(name, parts.programme));
    const found = await Promise.all(
      names.map((stream, n) => this.streams.fresh(stream, this.decider(decider.facts[n] as string))),
    );
    for (const [n, { state, revision }] of found.entries()) {
      states[decider.facts[n] as string] = state;
      seen[names[n] as string] = revision;
    }
    return { states, seen };
  }

  private fresh(stream: string): Promise<StreamState> {
    return this.streams.fresh(stream, this.decider(parseStream(stream).kind));
  }

  /** @param events what the command gave, where it is at hand */
  private receipt(
    { stream, parts, commandId }: Order,
    done: Done,
    events: readonly LoggedEvent[] = [],
  ): Receipt {
    return {
      events: done.types.map((type, n) => ({
        id: events[n]?.event.id ?? eventIdOf(commandId, n),
        type,
        revision: done.revision + n,
      })),
      stream,
      revision: done.revision + done.types.length - 1,
      recordedAt: done.recordedAt,
      token: formatToken({
        logId: this.options.log.logId,
        programme: parts.programme,
        position: done.position,
      }),
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

function commandType(decider: AnyDecider, name: string): CommandType {
  const type = Object.hasOwn(decider.commands, name) ? decider.commands[name] : undefined;
  if (type === undefined) throw new UnknownCommand(`${decider.kind} streams know no command ${name}`);
  return type;
}
