import { type ChildProcess, spawn } from 'node:child_process';
import { builtProgram, programArguments } from './program';

export interface RunningServer {
  readonly url: string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/**
 * Starts our server, as it was built, on a free port; resolves when it prints its address.
 *
 * @param under a program and its arguments under which it runs, such as strace
 */
export function startApi(dataDirectory: string, under: readonly string[] = []): Promise<RunningServer> {
  const [program, ...args] = [...under, process.execPath, builtProgram('apps/api/src/main.js')];
  return started(
    spawn(program, args, {
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

/** Starts another program that prints its address; its path without the extension. */
export function startProgram(name: string, ...args: readonly string[]): Promise<RunningServer> {
  const program = programArguments(name);
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
      const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
        child.kill(signal);
        await ended;
      };
      resolve({ url, stop });
    });
  });
}
