import type { Fault, FaultOutcome } from '../registry';
import { checkLog } from './check';
import { inDirectory, ordinals, runWriter } from './run-writer';

const FIRST_SYNCS = 200;

/** Kills the writer on entering one of its first fsyncs: from the making of the file to full load. */
async function killAtSync(count: number): Promise<FaultOutcome> {
  const violations: string[] = [];
  let killed = 0;
  for (const ordinal of ordinals(count, FIRST_SYNCS)) {
    await inDirectory(async (directory) => {
      const inject = `fsync,fdatasync:signal=SIGKILL:when=${String(ordinal)}`;
      // Without seccomp-bpf, under which strace 6.1 sends no signal.
      const strace = ['-o', '/dev/null', '-e', 'trace=fsync,fdatasync', '-e', `inject=${inject}`];
      const { acknowledged, killed: dead } = await runWriter(directory, {
        writers: 64,
        appends: 50_000,
        strace,
      });
      if (dead) killed++;
      else violations.push(`fsync ${String(ordinal)} was never reached`);
      const wrong = await checkLog(directory, acknowledged);
      violations.push(...wrong.map((what) => `killed at fsync ${String(ordinal)}: ${what}`));
    });
  }
  return { count: killed, violations };
}

/** Logs are used again after a kill, so that some are recovered many times. */
const KILLS_PER_LOG = 10;

/** Kills the writer at random moments under the load of 64 writers. */
async function killAtRandom(count: number): Promise<FaultOutcome> {
  const violations: string[] = [];
  let killed = 0;
  while (killed < count) {
    await inDirectory(async (directory) => {
      const acknowledged: string[] = [];
      for (let n = 0; n < KILLS_PER_LOG && killed < count; n++) {
        const killAfter = Math.random() * 60;
        const written = await runWriter(directory, { writers: 64, appends: 1_000_000, killAfter });
        acknowledged.push(...written.acknowledged);
        killed++;
        if (written.acknowledged.length === 0)
          violations.push('the writer was killed before it wrote anything');
        violations.push(
          ...(await checkLog(directory, acknowledged)).map((what) => `killed at random: ${what}`),
        );
      }
    });
  }
  return { count: killed, violations };
}

export const faults: readonly Fault[] = [
  {
    name: 'SIGKILL at each of the first fsyncs: what was acknowledged is there once, the rest whole or not at all',
    counts: { full: 200, share: 6 },
    tools: ['strace'],
    run: killAtSync,
  },
  {
    name: 'SIGKILL at random moments under 64 writers: the same',
    counts: { full: 1_000, share: 8 },
    run: killAtRandom,
  },
];
