import { Worker } from 'node:worker_threads';
import type { Receipt, Submission } from '@jejak/core';
import { type FromWorker, type Move, type Stopped, toWire, type ToWorker } from './messages';
import type { ThreadData } from './thread';

/** How the worker fares, for the health report. */
export interface FollowerStatus {
  readonly state: 'catching-up' | 'ready' | 'restarting' | 'stopped';
  /** while catching up: events folded, of how many */
  readonly progress?: { readonly done: number; readonly total: number };
  /** what went wrong last; undefined when nothing has since the views were ready */
  readonly trouble?: string;
}

/** What follows the log, wherever it runs. */
export interface Follower {
  readonly status: FollowerStatus;
  /** says that something was appended */
  wake(): void;
  /** says that somebody waits for the views to see what was appended */
  hurry(): void;
  /** ends it, after what it has in hand */
  stop(): Promise<void>;
}

export interface HostOptions {
  /** the worker's program */
  readonly entry: string;
  readonly data: ThreadData;
  readonly submit: (submission: Submission) => Promise<Receipt>;
  readonly onMoves: (moves: readonly Move[]) => void;
  readonly onTrouble: (loop: string, error: Error) => void;
  readonly onStopped: (stopped: Stopped) => void;
}

/** How often the worker is told of commits at most, in milliseconds between two times. */
const WAKE_INTERVAL = 100;
const SHORTEST_PAUSE = 200;
const LONGEST_PAUSE = 10_000;
/** How long a stop waits for the thread before it is ended, in milliseconds. */
const STOP_PATIENCE = 10_000;

/** The worker in a thread of this process, started again when it dies. */
export class ThreadHost implements Follower {
  private worker: Worker | undefined;
  private restart: NodeJS.Timeout | undefined;
  private pause = SHORTEST_PAUSE;
  private wakeTimer: NodeJS.Timeout | undefined;
  private lastWake = -Infinity;
  private stopping = false;
  status: FollowerStatus = { state: 'catching-up' };

  constructor(private readonly options: HostOptions) {
    this.start();
  }

  wake(): void {
    if (this.wakeTimer !== undefined) return;
    // At once after a rest; under load seldom, since telling a thread costs more than an append.
    const rest = this.lastWake + WAKE_INTERVAL - performance.now();
    this.wakeTimer = setTimeout(
      () => {
        this.wakeTimer = undefined;
        this.lastWake = performance.now();
        this.tell({ kind: 'wake' });
      },
      Math.max(0, rest),
    );
  }

  hurry(): void {
    this.tell({ kind: 'hurry' });
  }

  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.restart);
    clearTimeout(this.wakeTimer);
    const { worker } = this;
    if (worker !== undefined) {
      const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      const patience = setTimeout(() => void worker.terminate(), STOP_PATIENCE);
      this.tell({ kind: 'stop' });
      await exited;
      clearTimeout(patience);
    }
    this.status = { state: 'stopped' };
  }

  private start(): void {
    const began = performance.now();
    const worker = new Worker(this.options.entry, { workerData: this.options.data });
    this.worker = worker;
    let died: Error | undefined;
    worker.on('message', (message: FromWorker) => void this.heard(message, worker));
    worker.on('error', (error: Error) => {
      died = error;
    });
    worker.on('exit', (code) => {
      this.worker = undefined;
      if (this.stopping) return;
      const trouble = died ?? new Error(`the worker ended with code ${String(code)}`);
      this.options.onTrouble('thread', trouble);
      this.status = { state: 'restarting', trouble: trouble.message };
      if (performance.now() - began > LONGEST_PAUSE) this.pause = SHORTEST_PAUSE;
      this.restart = setTimeout(() => this.start(), this.pause);
      this.pause = Math.min(2 * this.pause, LONGEST_PAUSE);
    });
  }

  private tell(message: ToWorker): void {
    this.worker?.postMessage(message);
  }

  /** @param worker who said it, and who is answered: one that came after it has other commands under the same numbers */
  private async heard(message: FromWorker, worker: Worker): Promise<void> {
    switch (message.kind) {
      case 'moved':
        this.options.onMoves(message.moves);
        return;
      case 'progress':
        this.status = { ...this.status, state: 'catching-up', progress: message };
        return;
      case 'ready':
        this.status = { state: 'ready' };
        return;
      case 'trouble':
        this.status = { ...this.status, trouble: `${message.loop}: ${message.error}` };
        this.options.onTrouble(message.loop, new Error(message.error));
        return;
      case 'stopped':
        this.options.onStopped(message.stopped);
        return;
      case 'submit':
        worker.postMessage(await this.answerTo(message));
        return;
      default:
        message satisfies never;
    }
  }

  private async answerTo({ id, submission }: FromWorker & { readonly kind: 'submit' }): Promise<ToWorker> {
    try {
      return { kind: 'accepted', id, receipt: await this.options.submit(submission) };
    } catch (error) {
      return { kind: 'refused', id, error: toWire(error) };
    }
  }
}
