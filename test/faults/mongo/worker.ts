import { MongoConnection, MongoViewStore } from '@jejak/adapters/mongo';
import { type ProgrammeEvent, ViewRunner } from '@jejak/core';
import { catalogue } from '@jejak/domain';
import { views } from '@jejak/views';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type History, Written } from '../kafka/cities';

/** Where a worker kills itself: at the n-th command of a kind, or of its own offsets. */
export interface Deadly {
  readonly at: 'documents' | 'markers' | 'offset';
  readonly moment: 'before' | 'after';
  readonly ordinal: number;
}

export interface WorkerGiven {
  /** of the database */
  readonly url: string;
  /** holds the histories as JSON, how far the log was written, and how far it was dealt with */
  readonly directory: string;
  /** seeds the size of batches */
  readonly seed: number;
  readonly deadly?: Deadly;
  /** milliseconds between batches */
  readonly pace: number;
}

/** All events of the histories, programmes by turns, as a log has them. */
export function interleaved(histories: ReadonlyMap<string, History>): readonly ProgrammeEvent[] {
  const all = [...histories.values()];
  const longest = Math.max(...all.map(({ length }) => length));
  return Array.from({ length: longest }, (_, n) => all.flatMap((history) => history.slice(n, n + 1))).flat();
}

/** A number in a file of its own. */
class Kept {
  constructor(
    private readonly directory: string,
    private readonly name: string,
  ) {}

  get(): number {
    const file = path.join(this.directory, this.name);
    return fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8')) : 0;
  }

  /** Killed anywhere, it is the old or the new one. */
  set(value: number): void {
    const own = path.join(this.directory, `${this.name}.${String(process.pid)}`);
    fs.writeFileSync(own, String(value));
    fs.renameSync(own, path.join(this.directory, this.name));
  }
}

/** Dies at its ordinal, without a word to anyone. */
function fuseOf(deadly: Deadly | undefined): (at: Deadly['at'], moment: Deadly['moment']) => void {
  let left = deadly?.ordinal ?? 0;
  return (at, moment) => {
    if (deadly?.at === at && deadly.moment === moment && --left === 0) process.kill(process.pid, 'SIGKILL');
  };
}

/** Follows a log of random histories to its end, as a worker of a consumer group does, and says what it meets. */
async function main(given: WorkerGiven): Promise<void> {
  const file = path.join(given.directory, 'histories');
  const histories = new Map(JSON.parse(fs.readFileSync(file, 'utf8')) as [string, History][]);
  const log = interleaved(histories);
  const [written, done] = [new Kept(given.directory, 'written'), new Kept(given.directory, 'done')];
  const reader = new Written(histories);
  const reach = (end: number): void => {
    for (const { event, index } of log.slice(0, end)) reader.reach(event.programme, index + 1);
  };
  reach(written.get());
  const fuse = fuseOf(given.deadly);
  let offset = done.get();
  let { seed } = given;
  let before: ViewRunner | undefined;
  for (;;) {
    let mongo: MongoConnection | undefined;
    try {
      mongo = await MongoConnection.open({ url: given.url, patience: 2_000 });
      light(mongo, fuse);
      const store = await MongoViewStore.open(mongo);
      if (before !== undefined && (await isOlder(store, before, reader))) console.log('older');
      const runner = new ViewRunner({ views, store, log: reader, catalogue });
      before = runner;
      await runner.start();
      console.log('begins');
      while (offset < log.length) {
        seed = (seed * 48_271) % 2_147_483_647;
        const batch = log.slice(offset, offset + 1 + (seed % 60));
        const end = offset + batch.length;
        // The relay writes its blocks before it produces.
        if (end > written.get()) written.set(end);
        reach(end);
        await runner.apply(batch);
        fuse('offset', 'before');
        done.set(end);
        offset = end;
        fuse('offset', 'after');
        if (given.pace > 0) await sleep(given.pace);
      }
      await runner.verify();
      console.log('done');
      return;
    } catch (error) {
      console.log(`trouble ${(error as Error).message}`);
      await sleep(100);
    } finally {
      await mongo?.close();
    }
  }
}

/** Whether the store stands before where the runner left it. */
async function isOlder(store: MongoViewStore, before: ViewRunner, log: Written): Promise<boolean> {
  for (const { programme } of await log.heads()) {
    for (const [name, { index }] of before.markers(programme)) {
      const generation = await store.current(name, views.find((view) => view.name === name)?.version ?? 0);
      if (generation === undefined) return true;
      if ((await store.marker(generation, programme)).index < index) return true;
    }
  }
  return false;
}

/** Lights the fuse at the commands that write views. */
function light({ connection }: MongoConnection, fuse: ReturnType<typeof fuseOf>): void {
  const client = connection.getClient();
  const kinds = new Map<number, Deadly['at']>();
  client.on('commandStarted', ({ commandName, command, requestId }) => {
    if (commandName !== 'update') return;
    const collection = (command as { update: string }).update;
    const kind =
      collection === 'markers' ? 'markers' : collection.startsWith('view.') ? 'documents' : undefined;
    if (kind === undefined) return;
    kinds.set(requestId, kind);
    fuse(kind, 'before');
  });
  client.on('commandSucceeded', ({ requestId }) => {
    const kind = kinds.get(requestId);
    kinds.delete(requestId);
    if (kind !== undefined) fuse(kind, 'after');
  });
}

if (require.main === module) {
  void main(JSON.parse(process.argv[2] ?? '') as WorkerGiven).catch((error: unknown) => {
    console.log(`failed ${String(error)}`);
    process.exitCode = 1;
  });
}
