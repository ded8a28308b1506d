import { EventStoreLog } from '@jejak/adapters/eventstoredb';
import { type LoggedEvent, streamName } from '@jejak/core';
import { MemoryBlocks } from '@jejak/core/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { StandIn } from '../../support/eventstoredb';
import { command, PROGRAMME } from '../log/command';
import type { Fault, FaultOutcome } from '../registry';

const APPENDS = 6;

/** Milliseconds that a commit may take longer than the next one. */
const SPREAD = 12;

/** A round may take so long until all that it wrote was seen. */
const PATIENCE = 5_000;

/** A reader of the log, who must never meet what lies before something that it met already. */
class Reader {
  readonly seen = new Set<string>();
  readonly violations: string[] = [];
  last: string | undefined;

  constructor(private readonly name: string) {}

  take(events: readonly LoggedEvent[]): void {
    for (const { event, position } of events) {
      if (this.last !== undefined && BigInt(position) <= BigInt(this.last)) {
        this.violations.push(`the ${this.name} met ${position} after ${this.last}`);
      }
      this.last = position;
      this.seen.add(event.id);
    }
  }

  missing(ids: readonly string[]): readonly string[] {
    return ids.filter((id) => !this.seen.has(id));
  }
}

/** Rounds of appends whose commits overtake one another, while one reader follows the log and another pages it. */
async function interleave(count: number, dirty: boolean): Promise<FaultOutcome> {
  const standIn = await StandIn.start({ dirty });
  const log = await EventStoreLog.open({
    connectionString: standIn.address,
    clock: Date.now,
    reader: new MemoryBlocks(),
  });
  const ending = new AbortController();
  const [follower, pager] = [new Reader('follower'), new Reader('pager')];
  const following = (async () => {
    for await (const page of log.follow(undefined, ending.signal)) follower.take(page);
  })();
  const violations: string[] = [];
  standIn.fate = () => (Math.random() < 0.7 ? { commit: Math.random() * SPREAD } : undefined);
  for (let round = 0; round < count; round++) {
    const appends = Array.from({ length: APPENDS }, () => command(1 + Math.floor(Math.random() * 3)));
    const ids = appends.flatMap(({ events }) => events.map(({ id }) => id));
    const writing = Promise.all(
      appends.map(async ({ id, events }) => {
        await sleep(Math.random() * SPREAD);
        await log.append(streamName('test', PROGRAMME, id), -1, events);
      }),
    );
    const until = performance.now() + PATIENCE;
    const isWanting = (): boolean => pager.missing(ids).length + follower.missing(ids).length > 0;
    while (isWanting() && performance.now() < until && !(dirty && violations.length > 0)) {
      pager.take(await log.readAll(pager.last, 1 + Math.floor(Math.random() * 4)));
      for (const reader of [pager, follower]) violations.push(...reader.violations.splice(0));
      if (dirty && performance.now() > until - PATIENCE + 300 && isWanting()) break;
    }
    await writing;
    const never = new Set([...pager.missing(ids), ...follower.missing(ids)]);
    if (never.size > 0)
      violations.push(`round ${String(round)}: ${String(never.size)} events were passed over`);
    if (dirty && violations.length > 0) break;
  }
  ending.abort();
  await following;
  await log.close();
  await standIn.stop();
  return { count, violations };
}

/** The same with a server that shows what is committed before what is not: it must be found, or nothing ever is. */
async function caught(count: number): Promise<FaultOutcome> {
  const { violations } = await interleave(count, true);
  return { count, violations: violations.length > 0 ? [] : ['a server that reads dirty was not found out'] };
}

export const faults: readonly Fault[] = [
  {
    name: 'commits that overtake one another on EventStoreDB: no reader passes what is still being committed',
    counts: { full: 1_000, share: 60 },
    run: (count) => interleave(count, false),
  },
  {
    name: 'a server that lets readers pass what is still being committed is found out',
    counts: { full: 50, share: 50 },
    run: caught,
  },
];
