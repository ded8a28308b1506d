import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Config, type Jejak, openAccountLocally, openByMode, readConfig } from '@jejak/runtime';
import { ManyMachines } from './many-machines';

const root = path.resolve(__dirname, '../../..');
const MAIN = path.join(root, 'dist/apps/api/src/main.js');
const WORKER = path.join(root, 'dist/apps/worker/src/main.js');

/** How Jejak runs: the suite is the same for all of them. */
export type Mode = Config['mode'];

/** The mode that the suite runs in: `npm run acceptance -- --mode embedded|distributed`. */
export const mode: Mode = process.env.JEJAK_ACCEPTANCE_MODE === 'distributed' ? 'distributed' : 'embedded';

/** A running Jejak, with an operator to begin with. */
export interface Running {
  readonly url: string;
  readonly directory: string;
  readonly operator: { readonly login: string; readonly password: string; readonly subject: string };
  /** what its api printed so far */
  output(): string;
  /** what each of its programs printed so far, on both its streams */
  printed(): Readonly<Partial<Record<ProgramName, string>>>;
  /** sends a signal to its api, ends the others, and gives the exit code of the api, or the signal that ended it */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

export type ProgramName = 'api' | 'relay' | 'worker';

export interface StartOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** a directory of an earlier run, to go on with */
  readonly directory?: string;
}

const OPERATOR = { login: 'operator', password: 'operator-of-tests' };

/** The servers of the installations that run on many machines, by directory. */
const installations = new Map<string, ManyMachines>();

/**
 * Starts the built programs on a free port, over an empty data directory, or over servers that hold nothing, and waits
 * until it is ready.
 *
 * @throws Error with what it printed, where it ended before
 */
export async function startJejak(
  running: Mode,
  { environment = {}, directory }: StartOptions = {},
): Promise<Running> {
  const data = directory ?? fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-acceptance-'));
  if (running === 'distributed' && !installations.has(data))
    installations.set(data, await ManyMachines.start());
  const own = environmentOf(data);
  const subject = await firstOperator(data);
  const options = {
    env: {
      PATH: process.env.PATH ?? '',
      PORT: '0',
      JEJAK_SAMPLE: 'no',
      JEJAK_SIGN_INS_PER_MINUTE: '0',
      JEJAK_RATE_PER_MINUTE: '0',
      ...own,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
  };
  let output = '';
  const printed: Partial<Record<ProgramName, string>> = {};
  const begun = (name: ProgramName, args: readonly string[]): ChildProcess => {
    const program = spawn(process.execPath, args, options);
    printed[name] = '';
    for (const stream of [program.stdout, program.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        printed[name] += chunk.toString();
        if (name === 'api' || stream === program.stderr) output += chunk.toString();
      });
    }
    return program;
  };
  const others =
    running === 'distributed' ? [begun('relay', [WORKER, '--relay']), begun('worker', [WORKER])] : [];
  const child = begun('api', [MAIN]);
  const url = await listening(child, () => output);
  await ready(url, () => output);
  return {
    url,
    directory: data,
    operator: { ...OPERATOR, subject },
    output: () => output,
    printed: () => printed,
    async stop(signal = 'SIGTERM') {
      const [ended] = await Promise.all([end(child, signal), ...others.map((each) => end(each, 'SIGTERM'))]);
      return ended;
    },
  };
}

/** Opens the installation in this process, while no api runs on its directory. */
export function openHere(directory: string): Promise<Jejak> {
  return openByMode(readConfig(environmentOf(directory)).config, { worker: 'manual' });
}

/** Removes what a Jejak that was stopped has kept. */
export async function removeData({ directory }: Running): Promise<void> {
  await installations.get(directory)?.stop();
  installations.delete(directory);
  fs.rmSync(directory, { recursive: true, force: true });
}

/** What the programs of an installation are told of its servers. */
export function environmentOf(directory: string): Readonly<Record<string, string>> {
  return { JEJAK_DATA: directory, ...installations.get(directory)?.environment };
}

/** The account that everything begins with: in production `jejak account create` makes it. */
async function firstOperator(directory: string): Promise<string> {
  const jejak = await openHere(directory);
  try {
    const actor = { subject: 'cli', role: 'operator' };
    const account = { ...OPERATOR, name: 'Operator', kind: 'person' as const };
    return (await openAccountLocally(jejak, actor, 'first-operator', account, true)).subject;
  } finally {
    await jejak.close();
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode ?? child.signalCode;
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('exit', (code, by) => resolve(code ?? by));
  });
  child.kill(signal);
  return ended;
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

async function ready(url: string, output: () => string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const response = await fetch(`${url}/health/ready`);
    if (response.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`it did not get ready:\n${output()}`);
}
