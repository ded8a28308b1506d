import path from 'node:path';
import { configFor, type Jejak, openJejak } from '@jejak/runtime';
import { queries } from '@jejak/views';
import { startApi } from '../support/server-process';
import { fillLog, programmeName } from './history';
import { inDirectory, percentile, row, type Row, say, type Scale } from './measure';

const READS = 300;

/** The median of reading a snapshot, in milliseconds; each read asks for another cut-off, so that none was kept. */
async function snapshotMedian(jejak: Jejak): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < READS; n++) {
    const cutOff = new Date(Date.UTC(2023, 0, 20 + n)).toISOString().slice(0, 10);
    const began = performance.now();
    await jejak.ask.answer({ query: queries.snapshot, programme: programmeName(1), params: { cutOff } });
    times.push(performance.now() - began);
  }
  return percentile(times.slice(READS / 10), 0.5);
}

async function withLog<T>(
  events: number,
  work: (jejak: Jejak) => Promise<T>,
  after: (directory: string) => Promise<T>,
): Promise<[T, T]> {
  return inDirectory(async (directory) => {
    await fillLog(path.join(directory, 'log.db'), events);
    const jejak = await openJejak(configFor(directory), { worker: 'manual' });
    await jejak.project();
    const first = await work(jejak);
    await jejak.close();
    return [first, await after(directory)];
  });
}

/** Seconds from starting the server until it says that it is ready. */
async function startSeconds(directory: string): Promise<number> {
  const began = performance.now();
  const server = await startApi(directory);
  try {
    while (!(await fetch(`${server.url}/health/ready`)).ok) await new Promise((done) => setTimeout(done, 20));
    return (performance.now() - began) / 1000;
  } finally {
    await server.stop();
  }
}

/** Reading a snapshot and starting, with a small and a large log. */
export async function readRows({ events }: Scale): Promise<Row[]> {
  const few = 10_000;
  say(`read: snapshots and starts with ${String(few)} and ${String(events)} events`);
  const [small, smallStart] = await withLog(few, snapshotMedian, startSeconds);
  const [large, largeStart] = await withLog(events, snapshotMedian, startSeconds);
  const startRow = row('start', largeStart, 's', smallStart, { most: Infinity });
  return [
    row('snapshot', large, 'ms', small, { most: 1.5, text: ' x with 10,000 events' }),
    { ...startRow, goal: '<= 5 s', holds: largeStart <= 5 },
  ];
}
