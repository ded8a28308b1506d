import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultOutcome } from '../registry';
import { Installation } from './installation';
import { Load } from './load';
import { caughtUp, settled, wrongIn } from './verify';

/** Something that happens to an installation; it resolves when that is over. */
export interface Trouble {
  readonly name: string;
  make(installation: Installation, load: Load): Promise<void>;
}

/** Milliseconds in which the views have what the log had when the trouble was over. */
const CATCH_UP = 60_000;

/** Commands that are acknowledged before each trouble: what meets no load shows nothing. */
const BEFORE = 10;

/** Makes one trouble after the other for an installation under load; sees after each that it comes round by itself. */
export async function underLoad(count: number, trouble: (n: number) => Trouble): Promise<FaultOutcome> {
  const installation = await Installation.start();
  const load = new Load(installation);
  const { violations } = installation;
  try {
    for (let n = 0; n < count && violations.length === 0; n++) {
      load.start();
      if (!(await flows(load, load.given.length + BEFORE))) violations.push('there is no load');
      const { name, make } = trouble(n);
      await make(installation, load).catch((error: unknown) => violations.push(`${name}: ${String(error)}`));
      const took = await caughtUp(installation, CATCH_UP);
      if (took === undefined) violations.push(`after ${name} the views do not catch up`);
      else tell(`${name}: the views had caught up ${(took / 1_000).toFixed(1)} s after it`);
      violations.push(...load.violations.splice(0).map((what) => `${name}: ${what}`));
    }
    await load.stop();
    if ((await settled(installation, CATCH_UP)) === undefined)
      violations.push('in the end there are closings without a seal, or views that do not catch up');
    violations.push(...(await wrongIn(installation, load)));
    const notNow = [...load.requests.notNow].map(([code, times]) => `${String(times)} ${code}`).join(', ');
    tell(
      `${String(load.given.length)} commands, ${String(load.answers)} answers; not now: ${notNow || 'never'}`,
    );
  } finally {
    await installation.stop();
  }
  return { count, violations };
}

/** Whether so many commands have been acknowledged, in the end. */
async function flows(load: Load, given: number): Promise<boolean> {
  const end = Date.now() + CATCH_UP;
  while (load.given.length < given && Date.now() < end) await sleep(50);
  return load.given.length >= given;
}

function tell(what: string): void {
  process.stderr.write(`${what}\n`);
}
