import path from 'node:path';
import { SqliteLog } from '@jejak/adapters/sqlite';
import { type Envelope, envelopeText } from '@jejak/core';
import { cityYear, PROGRAMME_EVENTS, programmeName } from './history';
import { inDirectory, row, type Row, say, type Scale, timed, writers } from './measure';
import { RawStore } from './raw-store';

/** The events of a few cities, so that each writer has streams that nobody else writes at the same moment. */
function someEvents(count: number): Envelope[] {
  const events: Envelope[] = [];
  for (let n = 0; events.length < count; n++) {
    events.push(...cityYear(programmeName(n), Math.min(PROGRAMME_EVENTS, count - events.length)));
  }
  return events;
}

/** Rows a second of the raw store, with that many writers. */
export async function rawRate(events: readonly Envelope[], clients: number): Promise<number> {
  return inDirectory(async (directory) => {
    const store = new RawStore(path.join(directory, 'raw.db'));
    const indexes = new Map<string, number>();
    const rows = events.map((event) => {
      const idx = indexes.get(event.programme) ?? 0;
      indexes.set(event.programme, idx + 1);
      const { stream, revision, programme } = event;
      return { stream, revision, programme, idx, envelope: envelopeText(event) };
    });
    const seconds = await timed(() =>
      writers(clients, rows.length, (n) => store.append(rows[n] as (typeof rows)[0])),
    );
    store.close();
    return rows.length / seconds;
  });
}

async function logRate(events: readonly Envelope[], clients: number): Promise<number> {
  return inDirectory(async (directory) => {
    const log = SqliteLog.open({ file: path.join(directory, 'log.db'), clock: Date.now });
    // One stream must be written in order: the writers share out the streams.
    const streams = new Map<string, Envelope[]>();
    for (const event of events) streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
    const queues = [...streams.values()];
    const seconds = await timed(() =>
      writers(clients, queues.length, async (n) => {
        for (const { stream, revision, recordedAt: _, ...event } of queues[n] as Envelope[]) {
          await log.append(stream, revision - 1, [event]);
        }
      }),
    );
    await log.close();
    return events.length / seconds;
  });
}

/** Appending to the log, against the raw store with the same bytes, and against one writer. */
export async function appendRows({ appends }: Scale): Promise<Row[]> {
  say('append: raw store and log, 64 writers and one');
  const events = someEvents(appends);
  const few = events.slice(0, Math.floor(appends / 10));
  await logRate(few, 64);
  const raw = await rawRate(events, 64);
  const many = await logRate(events, 64);
  const one = await logRate(few, 1);
  return [
    row('append', many, 'events/s', raw, { least: 0.6, text: ' of raw' }),
    row('append-one', many, 'events/s', one, { least: 8, text: ' x one writer' }),
  ];
}
