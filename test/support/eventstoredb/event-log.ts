import { EventStoreLog } from '@jejak/adapters/eventstoredb';
import { type Clock, runRelay } from '@jejak/core';
import { type EventLogFixture, MemoryBlocks, MemoryPublisher } from '@jejak/core/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultProxy } from '../fault-proxy';
import { StandIn, type StandInOptions } from './stand-in';

export interface EventLogOptions {
  /** of the stand-in; the server that EVENTSTORE_URL names, where it names one, knows none of them */
  readonly server?: StandInOptions;
  readonly patience?: number;
  readonly gateMemory?: number;
  /** goes into the connection string of a stand-in */
  readonly settings?: string;
  /** stands before the stand-in */
  readonly proxy?: FaultProxy;
}

/** The log over EventStoreDB, or its stand-in, with a relay that keeps its blocks in memory. */
export interface EventStoreFixture extends EventLogFixture {
  readonly log: EventStoreLog;
  /** undefined for the server that EVENTSTORE_URL names */
  readonly standIn: StandIn | undefined;
  /** another log over the same server, as of another process */
  another(patience?: number): Promise<EventStoreLog>;
}

/** Starts a stand-in, unless EVENTSTORE_URL names a server, and opens the log. */
export function eventStoreLog(clock: Clock, options: EventLogOptions = {}): Promise<EventStoreFixture> {
  return logOver(clock, options, process.env.EVENTSTORE_URL);
}

/** As eventStoreLog, always over a stand-in: for what no server does on request. */
export async function standInLog(
  clock: Clock = Date.now,
  options: EventLogOptions = {},
): Promise<EventStoreFixture & { readonly standIn: StandIn }> {
  return (await logOver(clock, options, undefined)) as EventStoreFixture & { readonly standIn: StandIn };
}

function addressOf(standIn: StandIn, { proxy, settings = '' }: EventLogOptions): string {
  proxy?.leadTo(standIn.listensOn);
  const port = String(proxy?.port ?? standIn.listensOn);
  return `esdb://127.0.0.1:${port}?tls=false${settings}`;
}

async function logOver(
  clock: Clock,
  options: EventLogOptions,
  named: string | undefined,
): Promise<EventStoreFixture> {
  const standIn = named === undefined ? await StandIn.start(options.server) : undefined;
  const connectionString = named ?? addressOf(standIn as StandIn, options);
  const blocks = new MemoryBlocks();
  const others: EventStoreLog[] = [];
  const open = async (patience = options.patience): Promise<EventStoreLog> =>
    EventStoreLog.open({
      connectionString,
      clock,
      reader: blocks,
      ...(patience !== undefined && { patience }),
      ...(options.gateMemory !== undefined && { gateMemory: options.gateMemory }),
    });
  let relayed: string | undefined;
  const relay = (log: EventStoreLog): (() => Promise<void>) => {
    const ending = new AbortController();
    const onRelayed = (_: number, position: string): void => {
      relayed = position;
    };
    const running = runRelay({ log, blocks, publisher: new MemoryPublisher(), onRelayed }, ending.signal);
    return () => {
      ending.abort();
      return running;
    };
  };
  let log = await open();
  let stop = relay(log);
  const close = async (): Promise<void> => {
    await stop();
    await log.close();
  };
  return {
    standIn,
    get log() {
      return log;
    },
    another: async (patience) => {
      const other = await open(patience);
      others.push(other);
      return other;
    },
    reopen: async () => {
      await close();
      log = await open();
      stop = relay(log);
    },
    settled: async () => {
      while ((await log.readAll(relayed, 1)).length > 0) await sleep(5);
    },
    close: async () => {
      await close();
      for (const other of others) await other.close();
      await standIn?.stop();
    },
  };
}
