import { setTimeout as sleep } from 'node:timers/promises';
import { prepareBudgetCity, signInOfficer } from '../../support/budget-city';
import { startApi } from '../../support/server-process';
import { inDirectory } from '../log/run-writer';
import type { Fault, FaultOutcome } from '../registry';
import { LINES, load } from './clients';
import { type Acknowledged, verify } from './verify';

/** Kills of one data directory: each check reads all of its log. */
const KILLS = 20;

async function killUnderLoad(count: number): Promise<FaultOutcome> {
  const violations: string[] = [];
  let [done, receipts] = [0, 0];
  while (done < count && violations.length === 0) {
    await inDirectory(async (directory) => {
      const acknowledged: Acknowledged[] = [];
      const serial = { n: 0 };
      await prepareBudgetCity(directory, LINES);
      const last = Math.min(count, done + KILLS);
      while (done < last && violations.length === 0) {
        const server = await startApi(directory);
        const loaded = load(server.url, await signInOfficer(server.url), serial, acknowledged);
        await sleep(50 + Math.random() * 700);
        await server.stop('SIGKILL');
        const others = await loaded;
        violations.push(...others.map(({ status, body }) => `answered ${String(status)}: ${body}`));
        await verify(directory, acknowledged, violations);
        done++;
      }
      receipts += acknowledged.length;
    });
  }
  if (receipts < count) violations.push(`only ${String(receipts)} commands were acknowledged`);
  return { count: done, violations };
}

export const faults: readonly Fault[] = [
  {
    name: 'the server killed under 64 clients: each acknowledged command is there once, every stored view equals a fresh fold',
    counts: { full: 1_000, share: 3 },
    run: killUnderLoad,
  },
];
