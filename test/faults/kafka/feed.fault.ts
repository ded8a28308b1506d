import { KafkaFeed, KafkaPublisher } from '@jejak/adapters/kafka';
import type { ProgrammeEvent } from '@jejak/core';
import { FaultProxy } from '../../support/fault-proxy';
import { OwnServer } from '../../support/servers';
import { sleep } from '../log/run-writer';
import type { Fault, FaultOutcome } from '../registry';
import { cities, type History } from './cities';

const MEMBERS = 2;

/** How long consumers may take to have everything again once the broker is back, in milliseconds. */
const PATIENCE = 60_000;

const SESSION = 1_500;

/** What members of one group get: each programme must come whole and in order; what comes again is passed over. */
class Received {
  readonly next = new Map<string, number>();
  readonly wrong: string[] = [];

  take(events: readonly ProgrammeEvent[]): void {
    for (const { event, index } of events) {
      const next = this.next.get(event.programme) ?? 0;
      if (index > next)
        this.wrong.push(`${event.programme}: ${String(index)} came before ${String(next)} had come`);
      if (index === next) this.next.set(event.programme, next + 1);
    }
  }

  has(sent: ReadonlyMap<string, number>): boolean {
    return [...sent].every(([programme, count]) => (this.next.get(programme) ?? 0) >= count);
  }
}

/** Publishes the histories, a few events of each at a time, and begins again when they are at an end. */
class Source {
  readonly sent = new Map<string, number>();

  constructor(private readonly histories: ReadonlyMap<string, History>) {}

  batch(): readonly ProgrammeEvent[] {
    return [...this.histories].flatMap(([programme, history]) => {
      const from = this.sent.get(programme) ?? 0;
      this.sent.set(programme, from + 5);
      return Array.from({ length: 5 }, (_, n): ProgrammeEvent => {
        const recorded = history[(from + n) % history.length] as ProgrammeEvent;
        return { ...recorded, index: from + n };
      });
    });
  }
}

/** What happens to the broker, one after the other; each returns when it is over. */
const TROUBLES: readonly ((broker: OwnServer, proxy: FaultProxy) => Promise<void>)[] = [
  async (broker) => {
    await broker.kill();
    await sleep(Math.random() * 2_000);
    await broker.restart();
  },
  async (_, proxy) => {
    // Long enough for the members to be shut out.
    proxy.halfOpen();
    await sleep(2 * SESSION);
    proxy.heal();
  },
  async (_, proxy) => {
    proxy.refuse();
    await sleep(Math.random() * 3_000);
    proxy.heal();
  },
];

async function troubleBroker(count: number): Promise<FaultOutcome> {
  const proxy = await FaultProxy.start();
  const broker = await OwnServer.start('kafka', { advertisedPort: proxy.port });
  proxy.leadTo(broker.port);
  const options = {
    brokers: [broker.address],
    partitions: 4,
    requestTimeout: 2_000,
    sessionTimeout: SESSION,
    heartbeatInterval: 200,
    rebalanceTimeout: 3_000,
    maxWait: 100,
    batchBytes: 20_000,
  };
  const source = new Source(cities(6, 60));
  const received = new Received();
  const ending = new AbortController();
  const publisher = new KafkaPublisher(options);
  const publishing = (async () => {
    while (!ending.signal.aborted) {
      await publisher.publish(source.batch(), ending.signal);
      await sleep(20);
    }
  })();
  const feeds = Array.from({ length: MEMBERS }, () => new KafkaFeed(options));
  const consuming = feeds.map(async (feed) => {
    for await (const batch of feed.consume('views', ending.signal)) {
      received.take(batch.events);
      await sleep(Math.random() * 10);
      await batch.done();
    }
  });
  const violations: string[] = [];
  try {
    for (let n = 0; n < count && violations.length === 0; n++) {
      await sleep(Math.random() * 500);
      await TROUBLES[n % TROUBLES.length]?.(broker, proxy);
      const sent = new Map(source.sent);
      const until = Date.now() + PATIENCE;
      while (!received.has(sent)) {
        if (Date.now() > until) {
          violations.push(`after trouble ${String(n)} not everything came within ${String(PATIENCE)} ms`);
          break;
        }
        await sleep(20);
      }
    }
  } finally {
    ending.abort();
    await Promise.all([publishing, ...consuming]);
    await Promise.all([publisher.close(), ...feeds.map((feed) => feed.close())]);
    await broker.stop();
    await proxy.close();
  }
  return { count, violations: [...violations, ...received.wrong] };
}

export const faults: readonly Fault[] = [
  {
    name: 'the broker killed, half open or refusing under load: consumers join again by themselves, nothing is missed',
    counts: { full: 60, share: 3 },
    tools: ['kafka'],
    run: troubleBroker,
  },
];
