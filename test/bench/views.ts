import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { SqliteLog } from '@jejak/adapters/sqlite';
import { byProgramme, foldView } from '@jejak/core';
import { views } from '@jejak/views';
import { programArguments } from '../support/program';
import { fillLog } from './history';
import { inDirectory, row, type Row, say, type Scale } from './measure';

const PAGE = 5_000;

/** Events a second of reading and parsing the log, and of folding what was read into all views in memory. */
async function readAndFold(file: string): Promise<{ read: number; fold: number }> {
  const log = SqliteLog.open({ file, clock: Date.now, readOnly: true });
  const documents = new Map<string, Map<string, { index: number; value: unknown }>>();
  const indexes = new Map<string, number>();
  let [events, reading, folding] = [0, 0, 0];
  for (let after: string | undefined; ;) {
    const began = performance.now();
    const page = await log.readAll(after, PAGE);
    reading += performance.now() - began;
    if (page.length === 0) break;
    after = page.at(-1)?.position;
    events += page.length;
    const numbered = page.map((logged) => {
      const index = indexes.get(logged.event.programme) ?? 0;
      indexes.set(logged.event.programme, index + 1);
      return { ...logged, index };
    });
    const from = performance.now();
    for (const [programme, own] of byProgramme(numbered)) {
      for (const view of views) {
        const key = `${view.name} ${programme}`;
        let held = documents.get(key);
        if (held === undefined) documents.set(key, (held = new Map()));
        foldView<unknown>(view, own, held);
      }
    }
    folding += performance.now() - from;
  }
  await log.close();
  return { read: (events / reading) * 1000, fold: (events / folding) * 1000 };
}

interface Rebuilt {
  readonly seconds: number;
  readonly peakBytes: number;
}

/** A rebuild of all views in a process of its own, so that its memory is its own. */
async function rebuild(directory: string): Promise<Rebuilt> {
  const program = programArguments(path.join(__dirname, 'rebuild-program'));
  const { stdout } = await promisify(execFile)(process.execPath, [...program, directory]);
  return JSON.parse(stdout) as Rebuilt;
}

/** Folding and rebuilding all views, and the memory that it takes. */
export async function viewRows({ events, smallEvents }: Scale): Promise<Row[]> {
  say(`views: a log of ${String(smallEvents)} and one of ${String(events)} events`);
  const small = await inDirectory(async (directory) => {
    await fillLog(path.join(directory, 'log.db'), smallEvents);
    return rebuild(directory);
  });
  return inDirectory(async (directory) => {
    const file = path.join(directory, 'log.db');
    await fillLog(file, events);
    const { read, fold } = await readAndFold(file);
    const large = await rebuild(directory);
    const mebibytes = large.peakBytes / 1024 / 1024;
    return [
      row('fold', fold, 'events/s', read, { least: 0.8, text: ' of read + parse' }),
      row('rebuild', events / large.seconds, 'events/s', read, { least: 0.3, text: ' of read + parse' }),
      row('memory', mebibytes, 'MiB', small.peakBytes / 1024 / 1024, {
        most: 1.2,
        also: mebibytes <= 400,
        text: ' x of a tenth, and <= 400 MiB',
      }),
    ];
  });
}
