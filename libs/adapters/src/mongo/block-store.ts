import {
  type BlockStore,
  BlockStoreMoved,
  byProgramme,
  type Envelope,
  type Head,
  keptText,
  type ProgrammeEvent,
  type RelayCheckpoint,
} from '@jejak/core';
import { type Connection, type Model, mongo, Schema } from 'mongoose';
import { gunzipSync, gzipSync } from 'node:zlib';
import { asPort, isDuplicate, modelOf, type MongoConnection } from './connection';
import { bytesOf } from './packed';

/**
 * A run of a programme's events. Two relays at once may leave runs that overlap; of two with one beginning the longer
 * stays, by `$max`.
 */
interface Block {
  /** programme and index of the first event */
  readonly _id: string;
  readonly run: {
    /** index of the last event */
    readonly to: number;
    /** a line for each event: its position and its canonical envelope; gzip */
    readonly lines: mongo.Binary;
  };
}

/** How far a programme's blocks reach. Written after them, and only ever further. */
interface BlockHead {
  /** the programme */
  readonly _id: string;
  readonly at: { readonly index: number; readonly position: string };
}

interface SavedCheckpoint {
  readonly _id: string;
  readonly position: string;
  /** JSON: names of programmes hold dots, which names of fields do not well */
  readonly indexes: string;
}

const BLOCK = { _id: String, run: Schema.Types.Mixed };
const HEAD = { _id: String, at: Schema.Types.Mixed };
const CHECKPOINT = { _id: String, position: String, indexes: String };

const RELAY = 'relay';

/** Events in a block, and characters of text in a block or a page; one event may have more. */
const MOST_EVENTS = 500;
const MOST_TEXT = 4 * 1024 * 1024;

/** Programmes' events by index, in MongoDB. */
export class MongoBlocks implements BlockStore {
  private readonly blocks: Model<Block>;
  private readonly ends: Model<BlockHead>;
  private readonly checkpoints: Model<SavedCheckpoint>;

  private constructor(connection: Connection) {
    this.blocks = modelOf(connection, 'blocks', BLOCK);
    this.ends = modelOf(connection, 'heads', HEAD);
    this.checkpoints = modelOf(connection, 'relays', CHECKPOINT);
  }

  /**
   * @param mongo stays open until its opener closes it; every method throws StoreUnavailable where it cannot be reached
   */
  static open({ connection }: MongoConnection): MongoBlocks {
    return new MongoBlocks(connection);
  }

  write(events: readonly ProgrammeEvent[]): Promise<void> {
    return asPort(async () => {
      const runs = byProgramme(events);
      const blocks = [...runs].flatMap(([programme, run]) =>
        cut(run).map((some): readonly [string, object] => {
          return [blockId(programme, (some[0] as ProgrammeEvent).index), { run: blockOf(some) }];
        }),
      );
      // Nobody reads blocks behind an end: what is written beyond a gap waits until that is filled.
      const [ends] = await Promise.all([this.endsOf([...runs.keys()]), upsert(this.blocks, blocks)]);
      const kept = new Map(ends.map(({ programme, index }) => [programme, index]));
      const further: [string, object][] = [];
      for (const [programme, run] of runs) {
        const end = kept.get(programme) ?? -1;
        const [first, last] = [run[0], run.at(-1)] as [ProgrammeEvent, ProgrammeEvent];
        if (first.index > end + 1) {
          throw new BlockStoreMoved(
            `${programme} has no event ${String(end + 1)}, and is given ${String(first.index)}`,
          );
        }
        const { index, position } = last;
        if (index > end) further.push([programme, { at: { index, position } }]);
      }
      if (further.length > 0) await upsert(this.ends, further);
    });
  }

  async *readProgramme(
    programme: string,
    fromIndex: number,
    toIndex = Number.MAX_SAFE_INTEGER,
  ): AsyncGenerator<readonly ProgrammeEvent[]> {
    const end = Math.min(toIndex, (await this.head(programme))?.index ?? -1);
    if (fromIndex > end) return;
    const cursor = this.blocks
      .find({
        _id: {
          // The first that may reach as far as the event asked for.
          $gte: blockId(programme, Math.max(0, fromIndex - MOST_EVENTS + 1)),
          $lte: blockId(programme, end),
        },
      })
      .sort({ _id: 1 })
      .lean()
      .cursor();
    let next = fromIndex;
    let page: ProgrammeEvent[] = [];
    let text = 0;
    try {
      while (next <= end) {
        const block = await asPort(() => cursor.next());
        if (block !== null && block.run.to < next) continue;
        const first = block === null ? Infinity : firstOf(block._id);
        if (block === null || first > next) {
          throw new BlockStoreMoved(
            `${programme} ends at ${String(end)}, and its event ${String(next)} is missing`,
          );
        }
        const lines = linesOf(block).slice(next - first, end - first + 1);
        for (const line of lines) {
          text += line.length;
          page.push(eventOf(line, next++));
        }
        if (page.length < MOST_EVENTS && text < MOST_TEXT) continue;
        yield page;
        page = [];
        text = 0;
      }
    } finally {
      await cursor.close();
    }
    if (page.length > 0) yield page;
  }

  async head(programme: string): Promise<Head | undefined> {
    return (await asPort(() => this.endsOf([programme])))[0];
  }

  heads(): Promise<readonly Head[]> {
    return asPort(async () => (await this.ends.find().lean()).map(headOf));
  }

  checkpoint(): Promise<RelayCheckpoint | undefined> {
    return asPort(async () => {
      const saved = await this.checkpoints.findById(RELAY).lean();
      if (saved === null) return undefined;
      return { position: saved.position, indexes: JSON.parse(saved.indexes) as RelayCheckpoint['indexes'] };
    });
  }

  saveCheckpoint(previous: string | undefined, next: RelayCheckpoint): Promise<void> {
    return asPort(async () => {
      const { position } = next;
      const indexes = JSON.stringify(next.indexes);
      if (previous === undefined) {
        try {
          await this.checkpoints.insertMany([{ _id: RELAY, position, indexes }]);
          return;
        } catch (error) {
          if (!isDuplicate(error)) throw error;
        }
      } else {
        const saved = await this.checkpoints.updateOne(
          { _id: RELAY, position: previous },
          { $set: { position, indexes } },
        );
        if (saved.matchedCount === 1) return;
      }
      throw new BlockStoreMoved(`the checkpoint is not at ${previous ?? 'the beginning'}`);
    });
  }

  async close(): Promise<void> {
    return;
  }

  private async endsOf(programmes: readonly string[]): Promise<readonly Head[]> {
    return (await this.ends.find({ _id: { $in: programmes } }).lean()).map(headOf);
  }
}

/** Puts each in the place of what is lower; both are writes that may be given again. */
async function upsert<T>(model: Model<T>, writes: readonly (readonly [string, object])[]): Promise<void> {
  const operations = writes.map(([_id, $max]) => ({
    updateOne: { filter: { _id }, update: { $max }, upsert: true },
  })) as unknown as Parameters<typeof model.bulkWrite>[0];
  try {
    await model.bulkWrite(operations, { ordered: false });
  } catch (error) {
    // Of two who begin one at once one may be told to try again.
    if (!isDuplicate(error)) throw error;
    await model.bulkWrite(operations, { ordered: false });
  }
}

/** Runs that are small enough for a block. */
function cut(events: readonly ProgrammeEvent[]): readonly (readonly ProgrammeEvent[])[] {
  const runs: ProgrammeEvent[][] = [];
  let run: ProgrammeEvent[] = [];
  let text = 0;
  for (const recorded of events) {
    const { length } = keptText(recorded.event);
    if (run.length === 0 || run.length === MOST_EVENTS || text + length > MOST_TEXT) {
      runs.push((run = []));
      text = 0;
    }
    run.push(recorded);
    text += length;
  }
  return runs;
}

function blockOf(run: readonly ProgrammeEvent[]): Block['run'] {
  const lines = run.map(({ event, position }) => `${position} ${keptText(event)}`);
  const { index } = run.at(-1) as ProgrammeEvent;
  return { to: index, lines: new mongo.Binary(gzipSync(lines.join('\n'), { level: 1 })) };
}

function linesOf({ run }: Block): readonly string[] {
  return gunzipSync(bytesOf(run.lines)).toString('utf8').split('\n');
}

function eventOf(line: string, index: number): ProgrammeEvent {
  const at = line.indexOf(' ');
  return { event: JSON.parse(line.slice(at + 1)) as Envelope, position: line.slice(0, at), index };
}

const headOf = ({ _id, at }: BlockHead): Head => ({ programme: _id, index: at.index, position: at.position });

/** Sorted, a programme's ids are in the order of its events. */
const blockId = (programme: string, first: number): string =>
  `${programme} ${String(first).padStart(12, '0')}`;

const firstOf = (id: string): number => Number(id.slice(id.indexOf(' ') + 1));
