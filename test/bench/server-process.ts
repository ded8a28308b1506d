import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { programArguments } from '../support/program';

export interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

const ROOT = path.resolve(__dirname, '../../..');

/** Starts our server, as it was built, on a free port; resolves when it prints its address. */
export function startApi(dataDirectory: string): Promise<RunningServer> {
  return started(
    spawn(process.execPath, [path.join(ROOT, 'dist/apps/api/src/main.js')], {
      env: {
        ...process.env,
        NODE_ENV: 'production',
        PORT: '0',
        JEJAK_DATA: dataDirectory,
        JEJAK_RATE_PER_MINUTE: '0',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
}

/** Starts another program of this folder that prints its address. */
export function startProgram(name: string, ...args: readonly string[]): Promise<RunningServer> {
  const program = programArguments(path.join(__dirname, name));
  return started(spawn(process.execPath, [...program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] }));
}

function started(child: ChildProcess): Promise<RunningServer> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const ended = new Promise<void>((done) => child.once('exit', () => done()));
    child.once('exit', (code) => reject(new Error(`the server ended with ${String(code)}: ${printed}`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString('utf8');
      const url = /listens on (http:\S+)/.exec(printed)?.[1];
      if (url === undefined) return;
      const stop = async (): Promise<void> => {
        child.kill('SIGTERM');
        await ended;
      };
      resolve({ url, stop });
    });
  });
}
