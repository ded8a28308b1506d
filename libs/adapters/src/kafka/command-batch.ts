import type { EachBatchPayload, KafkaMessage, Message, TopicMessages } from 'kafkajs';
import type { Membership } from './membership';
import { type Sender, TooLarge } from './sender';
import { asError, pause, sleep } from './waiting';

/** A message that should carry a command, as it came. */
export interface CommandMessage {
  /** the text of each header, by its name in lower case */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** when it was handed in by the broker's own clock, in milliseconds since 1970; undefined where it does not say */
  readonly handedIn: number | undefined;
}

/** What a command's sender is answered. */
export interface CommandAnswer {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What becomes of a message. */
export interface CommandOutcome {
  /** undefined where nobody can be told */
  readonly answer?: CommandAnswer;
  /** why the message is kept aside, where it is */
  readonly unreadable?: string;
  /** the same message would be answered the same for ever */
  readonly isFinal: boolean;
}

/** A message that was dealt with. */
export interface Handled extends CommandOutcome {
  readonly partition: number;
  readonly offset: string;
  /** messages of the partition that are still to come */
  readonly lag: number;
}

/** Deals with one message; `attempt` counts from 0 how often that went wrong. */
export type HandleCommand = (message: CommandMessage, attempt: number) => Promise<CommandOutcome>;

export interface CommandBatchOptions {
  readonly handle: HandleCommand;
  readonly membership: Membership;
  readonly sender: Sender;
  readonly results: string;
  readonly unreadable: string;
  readonly heartbeatInterval: number;
  /** nothing more is begun */
  readonly signal: AbortSignal;
  /** the partition may be another member's by now */
  readonly generation: AbortSignal;
  readonly onTrouble: (error: Error) => void;
  readonly onHandled: (handled: Handled) => void;
}

/** Answers that are sent together at most, and how long the first of them waits, in milliseconds. */
const MOST_ANSWERS = 50;
const LONGEST_WAIT = 100;
const MOST_BYTES = 256 * 1024;

/** How long what is done may still take to be answered, once everything ends, in milliseconds. */
const LAST_ANSWERS = 1_500;

/** Marks by which a batch says how it is stamped (kafkajs keeps it with each message, and does not declare it). */
const LOG_APPEND_TIME = 1;

/** What is kept aside is read by operators: it must not let them act as the sender. */
const SECRET_HEADERS = ['authorization'];

/** The messages of one partition that came at once: carried out in order, answered, and then committed. */
export class CommandBatch {
  private readonly done: Handled[] = [];
  private readonly aside: Message[] = [];
  private readonly ending: AbortSignal;
  private readonly lost = new AbortController();
  /** of the answers that wait, and since when the first of them does */
  private bytes = 0;
  private since = 0;
  private failure: Error | undefined;

  constructor(
    private readonly payload: EachBatchPayload,
    private readonly options: CommandBatchOptions,
  ) {
    this.ending = AbortSignal.any([options.signal, options.generation, this.lost.signal]);
  }

  /** @throws what the library has to know to join the group again */
  async run(): Promise<void> {
    const over = new AbortController();
    const beating = this.beat(over.signal);
    try {
      for (const message of this.payload.batch.messages) {
        const outcome = await this.outcome(message);
        if (outcome === undefined) break;
        this.keep(message, outcome);
        if (this.isDue(outcome)) await this.settle();
        if (this.failure !== undefined) break;
      }
      await this.settle();
    } finally {
      over.abort();
      await beating;
    }
    // Thrown as it is: from this the library knows whether to join again.
    if (this.failure !== undefined) throw this.failure;
  }

  /** Gives signs of life: the library gives none by itself while a batch is dealt with. */
  private async beat(over: AbortSignal): Promise<void> {
    const { heartbeatInterval, membership } = this.options;
    while (!over.aborted) {
      await sleep(heartbeatInterval / 2, over);
      if (isAborted(over)) return;
      try {
        await this.payload.heartbeat();
        membership.isAlive();
      } catch (error) {
        // What is done is still answered and committed; the rest is for whoever has the partition next.
        this.failure ??= asError(error);
        this.lost.abort();
        return;
      }
    }
  }

  /** What becomes of a message: tried until it is known; undefined where everything ends before. */
  private async outcome(message: KafkaMessage): Promise<CommandOutcome | undefined> {
    const { handle, onTrouble } = this.options;
    const command = read(message);
    for (let attempt = 0; !this.ending.aborted; attempt++) {
      try {
        return await handle(command, attempt);
      } catch (error) {
        if (!isAborted(this.ending)) onTrouble(asError(error));
        await pause(attempt, this.ending);
      }
    }
    return undefined;
  }

  private keep(message: KafkaMessage, outcome: CommandOutcome): void {
    const { partition, highWatermark, topic } = this.payload.batch;
    const { offset } = message;
    const lag = Number(BigInt(highWatermark) - BigInt(offset) - 1n);
    this.done.push({ ...outcome, partition, offset, lag });
    if (this.done.length === 1) this.since = performance.now();
    this.bytes += outcome.answer?.text.length ?? 0;
    if (outcome.unreadable === undefined) return;
    const headers = Object.fromEntries(
      Object.entries(message.headers ?? {}).filter(([name]) => !SECRET_HEADERS.includes(name.toLowerCase())),
    );
    const place = { 'jejak-place': `${topic}/${String(partition)}/${offset}` };
    this.aside.push({
      ...{ key: message.key, value: message.value },
      headers: { ...headers, ...place, 'jejak-reason': outcome.unreadable },
    });
  }

  /** What a repeat would be answered otherwise is committed at once, so that hardly ever anything repeats it. */
  private isDue({ isFinal, unreadable }: CommandOutcome): boolean {
    return (
      !isFinal ||
      unreadable !== undefined ||
      this.done.length >= MOST_ANSWERS ||
      this.bytes >= MOST_BYTES ||
      performance.now() - this.since >= LONGEST_WAIT
    );
  }

  /** Sends the answers to what is done, and then commits that it is. */
  private async settle(): Promise<void> {
    const done = this.done.splice(0);
    const aside = this.aside.splice(0);
    this.bytes = 0;
    const last = done.at(-1);
    if (last === undefined) return;
    if (!(await this.send(done, aside))) return;
    await this.commit(last.offset);
    for (const handled of done) this.options.onHandled(handled);
  }

  private async send(done: readonly Handled[], aside: readonly Message[]): Promise<boolean> {
    const { results, unreadable, sender, signal, generation } = this.options;
    const answers = done.flatMap(({ answer }) =>
      answer === undefined ? [] : [{ key: answer.key, headers: answer.headers, value: answer.text }],
    );
    const given = new AbortController();
    const giveUp = (): void => void sleep(LAST_ANSWERS, given.signal).then(() => given.abort());
    const ending = AbortSignal.any([signal, generation]);
    if (ending.aborted) giveUp();
    else ending.addEventListener('abort', giveUp, { once: true });
    const topics = (kept: readonly Message[]): TopicMessages[] =>
      [
        { topic: results, messages: answers },
        { topic: unreadable, messages: [...kept] },
      ].filter(({ messages }) => messages.length > 0);
    try {
      return await sender.deliver(topics(aside), given.signal);
    } catch (error) {
      if (!(error instanceof TooLarge) || aside.length === 0) throw error;
      // Whoever reads it finds the whole at its place.
      this.options.onTrouble(error);
      return await sender.deliver(topics(aside.map((one) => ({ ...one, value: null }))), given.signal);
    } finally {
      ending.removeEventListener('abort', giveUp);
      given.abort();
    }
  }

  private async commit(offset: string): Promise<void> {
    const { topic, partition } = this.payload.batch;
    // In another generation the partition may be another member's, who is further on: then it comes again to somebody.
    if (this.options.generation.aborted) return;
    const next = String(BigInt(offset) + 1n);
    try {
      await this.payload.commitOffsetsIfNecessary({
        topics: [{ topic, partitions: [{ partition, offset: next }] }],
      });
      this.payload.resolveOffset(offset);
    } catch (error) {
      this.failure ??= asError(error);
      this.lost.abort();
    }
  }
}

const isAborted = (signal: AbortSignal): boolean => signal.aborted;

/** A message as it came, of several headers of a name the last. */
function read({ headers = {}, value, timestamp, ...more }: KafkaMessage): CommandMessage {
  const texts = Object.entries(headers).flatMap(([name, given]) => {
    const one = Array.isArray(given) ? given.at(-1) : given;
    return one === undefined ? [] : [[name.toLowerCase(), one.toString()] as const];
  });
  const { batchContext } = more as { batchContext?: { timestampType?: number } };
  const byBroker = batchContext?.timestampType === LOG_APPEND_TIME;
  return {
    headers: Object.fromEntries(texts),
    body: value ?? Buffer.alloc(0),
    handedIn: byBroker ? Number(timestamp) : undefined,
  };
}
