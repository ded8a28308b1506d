import {
  type Process,
  ProcessRunner,
  type ProcessTools,
  ViewRunner,
  type ViewRunnerOptions,
  type ViewStore,
} from '@jejak/core';
import type { Follower, FollowerStatus } from './host';
import { type Stopped, telling } from './messages';

export interface ManualParts extends ProcessTools, Pick<ViewRunnerOptions, 'views' | 'onMoved'> {
  readonly store: ViewStore & { close(): Promise<void> };
  readonly processes: readonly Process[];
  readonly onStopped: (stopped: Stopped) => void;
}

/** The worker when it is to work only when told: for histories, whose clock is not the wall's. */
export class ManualFollower implements Follower {
  readonly status: FollowerStatus = { state: 'ready' };
  private runner: Promise<ProcessRunner> | undefined;

  constructor(private readonly parts: ManualParts) {}

  wake(): void {
    return;
  }

  hurry(): void {
    return;
  }

  async stop(): Promise<void> {
    await this.parts.store.close();
  }

  /** Hands a programme's events to the processes, and what these add, until there is nothing left. */
  async drain(programme: string): Promise<void> {
    this.runner ??= this.started();
    await (await this.runner).drain(programme);
  }

  /** Folds into the views what the log has. */
  async project(onProgress?: (done: number, total: number) => void): Promise<void> {
    const onStopped = telling('view', this.parts.onStopped);
    await new ViewRunner({ ...this.parts, onStopped }).start(undefined, onProgress);
  }

  private async started(): Promise<ProcessRunner> {
    const onStopped = telling('process', this.parts.onStopped);
    const runner = new ProcessRunner({ ...this.parts, onStopped });
    await runner.open();
    return runner;
  }
}
