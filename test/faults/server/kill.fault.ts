import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SqliteLog, SqliteViewStore } from '@jejak/adapters/sqlite';
import { canonical, foldView, type Json, type ProgrammeEvent } from '@jejak/core';
import { configFor, openJejak } from '@jejak/runtime';
import { views } from '@jejak/views';
import { CITY, disbursement, lineCode, prepareBudgetCity, signInOfficer } from '../../support/budget-city';
import { startApi } from '../../support/server-process';
import type { Fault, FaultOutcome } from '../registry';

const CLIENTS = 64;
const LINES = 128;

interface Acknowledged {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
}

/** Disbursements by 64 clients until the server is gone; what was acknowledged is added to the list. */
async function load(
  url: string,
  token: string,
  serial: { n: number },
  acknowledged: Acknowledged[],
): Promise<void> {
  const client = async (): Promise<void> => {
    for (;;) {
      const n = serial.n++;
      try {
        const response = await fetch(
          `${url}/v1/programmes/${CITY}/budget-lines/${lineCode(n % LINES)}/disbursements`,
          {
            method: 'POST',
            headers: {
              authorization: `Bearer ${token}`,
              'content-type': 'application/json',
              'idempotency-key': `k${String(n)}`,
            },
            body: JSON.stringify(disbursement(n)),
          },
        );
        const receipt = (await response.json()) as {
          stream: string;
          events: [{ id: string; revision: number }];
        };
        if (!response.ok) throw new Error(`answered ${String(response.status)}`);
        const [{ id, revision }] = receipt.events;
        acknowledged.push({ id, stream: receipt.stream, revision });
      } catch {
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

/** Every event of the log, checked to be gapless by revision and by index. */
async function readLog(directory: string, violations: string[]): Promise<Map<string, ProgrammeEvent[]>> {
  const log = SqliteLog.open({ file: path.join(directory, 'log.db'), clock: Date.now, readOnly: true });
  const programmes = new Map<string, ProgrammeEvent[]>();
  const revisions = new Map<string, number>();
  for (const { programme } of await log.heads()) {
    const events: ProgrammeEvent[] = [];
    for await (const page of log.readProgramme(programme, 0)) events.push(...page);
    programmes.set(programme, events);
    events.forEach(({ event, index }, n) => {
      const expected = (revisions.get(event.stream) ?? -1) + 1;
      revisions.set(event.stream, event.revision);
      if (index !== n) violations.push(`${programme} has index ${String(index)} at place ${String(n)}`);
      if (event.revision !== expected) violations.push(`${event.stream} misses revision ${String(expected)}`);
    });
  }
  await log.close();
  return programmes;
}

/** Stored documents that are not what a fold of the log from nothing gives, byte for byte. */
async function compareViews(
  directory: string,
  programmes: ReadonlyMap<string, readonly ProgrammeEvent[]>,
  violations: string[],
): Promise<void> {
  const store = SqliteViewStore.open({ file: path.join(directory, 'views.db'), readOnly: true });
  for (const view of views) {
    const generation = await store.current(view.name, view.version);
    if (generation === undefined) throw new Error(`${view.name} has no current generation`);
    for (const [programme, events] of programmes) {
      const fresh = [...foldView<unknown>(view, events)].map(([key, { value }]) => [key, value] as const);
      const stored = (await store.list(generation, programme)).map(({ key, value }) => [key, value] as const);
      const bytes = (documents: readonly (readonly [string, unknown])[]): string =>
        canonical(Object.fromEntries(documents) as Json);
      if (bytes(fresh) !== bytes(stored))
        violations.push(`${view.name} of ${programme} differs from a fresh fold`);
    }
  }
  await store.close();
}

async function killUnderLoad(count: number): Promise<FaultOutcome> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-kill-'));
  const violations: string[] = [];
  const acknowledged: Acknowledged[] = [];
  const serial = { n: 0 };
  try {
    await prepareBudgetCity(directory, LINES);
    for (let kill = 0; kill < count; kill++) {
      const server = await startApi(directory);
      const loaded = load(server.url, await signInOfficer(server.url), serial, acknowledged);
      await sleep(50 + Math.random() * 700);
      await server.stop('SIGKILL');
      await loaded;
      const programmes = await readLog(directory, violations);
      const streams = new Map<string, string[]>();
      for (const { event } of programmes.get(CITY) ?? []) {
        streams.set(event.stream, [...(streams.get(event.stream) ?? []), event.id]);
      }
      for (const { id, stream, revision } of acknowledged) {
        const ids = streams.get(stream) ?? [];
        if (ids[revision] !== id) violations.push(`${id} was acknowledged and is not there`);
        if (ids.indexOf(id) !== ids.lastIndexOf(id)) violations.push(`${id} is there twice`);
      }
      // What the views miss is folded from where each of them stands, as the next start does.
      const jejak = await openJejak(configFor(directory), { worker: 'manual' });
      await jejak.project();
      await jejak.close();
      await compareViews(directory, programmes, violations);
      if (violations.length > 0) return { count: kill + 1, violations };
    }
    if (acknowledged.length < count)
      violations.push(`only ${String(acknowledged.length)} commands were acknowledged`);
    return { count, violations };
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

export const faults: readonly Fault[] = [
  {
    name: 'the server killed under 64 clients: each acknowledged command is there once, every stored view equals a fresh fold',
    counts: { full: 200, share: 3 },
    run: killUnderLoad,
  },
];
