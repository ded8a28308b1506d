import { MongoConnection, MongoViewStore } from '@jejak/adapters/mongo';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { freshDatabase, withDatabase } from '../../support/mongo';
import { programArguments } from '../../support/program';
import { type History, pureDigest, storedDigest } from '../kafka/cities';
import type { WorkerGiven } from './worker';

/** Random histories, a database of its own at a server, and a directory in which workers keep how far they are. */
export class Round {
  readonly url: string;
  private readonly expected: string;

  constructor(
    address: string,
    private readonly directory: string,
    private readonly histories: ReadonlyMap<string, History>,
  ) {
    const url = new URL(freshDatabase(address));
    url.searchParams.set('monitorCommands', 'true');
    this.url = url.href;
    this.expected = pureDigest(histories);
    for (const name of fs.readdirSync(directory)) fs.rmSync(path.join(directory, name));
    fs.writeFileSync(path.join(directory, 'histories'), JSON.stringify([...histories]));
  }

  start(given: Pick<WorkerGiven, 'deadly' | 'pace'>): WorkerProcess {
    const seed = 1 + Math.floor(Math.random() * 1_000_000);
    return new WorkerProcess({ ...given, seed, url: this.url, directory: this.directory });
  }

  /** How many events the workers have dealt with. */
  done(): number {
    const file = path.join(this.directory, 'done');
    return fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8')) : 0;
  }

  /** What is wrong with the views, once a worker has come to the end of the log. */
  async wrong(): Promise<readonly string[]> {
    const mongo = await MongoConnection.open({ url: this.url });
    try {
      const stored = await storedDigest(await MongoViewStore.open(mongo), this.histories);
      if (stored === this.expected) return [];
      return [`the views are not the pure folds of the log: ${stored}, not ${this.expected}`];
    } finally {
      await mongo.close();
    }
  }

  async drop(): Promise<void> {
    await withDatabase(this.url, (db) => db.dropDatabase());
  }
}

/** A worker in a process of its own. */
export class WorkerProcess {
  /** what it has said so far */
  readonly lines: string[] = [];
  /** resolves when it has ended, to whether that was by SIGKILL */
  readonly killed: Promise<boolean>;
  private readonly child;

  constructor(given: WorkerGiven) {
    const args = [...programArguments(path.join(__dirname, 'worker')), JSON.stringify(given)];
    this.child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let rest = '';
    this.child.stdout.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      this.lines.push(...lines);
    });
    this.killed = once(this.child, 'close').then(() => this.child.signalCode === 'SIGKILL');
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  get hasBegun(): boolean {
    return this.lines.includes('begins');
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  /** @throws Error where it could not do its work at all: a count would mean nothing */
  check(): void {
    const failed = this.lines.find((line) => line.startsWith('failed'));
    if (failed !== undefined) throw new Error(failed);
  }
}
