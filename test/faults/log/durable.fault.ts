import path from 'node:path';
import type { Fault, FaultOutcome } from '../registry';
import { inDirectory, runWriter } from './run-writer';
import { readTrace, traceArguments, type TraceReading } from './trace';

const trace = (
  appends: number,
  writers: number,
  env: { readonly [name: string]: string } = {},
): Promise<TraceReading> =>
  inDirectory(async (directory) => {
    const file = path.join(directory, 'trace');
    await runWriter(directory, { writers, appends, strace: traceArguments(file), env });
    return readTrace(file);
  });

/** No append is acknowledged before the sync that makes it durable. SIGKILL cannot show that; system calls do. */
async function durable(count: number): Promise<FaultOutcome> {
  const alone = Math.ceil(count / 20);
  const readings = [await trace(count - alone, 64), await trace(alone, 1)];
  const violations = readings.flatMap(({ early }) =>
    early.map((command) => `${command} was acknowledged before fsync`),
  );
  return { count: readings.reduce((sum, { acknowledged }) => sum + acknowledged, 0), violations };
}

/** The same trace of a log that is not durable: a test that finds nothing there finds nothing anywhere. */
async function caught(count: number): Promise<FaultOutcome> {
  const { acknowledged, early } = await trace(count, 64, { FAULTY_SYNCHRONOUS: 'NORMAL' });
  const violations =
    early.length > 0 ? [] : ['with synchronous NORMAL no acknowledgement was found to be early'];
  return { count: acknowledged, violations };
}

export const faults: readonly Fault[] = [
  {
    name: 'appends under a system-call trace: none acknowledged before fsync',
    counts: { full: 10_000, share: 1_500 },
    tools: ['strace'],
    run: durable,
  },
  {
    name: 'appends with synchronous NORMAL: the same trace finds the early acknowledgements',
    counts: { full: 2_000, share: 500 },
    tools: ['strace'],
    run: caught,
  },
];
