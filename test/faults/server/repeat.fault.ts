import { setTimeout as sleep } from 'node:timers/promises';
import { prepareBudgetCity, signInOfficer } from '../../support/budget-city';
import { type RunningServer, startApi } from '../../support/server-process';
import { inDirectory } from '../log/run-writer';
import type { Fault, FaultOutcome } from '../registry';
import { CLIENTS, deliver, LINES, receipt } from './clients';
import { type Acknowledged, verify } from './verify';

/** Commands between two kills of the server. */
const BETWEEN = 250;

/** Commands whose deliveries are mixed with one another. */
const WINDOW = 50;

/** The server that answers now; a client that gets no answer waits for the next one. */
class Restarting {
  private current: Promise<{ readonly server: RunningServer; readonly token: string }>;

  constructor(private readonly directory: string) {
    this.current = this.start();
  }

  async kill(): Promise<void> {
    const { server } = await this.current;
    this.current = server.stop('SIGKILL').then(() => this.start());
  }

  async deliver(n: number, amount?: number): ReturnType<typeof deliver> {
    for (;;) {
      const { server, token } = await this.current;
      const answer = await deliver(server.url, token, n, amount).catch(() => undefined);
      if (answer !== undefined) return answer;
      await sleep(20);
    }
  }

  async stop(): Promise<void> {
    const { server } = await this.current;
    await server.stop();
  }

  private async start(): Promise<{ readonly server: RunningServer; readonly token: string }> {
    const server = await startApi(this.directory);
    return { server, token: await signInOfficer(server.url) };
  }
}

/** Each command one to five times, those of a window in any order. */
function deliveries(count: number): readonly number[] {
  const order: number[] = [];
  for (let from = 0; from < count; from += WINDOW) {
    const window: number[] = [];
    for (let n = from; n < Math.min(count, from + WINDOW); n++) {
      for (let times = 1 + Math.floor(Math.random() * 5); times > 0; times--) window.push(n);
    }
    for (let last = window.length - 1; last > 0; last--) {
      const other = Math.floor(Math.random() * (last + 1));
      [window[last], window[other]] = [window[other] ?? 0, window[last] ?? 0];
    }
    order.push(...window);
  }
  return order;
}

async function repeated(count: number): Promise<FaultOutcome> {
  const violations: string[] = [];
  await inDirectory(async (directory) => {
    await prepareBudgetCity(directory, LINES);
    const server = new Restarting(directory);
    const answers = new Map<number, string>();
    const order = deliveries(count);
    let next = 0;
    let untilKill = BETWEEN;
    const client = async (): Promise<void> => {
      while (next < order.length) {
        const n = order[next++] ?? 0;
        const { status, body } = await server.deliver(n);
        if (status >= 300) {
          violations.push(`command ${String(n)} is answered ${String(status)}: ${body}`);
          continue;
        }
        const first = answers.get(n);
        if (first === undefined) {
          answers.set(n, body);
          if (--untilKill === 0) {
            untilKill = BETWEEN;
            await server.kill();
          }
        } else if (first !== body) violations.push(`command ${String(n)} is answered ${first}, then ${body}`);
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    const other = await Promise.all(Array.from({ length: CLIENTS }, (_, n) => server.deliver(n, 7)));
    for (const { status, body } of other) {
      if (status !== 422 || !body.includes('idempotency-key-reused'))
        violations.push(`another body under a used key is answered ${String(status)}: ${body}`);
    }
    await server.stop();
    const acknowledged: Acknowledged[] = [...answers.values()].map((body) => receipt({ status: 201, body }));
    const events = await verify(directory, acknowledged, violations);
    const effects = events.filter(({ event }) => event.type === 'BudgetDisbursed').length;
    if (effects !== count) violations.push(`${String(count)} commands made ${String(effects)} events`);
  });
  return { count, violations };
}

export const faults: readonly Fault[] = [
  {
    name: 'commands delivered one to five times by 64 clients, the server killed again and again: one effect, one answer',
    counts: { full: 10_000, share: 500 },
    run: repeated,
  },
];
