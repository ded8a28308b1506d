import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { programArguments } from '../../support/program';
import type { RelayGiven } from './relay';

/** A relay that runs in a process of its own. */
export class RelayProcess {
  private readonly lines: string[] = [];
  private readonly hearers = new Set<() => void>();
  private readonly ended: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    let rest = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      this.lines.push(...lines);
      for (const hear of [...this.hearers]) hear();
    });
    this.ended = once(child, 'close').then(() => {
      for (const hear of [...this.hearers]) hear();
    });
  }

  static start(given: RelayGiven): RelayProcess {
    const program = programArguments(path.join(__dirname, 'relay'));
    const args = [...program, JSON.stringify(given)];
    return new RelayProcess(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] }));
  }

  /**
   * Resolves when it has said a line for which the condition holds; to that line.
   *
   * @throws Error where it ends, or says that it failed, before
   */
  async says(condition: (line: string) => boolean): Promise<string> {
    for (;;) {
      const line = this.lines.find(condition);
      if (line !== undefined) return line;
      const failed = this.lines.find((one) => one.startsWith('failed'));
      if (failed !== undefined || this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`the relay ended: ${failed ?? 'it said nothing'}`);
      }
      await new Promise<void>((resolve) => {
        const hear = (): void => {
          this.hearers.delete(hear);
          resolve();
        };
        this.hearers.add(hear);
      });
    }
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.child.kill(signal);
    await this.ended;
  }
}
