import { SqliteLog } from '@jejak/adapters/sqlite';
import { streamName } from '@jejak/core';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { FaultProxy, kafkaFraming } from '../../support/fault-proxy';
import { OwnServer } from '../../support/servers';
import { command } from '../log/command';
import { inDirectory, sleep } from '../log/run-writer';
import type { Fault, FaultOutcome } from '../registry';
import { RelayProcess } from './run-relay';
import { eventsOf, wrongWith } from './topic';

const PROGRAMMES = ['malang.2023', 'batu.2023', 'kediri.2023'];

/** Within so many milliseconds of SIGKILL the next relay must have produced. */
const TAKEOVER = 10_000;

/** A log that others read while we write it, a broker behind a proxy, and what relays need to be started. */
async function onBench<T>(work: (bench: Bench) => Promise<T>): Promise<T> {
  return inDirectory(async (directory) => {
    const proxy = await FaultProxy.start(kafkaFraming);
    const broker = await OwnServer.start('kafka', { advertisedPort: proxy.port });
    proxy.leadTo(broker.port);
    const file = path.join(directory, 'log.db');
    const log = SqliteLog.open({ file, clock: Date.now });
    const blocks = path.join(directory, 'blocks');
    fs.mkdirSync(blocks);
    const given = { log: file, blocks, brokers: broker.address, topic: `events-${randomUUID()}` };
    try {
      return await work({ proxy, log, given });
    } finally {
      await log.close();
      await broker.stop();
      await proxy.close();
    }
  });
}

interface Bench {
  readonly proxy: FaultProxy;
  readonly log: SqliteLog;
  readonly given: {
    readonly log: string;
    readonly blocks: string;
    readonly brokers: string;
    readonly topic: string;
  };
}

/** Appends commands of one to five events; gives the position of the last one. */
async function append(log: SqliteLog, commands: number): Promise<string> {
  let position = '';
  for (let n = 0; n < commands; n++) {
    const programme = PROGRAMMES[n % PROGRAMMES.length] as string;
    const { id, events } = command(1 + (n % 5));
    const own = events.map((event) => ({ ...event, programme }));
    const appended = await log.append(streamName('test', programme, id), -1, own);
    position = appended.events.at(-1)?.position ?? position;
  }
  return position;
}

const upTo = (milliseconds: number): number => Math.random() * milliseconds;

/** Longer than the client library tries a send by itself, in milliseconds. */
const LONG = 3_000;

interface Trouble {
  readonly make: (proxy: FaultProxy) => void;
  /** at most how long, in milliseconds */
  readonly lasts: number;
}

/** What the acknowledgements of the broker suffer, one after the other. */
const TROUBLES: readonly Trouble[] = [
  { make: (proxy) => proxy.cutReplies(upTo(400)), lasts: 120 },
  { make: (proxy) => proxy.duplicateReplies(), lasts: 120 },
  { make: (proxy) => proxy.cutEach(400 + upTo(1_000)), lasts: LONG },
  { make: (proxy) => proxy.delay(upTo(60)), lasts: 120 },
  { make: (proxy) => proxy.drop(), lasts: 120 },
  { make: (proxy) => proxy.cutReplies(upTo(4_000)), lasts: 120 },
  { make: (proxy) => proxy.halfOpen(), lasts: 120 },
  { make: (proxy) => proxy.refuse(), lasts: LONG },
];

const trouble = (n: number): Trouble => TROUBLES[n % TROUBLES.length] as Trouble;

async function killRelays(count: number): Promise<FaultOutcome> {
  return onBench(async ({ proxy, log, given }) => {
    const violations: string[] = [];
    for (let n = 0; n < count; n++) {
      await append(log, 24);
      const relay = RelayProcess.start(given);
      await relay.says((line) => line === 'begins');
      await sleep(upTo(150));
      trouble(n).make(proxy);
      await sleep(upTo(250));
      await relay.end('SIGKILL');
      proxy.heal();
    }
    const end = await append(log, 1);
    const last = RelayProcess.start(given);
    await last.says((line) => line === `relayed ${end}`);
    await last.end('SIGTERM');
    const published = await eventsOf(given.brokers, given.topic);
    violations.push(...wrongWith(published, await log.readAll(undefined, Number.MAX_SAFE_INTEGER)));
    return { count, violations };
  });
}

/** Lets the acknowledgements suffer while one relay lives on. */
async function troubleRelay(count: number): Promise<FaultOutcome> {
  return onBench(async ({ proxy, log, given }) => {
    const relay = RelayProcess.start(given);
    await relay.says((line) => line.startsWith('begins'));
    let end = '';
    for (let n = 0; n < count; n++) {
      end = await append(log, 12);
      await sleep(upTo(60));
      const { make, lasts } = trouble(n);
      make(proxy);
      await sleep(lasts === LONG ? LONG : upTo(lasts));
      proxy.heal();
    }
    await relay.says((line) => line === `relayed ${end}`);
    await relay.end('SIGTERM');
    const published = await eventsOf(given.brokers, given.topic);
    const violations = wrongWith(published, await log.readAll(undefined, Number.MAX_SAFE_INTEGER));
    return { count, violations };
  });
}

/** Kills the active one of two relays, and waits for what the other one produces. */
async function takeOver(count: number): Promise<FaultOutcome> {
  return onBench(async ({ log, given }) => {
    const violations: string[] = [];
    const start = (): RelayProcess => RelayProcess.start({ ...given, turn: 'relay' });
    let active = start();
    await active.says((line) => line === 'begins');
    for (let n = 0; n < count; n++) {
      const next = start();
      // It has joined the group by then, and waits.
      await sleep(1_500);
      const before = await append(log, 4);
      await active.says((line) => line === `relayed ${before}`);
      await active.end('SIGKILL');
      const killed = performance.now();
      const after = await append(log, 4);
      await next.says((line) => line === `relayed ${after}`);
      const took = performance.now() - killed;
      process.stderr.write(`the next relay had produced ${(took / 1000).toFixed(1)} s after the kill\n`);
      if (took > TAKEOVER) violations.push(`takeover ${String(n)} took ${took.toFixed(0)} ms`);
      active = next;
    }
    await active.end('SIGTERM');
    const published = await eventsOf(given.brokers, given.topic);
    violations.push(...wrongWith(published, await log.readAll(undefined, Number.MAX_SAFE_INTEGER)));
    return { count, violations };
  });
}

export const faults: readonly Fault[] = [
  {
    name: 'relays killed while acknowledgements are cut, doubled, delayed or held: nothing lost, programmes in order',
    counts: { full: 300, share: 8 },
    tools: ['kafka'],
    run: killRelays,
  },
  {
    name: 'acknowledgements cut, doubled, delayed or held under a relay that lives on: the same',
    counts: { full: 300, share: 8 },
    tools: ['kafka'],
    run: troubleRelay,
  },
  {
    name: 'SIGKILL of the active relay: the next one has produced within 10 s',
    counts: { full: 10, share: 1 },
    tools: ['kafka'],
    run: takeOver,
  },
];
