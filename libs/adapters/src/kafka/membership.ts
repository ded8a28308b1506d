import type { Consumer, ConsumerGroupJoinEvent, EachBatchHandler } from 'kafkajs';
import { asError, sleep, within } from './waiting';

export interface MembershipOptions {
  readonly topic: string;
  readonly eachBatch: EachBatchHandler;
  /** partitions whose batches are handled at the same time (1) */
  readonly partitionsAtOnce?: number;
  /** a consumer that gives no sign of life for so long hangs, in milliseconds */
  readonly stall: number;
  readonly onJoined: (assignment: ConsumerGroupJoinEvent['payload']['memberAssignment']) => void;
}

/** How long leaving is waited for, in milliseconds. */
const LEAVE = 2_000;

/** One consumer's life in its group: from joining to leaving, or until it fails for good. */
export class Membership {
  private readonly failing = new AbortController();
  private failure: Error | undefined;
  private lastSign = Date.now();
  private hasLeft = false;
  private generations = 0;

  constructor(
    readonly consumer: Consumer,
    private readonly options: MembershipOptions,
  ) {
    const { CRASH, FETCH, HEARTBEAT, GROUP_JOIN } = consumer.events;
    consumer.on(FETCH, () => this.isAlive());
    consumer.on(HEARTBEAT, () => this.isAlive());
    consumer.on(GROUP_JOIN, ({ payload }) => {
      this.isAlive();
      this.generations++;
      options.onJoined(payload.memberAssignment);
    });
    consumer.on(CRASH, ({ payload }) => this.fail(payload.error));
  }

  /** Counts up each time that the group has shared out its partitions. */
  get generation(): number {
    return this.generations;
  }

  get left(): boolean {
    return this.hasLeft;
  }

  /** Milliseconds since the broker was last heard of. */
  get silence(): number {
    return Date.now() - this.lastSign;
  }

  isAlive(): void {
    this.lastSign = Date.now();
  }

  /**
   * Takes part until the signal aborts.
   *
   * @throws what made the consumer stop for good: another one may take its place
   */
  async takePart(signal: AbortSignal): Promise<void> {
    const ending = AbortSignal.any([signal, this.failing.signal]);
    const joining = this.join().catch((error: unknown) => this.fail(asError(error)));
    while (!ending.aborted) {
      await sleep(1_000, ending);
      if (this.silence > this.options.stall) this.fail(new Error('the consumer gives no sign of life'));
    }
    await this.leave(joining);
    if (this.failure !== undefined && !signal.aborted) throw this.failure;
  }

  private async join(): Promise<void> {
    const { topic, eachBatch, partitionsAtOnce = 1 } = this.options;
    await this.consumer.connect();
    await this.consumer.subscribe({ topic, fromBeginning: true });
    await this.consumer.run({
      ...{ autoCommit: false, eachBatchAutoResolve: false, eachBatch },
      partitionsConsumedConcurrently: partitionsAtOnce,
    });
  }

  private async leave(joining: Promise<void>): Promise<void> {
    const disconnect = (): Promise<void> => this.consumer.disconnect().catch(() => undefined);
    // Cut off while it joins, it would stay in the group as a ghost that the others wait for.
    await within(LEAVE / 2, joining).catch(() => undefined);
    // One that joins all the same goes on joining: so again afterwards.
    const leaving = disconnect()
      .then(() => joining)
      .then(disconnect);
    await within(LEAVE, leaving).catch(() => undefined);
    this.hasLeft = true;
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.failing.abort();
  }
}
