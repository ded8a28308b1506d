import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { isServer, serverLacks } from '../support/servers';

/** Something that goes wrong, many times over, and what must hold all the same. */
export interface Fault {
  /** what must hold, in a few words */
  readonly name: string;
  /** how many times by `npm run faults -- --full`, and how many in every test run */
  readonly counts: { readonly full: number; readonly share: number };
  /** what it needs: programs of the machine, such as `strace`, and servers, such as `kafka` */
  readonly tools?: readonly string[];
  run(count: number): Promise<FaultOutcome>;
}

export interface FaultOutcome {
  /** how many were really done: at least as many as were asked for */
  readonly count: number;
  /** what did not hold, one sentence each */
  readonly violations: readonly string[];
}

/** The faults of every `*.fault` file below a directory: each exports them as `faults`. */
export function discoverFaults(directory: string = __dirname): readonly Fault[] {
  const files = fs.readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => /\.fault\.[jt]s$/.test(file))
    .sort()
    .flatMap((file) => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- which files there are is seen only now
      return (require(path.join(directory, file)) as { readonly faults: readonly Fault[] }).faults;
    });
}

/** Whether the machine has the program and lets us use it, or can have the server. */
export function hasTool(tool: string): boolean {
  if (isServer(tool)) return serverLacks(tool) === undefined;
  const attempt = tool === 'strace' ? ['-o', '/dev/null', 'true'] : ['--version'];
  return spawnSync(tool, attempt, { stdio: 'ignore' }).status === 0;
}
