/**
 * A process that appends to a log, so that faults have something to hit: `writer DIR WRITERS APPENDS`.
 *
 * Writes a line to the file `acks` of the directory for whatever it is told: `ack <commandId>` at once when an append
 * is acknowledged, `failed <why>` when one is not, and after the first of these `after <outcome>` for what the log
 * then does. Each append is one to three events of one command, which say how many they are.
 */
import { SqliteLog } from '@jejak/adapters/sqlite';
import { streamName } from '@jejak/core';
import type Database from 'better-sqlite3';
import fs from 'node:fs';
import path from 'node:path';
import { command, PROGRAMME } from './command';

const [directory = '', writers = '64', appends = '10000'] = process.argv.slice(2);
const acks = fs.openSync(path.join(directory, 'acks'), 'a');
const say = (line: string): void => {
  fs.writeSync(acks, `${line}\n`);
};

const log = SqliteLog.open({ file: path.join(directory, 'log.db'), clock: Date.now });
// How it looks when the log is not durable: the test must see the difference.
if (process.env.FAULTY_SYNCHRONOUS !== undefined) {
  const { db } = log as unknown as { db: Database.Database };
  db.pragma(`synchronous = ${process.env.FAULTY_SYNCHRONOUS}`);
}

let left = Number(appends);
let failure: string | undefined;

async function write(n: number): Promise<void> {
  const stream = streamName('test', PROGRAMME, `w-${String(n)}`);
  let last = (await log.readStream(stream)).length - 1;
  while (left-- > 0 && failure === undefined) {
    const { id, events } = command(1 + (left % 3));
    try {
      await log.append(stream, last, events);
      say(`ack ${id}`);
      last += events.length;
    } catch (error) {
      failure ??= String(error);
    }
  }
}

/** Says that an append failed, and what the log does then. It should be: write nothing, and read what was committed. */
async function afterFailure(why: string): Promise<void> {
  say(`failed ${why}`);
  for (let n = 0; n < 3; n++) {
    const stream = streamName('test', PROGRAMME, `after-${String(n)}`);
    const outcome = await log.append(stream, -1, command(1).events).then(
      () => 'written',
      () => 'refused',
    );
    say(`after ${outcome}`);
  }
  say(`after read ${String((await log.readAll(undefined, 1_000_000)).length)}`);
}

async function main(): Promise<void> {
  await Promise.all(Array.from({ length: Number(writers) }, (_, n) => write(n)));
  if (failure !== undefined) await afterFailure(failure);
  await log.close();
}

void main();
