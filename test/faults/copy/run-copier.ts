import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { programArguments } from '../../support/program';
import type { CopierGiven } from './copier';

/** A copy in a process of its own. */
export class CopierProcess {
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;
  private said = '';
  private begun: (() => void) | undefined;
  /** resolves when it has been loaded and begins, or has ended */
  readonly begins: Promise<void>;

  constructor(given: CopierGiven) {
    const args = [...programArguments(path.join(__dirname, 'copier')), JSON.stringify(given)];
    this.child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.begins = new Promise((resolve) => (this.begun = resolve));
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.said += chunk.toString();
      if (this.said.includes('begins')) this.begun?.();
    });
    this.ended = once(this.child, 'close').then(() => this.begun?.());
  }

  /** SIGKILL. @returns whether it died of that */
  async kill(): Promise<boolean> {
    this.child.kill('SIGKILL');
    await this.ended;
    return this.child.signalCode === 'SIGKILL';
  }

  /** What it said last, once it has ended by itself. */
  async end(): Promise<string> {
    await this.ended;
    return this.said.trim().split('\n').at(-1) ?? '';
  }
}
