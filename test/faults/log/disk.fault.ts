import fs from 'node:fs';
import path from 'node:path';
import type { Fault, FaultOutcome } from '../registry';
import { checkLog } from './check';
import { inDirectory, ordinals, runWriter } from './run-writer';
import { readTrace, traceArguments } from './trace';

/** So many that every ordinal below is reached, with 64 writers in a commit. */
const APPENDS = 10_000;

/** The calls that fail, and the ordinals of which some are taken: as many commits either way. */
const CALLS = [
  { calls: 'fsync,fdatasync', span: 100 },
  { calls: 'pwrite64', span: 1_500 },
];
const ERRORS = ['EIO', 'ENOSPC'];

interface Attempt {
  readonly wrong: readonly string[];
  /** the failure reached an append, or kept the log from opening */
  readonly told: boolean;
}

/** Lets the n-th call of a kind fail, once: the disk is well again afterwards. */
async function failOnce(calls: string, error: string, ordinal: number): Promise<Attempt> {
  return inDirectory(async (directory) => {
    const trace = path.join(directory, 'trace');
    const inject = ['-e', `inject=${calls}:error=${error}:when=${String(ordinal)}`];
    const strace = [...traceArguments(trace), ...inject];
    const { acknowledged, failed, after } = await runWriter(directory, {
      writers: 64,
      appends: APPENDS,
      strace,
    });
    const { early, injected } = await readTrace(trace);
    const wrong = early.map((command) => `${command} was acknowledged although it was not durable`);
    if (!injected) wrong.push('the fault was never reached');
    if (failed && !/^refused,refused,refused,read \d+$/.test(after.join())) {
      wrong.push(`after the failure the log did not refuse writes and go on reading: ${after.join()}`);
    }
    fs.rmSync(trace);
    wrong.push(...(await checkLog(directory, acknowledged)));
    return {
      wrong: wrong.map((what) => `${error} at ${calls} ${String(ordinal)}: ${what}`),
      told: failed || acknowledged.length === 0,
    };
  });
}

async function failing(count: number, error: string): Promise<FaultOutcome> {
  const violations: string[] = [];
  const each = Math.ceil(count / CALLS.length);
  for (const { calls, span } of CALLS) {
    let told = 0;
    for (const ordinal of ordinals(each, span)) {
      const attempt = await failOnce(calls, error, ordinal);
      violations.push(...attempt.wrong);
      if (attempt.told) told++;
    }
    // Some hit a checkpoint, which SQLite repeats; if most went unnoticed, something swallows errors.
    if (told * 2 < each)
      violations.push(`${error} at ${calls}: only ${String(told)} of ${String(each)} were noticed`);
  }
  return { count: each * CALLS.length, violations };
}

export const faults: readonly Fault[] = ERRORS.map((error) => ({
  name: `${error} at ordinals of write and fsync: nothing falsely acknowledged, writes refused, reads go on, no repair`,
  counts: { full: 200, share: 4 },
  tools: ['strace'],
  run: (count: number) => failing(count, error),
}));
