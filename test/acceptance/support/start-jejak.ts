import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { configFor, openAccountLocally, openJejak } from '@jejak/runtime';

const root = path.resolve(__dirname, '../../..');
const MAIN = path.join(root, 'dist/apps/api/src/main.js');

/** How Jejak runs: the suite is the same for all of them. */
export type Mode = 'one-machine';

/** The mode that the suite runs in, from the environment. */
export const mode: Mode = 'one-machine';

/** A running Jejak, with an operator to begin with. */
export interface Running {
  readonly url: string;
  readonly directory: string;
  readonly operator: { readonly login: string; readonly password: string; readonly subject: string };
  /** what it printed so far */
  output(): string;
  /** sends a signal and gives the exit code, or the signal that ended it */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

export interface StartOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** a directory of an earlier run, to go on with */
  readonly directory?: string;
}

const OPERATOR = { login: 'operator', password: 'operator-of-tests' };

/**
 * Starts the built program on a free port, over an empty data directory, and waits until it is ready.
 *
 * @throws Error with what it printed, where it ended before
 */
export async function startJejak(
  _mode: Mode,
  { environment = {}, directory }: StartOptions = {},
): Promise<Running> {
  const data = directory ?? fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-acceptance-'));
  const subject = await firstOperator(data);
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env.PATH ?? '',
      PORT: '0',
      JEJAK_DATA: data,
      JEJAK_SAMPLE: 'no',
      JEJAK_SIGN_INS_PER_MINUTE: '0',
      JEJAK_RATE_PER_MINUTE: '0',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const url = await listening(child, () => output);
  await ready(url);
  return {
    url,
    directory: data,
    operator: { ...OPERATOR, subject },
    output: () => output,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode ?? child.signalCode;
      const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
        child.once('exit', (code, by) => resolve(code ?? by));
      });
      child.kill(signal);
      return ended;
    },
  };
}

/** Removes the data directory of a Jejak that was stopped. */
export function removeData({ directory }: Running): void {
  fs.rmSync(directory, { recursive: true, force: true });
}

/** The account that everything begins with: in production `jejak account create` makes it. */
async function firstOperator(directory: string): Promise<string> {
  const jejak = await openJejak(configFor(directory), { worker: 'manual' });
  try {
    const actor = { subject: 'cli', role: 'operator' };
    const account = { ...OPERATOR, name: 'Operator', kind: 'person' as const };
    return (await openAccountLocally(jejak, actor, 'first-operator', account, true)).subject;
  } finally {
    await jejak.close();
  }
}

function listening(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const url = /listens on (http:\S+)/.exec(output())?.[1];
      if (url === undefined) return;
      child.stdout?.off('data', look);
      resolve(url);
    };
    child.stdout?.on('data', look);
    child.once('exit', (code) => reject(new Error(`it ended with code ${String(code)}:\n${output()}`)));
  });
}

async function ready(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const response = await fetch(`${url}/health/ready`);
    if (response.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not get ready');
}
