import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtProgram } from '../../support/program';

/** Megabytes of heap that a program may have: several run beside each other on a small machine. */
const HEAP = 192;

/** Characters of what it printed last that are kept. */
const KEPT = 2_000;

/** Milliseconds in which a program says what is waited for. */
const PATIENCE = 120_000;

/** One of our built programs in a process of its own. */
export class Program {
  private child: ChildProcess | undefined;
  private output = '';
  private readonly found = new Map<string, { readonly text: string; readonly at: number }>();

  /**
   * @param patterns what is looked for in what it prints, by a name: what the first group matches, else all
   * @param onDeath told when it ended and nobody ended it; it is then started again, as a supervisor does
   */
  constructor(
    readonly name: string,
    private readonly file: string,
    private readonly args: readonly string[],
    private readonly environment: NodeJS.ProcessEnv,
    private readonly patterns: Readonly<Record<string, RegExp>>,
    private readonly onDeath: (what: string) => void,
  ) {}

  start(): void {
    const args = [`--max-old-space-size=${String(HEAP)}`, builtProgram(this.file), ...this.args];
    const child = spawn(process.execPath, args, { env: this.environment, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    this.output = '';
    this.found.clear();
    for (const stream of [child.stdout, child.stderr]) {
      let line = '';
      stream.on('data', (chunk: Buffer) => {
        if (this.child !== child) return;
        const lines = (line + chunk.toString()).split('\n');
        line = lines.pop() ?? '';
        for (const each of lines) this.hear(each);
      });
    }
    // Where the test itself breaks off, nothing of it stays behind.
    const end = (): boolean => child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', (code, signal) => {
      process.off('exit', end);
      if (this.child !== child) return;
      this.onDeath(`${this.name} ended by itself with ${String(signal ?? code)}: ${this.output}`);
      this.start();
    });
  }

  /** What was looked for, once it has printed it. */
  async says(name: string): Promise<string> {
    const until = Date.now() + PATIENCE;
    for (;;) {
      const found = this.found.get(name);
      if (found !== undefined) return found.text;
      if (Date.now() > until) throw new Error(`${this.name} does not say ${name}: ${this.output}`);
      await sleep(20);
    }
  }

  /** When it last printed it, in milliseconds since 1970; 0 when it has not since its start. */
  saidAt(name: string): number {
    return this.found.get(name)?.at ?? 0;
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

  private hear(line: string): void {
    this.output = `${this.output}${line}\n`.slice(-KEPT);
    for (const [name, pattern] of Object.entries(this.patterns)) {
      const match = pattern.exec(line);
      if (match !== null) this.found.set(name, { text: match[1] ?? match[0], at: Date.now() });
    }
  }
}
