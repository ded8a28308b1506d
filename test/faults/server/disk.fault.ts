import path from 'node:path';
import { CITY, prepareBudgetCity, signInOfficer } from '../../support/budget-city';
import { startApi } from '../../support/server-process';
import { inDirectory } from '../log/run-writer';
import type { Fault, FaultOutcome } from '../registry';
import { deliver, LINES, load, receipt } from './clients';
import { type Acknowledged, verify } from './verify';

/** Writes that go well before every later one fails: the databases are open by then, and clients are at work. */
const FIRST = 400;
const SPAN = 1_200;

const ERRORS = ['ENOSPC', 'EROFS'];

/** From the n-th write on none succeeds, in any file of the server: a disk that is full, or was made read-only. */
async function failFrom(error: string, ordinal: number): Promise<readonly string[]> {
  return inDirectory(async (directory) => {
    const violations: string[] = [];
    const acknowledged: Acknowledged[] = [];
    const serial = { n: 0 };
    await prepareBudgetCity(directory, LINES);
    const calls = 'pwrite64,fsync,fdatasync';
    const strace = ['strace', '-f', '-qq', '--seccomp-bpf', '-o', path.join(directory, 'trace')];
    const inject = ['-e', `inject=pwrite64:error=${error}:when=${String(ordinal)}+`];
    // -D: what is started, and later killed, is the server and not strace.
    const server = await startApi(directory, [...strace, '-D', '-e', `trace=${calls}`, ...inject]);
    try {
      const token = await signInOfficer(server.url);
      const others = await load(server.url, token, serial, acknowledged);
      if (others.length === 0) violations.push('no command was refused');
      for (const { status, body } of [...others, await deliver(server.url, token, serial.n++)]) {
        const { code } = JSON.parse(body) as { readonly code?: string };
        if (status !== 503 || code !== 'log-unavailable') violations.push(`${String(status)}: ${body}`);
      }
      const read = await fetch(`${server.url}/v1/programmes/${CITY}/snapshot`, {
        headers: { authorization: `Bearer ${token}` },
      });
      if (read.status !== 200) violations.push(`a reader is answered ${String(read.status)}`);
    } finally {
      await server.stop('SIGKILL');
    }
    await verify(directory, acknowledged, violations);
    const restarted = await startApi(directory);
    try {
      const token = await signInOfficer(restarted.url);
      const answer = await deliver(restarted.url, token, serial.n++);
      if (answer.status >= 300) violations.push(`after the restart: ${answer.body}`);
      else acknowledged.push(receipt(answer));
    } finally {
      await restarted.stop();
    }
    await verify(directory, acknowledged, violations);
    return violations.map((what) => `${error} from write ${String(ordinal)}: ${what}`);
  });
}

async function failing(count: number): Promise<FaultOutcome> {
  const violations: string[] = [];
  for (let n = 0; n < count; n++) {
    const error = ERRORS[n % ERRORS.length] ?? 'ENOSPC';
    violations.push(...(await failFrom(error, FIRST + Math.floor((n * SPAN) / count))));
  }
  return { count, violations };
}

export const faults: readonly Fault[] = [
  {
    name: 'a full or read-only disk under 64 clients: each write is answered 503, reads go on, nothing acknowledged is lost, a restart mends',
    counts: { full: 40, share: 2 },
    tools: ['strace'],
    run: failing,
  },
];
