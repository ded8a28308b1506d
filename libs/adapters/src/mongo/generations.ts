import { GenerationGone, type Marker } from '@jejak/core';
import { type Connection, type Model } from 'mongoose';
import { randomBytes } from 'node:crypto';
import { isDuplicate, isMissing, modelOf } from './connection';

export interface StoredMarker extends Marker {
  /** generation and programme */
  readonly _id: string;
  readonly generation: string;
}

/** The generations of a version of a view: one document for each, changed as a whole, so that several workers agree. */
interface Entry {
  /** view and version */
  readonly _id: string;
  readonly view: string;
  readonly revision: number;
  /** when somebody who folds this version last said so, in milliseconds since 1970, some minutes more or less */
  readonly used: number;
  readonly current?: string | null;
  readonly building?: string | null;
}

type Generation = Pick<Entry, 'current' | 'building'>;

export interface GenerationsOptions {
  readonly connection: Connection;
  readonly markers: Model<StoredMarker>;
  /** milliseconds since 1970 */
  readonly clock: () => number;
  /** how long a version is kept that nobody has folded, where another one is current; milliseconds */
  readonly keep: number;
}

const PREFIX = 'view.';

/** How often the use of a version is noted, as a part of the time that it is kept for. */
const NOTED = 1 / 24;

/** The name of the collection of a generation's documents. */
export const collectionOf = (id: string): string => PREFIX + id;

/** Which generations there are. What is not named here does not exist, whatever is left of it. */
export class Generations {
  private readonly entries: Model<Entry>;

  constructor(private readonly options: GenerationsOptions) {
    const { connection } = options;
    const fields = {
      _id: String,
      view: String,
      revision: Number,
      used: Number,
      current: String,
      building: String,
    };
    this.entries = modelOf(connection, 'generations', fields, [[{ view: 1 }]]);
  }

  async createIndexes(): Promise<void> {
    await this.entries.createIndexes();
  }

  async find(view: string, version: number): Promise<Generation & Partial<Entry>> {
    return (await this.entries.findById(entryId(view, version)).lean()) ?? {};
  }

  /** @throws GenerationGone where one of them does not exist */
  async check(ids: readonly string[]): Promise<void> {
    const entries = new Set(ids.map((id) => entryId(...placeOf(id))));
    const found = await this.entries.find({ _id: { $in: [...entries] } }).lean();
    const alive = new Set(found.flatMap(idsIn));
    for (const id of ids) if (!alive.has(id)) throw new GenerationGone(id);
  }

  /** The name of a generation that no one had before. */
  begin(view: string, version: number): string {
    return `${view}.${String(version)}.${randomBytes(6).toString('hex')}`;
  }

  /**
   * Puts other generations in place of a version's, and removes what is left of those that are gone.
   *
   * @param next what is to be there; undefined leaves it as it is. Asked again when another was faster.
   */
  async change(
    view: string,
    version: number,
    next: (entry: Generation) => Generation | undefined,
  ): Promise<void> {
    const _id = entryId(view, version);
    for (;;) {
      const found = await this.find(view, version);
      const wanted = next(found);
      if (wanted === undefined) return;
      const { revision = 0 } = found;
      const replacement = { ...wanted, view, revision: revision + 1, used: this.options.clock() };
      if (revision === 0) {
        try {
          await this.entries.insertMany([{ _id, ...replacement }]);
          break;
        } catch (error) {
          if (!isDuplicate(error)) throw error;
        }
      } else {
        const { matchedCount } = await this.entries.replaceOne({ _id, revision }, replacement);
        if (matchedCount === 1) break;
      }
    }
    await this.sweep();
  }

  /**
   * Notes that a version is in use; where that was not known, removes the other versions of its view that are not in
   * use any more, once it can be read itself.
   */
  async use(view: string, version: number): Promise<void> {
    const { clock, keep } = this.options;
    const now = clock();
    const { current, used = 0 } = await this.find(view, version);
    if (used >= now - keep * NOTED) return;
    await this.entries.updateOne({ _id: entryId(view, version) }, { $max: { used: now } });
    if (!current) return;
    const others = { view, _id: { $ne: entryId(view, version) }, used: { $lt: now - keep } };
    const { deletedCount } = await this.entries.deleteMany(others);
    if (deletedCount > 0) await this.sweep();
  }

  /** Removes what is left of generations that are gone, also what one who was late has written since. */
  async sweep(): Promise<void> {
    const { connection, markers } = this.options;
    // What is there is read before what may be: a generation is named before anything of it is written.
    const collections = await connection.listCollections();
    const marked = await markers.distinct('generation');
    const alive = new Set((await this.entries.find().lean()).flatMap(idsIn));
    for (const { name } of collections) {
      if (!name.startsWith(PREFIX) || alive.has(name.slice(PREFIX.length))) continue;
      if (connection.modelNames().includes(name)) connection.deleteModel(name);
      await connection.dropCollection(name).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
    }
    const dead = marked.filter((id) => !alive.has(id));
    if (dead.length > 0) await markers.deleteMany({ generation: { $in: dead } });
  }
}

function idsIn({ current, building }: Entry): readonly string[] {
  return [current, building].flatMap((one) => one ?? []);
}

const entryId = (view: string, version: number): string => `${view}@${String(version)}`;

/** The view and the version that a generation is of; of a text that names none, none that exists. */
export function placeOf(id: string): readonly [view: string, version: number] {
  const [, view = '', version = ''] = /^(.+)\.(\d+)\.[0-9a-f]{12}$/.exec(id) ?? [];
  return [view, Number(version)];
}
