import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { programArguments } from '../../support/program';

/** What the writer was told. */
export interface Written {
  /** command ids of the appends that were acknowledged */
  readonly acknowledged: readonly string[];
  readonly failed: boolean;
  /** whether the writer ended by SIGKILL */
  readonly killed: boolean;
  /** what the log did after a failure: `refused`, `written`, `read <count>` */
  readonly after: readonly string[];
}

export interface WriterRun {
  readonly writers: number;
  readonly appends: number;
  /** how strace is to be called; it follows all threads */
  readonly strace?: readonly string[];
  readonly env?: { readonly [name: string]: string };
  /** kills the writer so many milliseconds after its first acknowledgement */
  readonly killAfter?: number;
}

/** Runs the writer on a data directory until it ends, one way or another. */
export async function runWriter(directory: string, run: WriterRun): Promise<Written> {
  const acks = path.join(directory, 'acks');
  fs.writeFileSync(acks, '');
  const writer = [
    ...programArguments(path.join(__dirname, 'writer')),
    directory,
    String(run.writers),
    String(run.appends),
  ];
  const [program, ...args] =
    run.strace === undefined
      ? [process.execPath, ...writer]
      : ['strace', '-f', '-qq', ...run.strace, process.execPath, ...writer];
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...run.env },
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  if (run.killAfter !== undefined) {
    while (fs.statSync(acks).size === 0 && child.exitCode === null) await sleep(2);
    await sleep(run.killAfter);
    child.kill('SIGKILL');
  }
  const [, signal] = await ended;
  const lines = fs.readFileSync(acks, 'utf8').split('\n');
  const after = (word: string) =>
    lines.filter((line) => line.startsWith(word)).map((line) => line.slice(word.length));
  // A writer that could not even begin would make every count meaningless.
  if (/Cannot find module|SyntaxError|TypeError|strace:/.test(complaint)) throw new Error(complaint);
  return {
    acknowledged: after('ack '),
    failed: after('failed ').length > 0,
    killed: signal === 'SIGKILL',
    after: after('after '),
  };
}

/** Gives a new directory to work in, and removes it afterwards. */
export async function inDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-fault-'));
  try {
    return await work(directory);
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** So many ordinals from 1 to `span`, spread evenly; all of them when there are as many. */
export function ordinals(count: number, span: number): readonly number[] {
  return Array.from({ length: count }, (_, n) => 1 + Math.floor((n * span) / count));
}
