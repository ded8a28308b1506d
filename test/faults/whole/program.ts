import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtProgram } from '../../support/program';

/** Megabytes of heap that a program may have: several run beside each other on a small machine. */
const HEAP = 192;

/** Characters of what it printed last that are kept. */
const KEPT = 100_000;

/** Milliseconds in which a program says what is waited for. */
const PATIENCE = 60_000;

/** One of our built programs in a process of its own. */
export class Program {
  private child: ChildProcess | undefined;
  private output = '';

  /** @param onDeath told when it ended and nobody ended it; it is then started again, as a supervisor does */
  constructor(
    readonly name: string,
    private readonly file: string,
    private readonly args: readonly string[],
    private readonly environment: NodeJS.ProcessEnv,
    private readonly onDeath: (what: string) => void,
  ) {}

  start(): void {
    const args = [`--max-old-space-size=${String(HEAP)}`, builtProgram(this.file), ...this.args];
    const child = spawn(process.execPath, args, { env: this.environment, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    this.output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        if (this.child === child) this.output = (this.output + chunk.toString()).slice(-KEPT);
      });
    }
    child.once('exit', (code, signal) => {
      if (this.child !== child) return;
      this.onDeath(
        `${this.name} ended by itself with ${String(signal ?? code)}: ${this.output.slice(-2_000)}`,
      );
      this.start();
    });
  }

  /** What the pattern's group is in what it printed since its start, or since it was forgotten; once it is there. */
  async says(pattern: RegExp): Promise<string> {
    const until = Date.now() + PATIENCE;
    for (;;) {
      const found = pattern.exec(this.output);
      if (found !== null) return found[1] ?? found[0];
      if (Date.now() > until)
        throw new Error(`${this.name} does not say ${String(pattern)}: ${this.output.slice(-2_000)}`);
      await sleep(20);
    }
  }

  hasSaid(pattern: RegExp): boolean {
    return pattern.test(this.output);
  }

  forget(): void {
    this.output = '';
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child?.kill(signal);
  }

  /** Ends it, and resolves when it is gone. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
