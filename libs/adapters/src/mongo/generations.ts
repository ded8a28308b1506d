import { GenerationGone, type Marker } from '@jejak/core';
import { type Connection, type Model, Schema } from 'mongoose';
import { randomBytes } from 'node:crypto';
import { isDuplicate, isMissing, modelOf } from './connection';

interface Generation {
  readonly id: string;
  readonly version: number;
}

export interface StoredMarker extends Marker {
  /** generation and programme */
  readonly _id: string;
  readonly generation: string;
}

/** A view's generations: one document for each view, changed as a whole, so that several workers agree. */
interface Entry {
  readonly _id: string;
  readonly revision: number;
  readonly current?: Generation | null;
  readonly building?: Generation | null;
}

const generation = new Schema({ id: String, version: Number }, { _id: false });

const PREFIX = 'view.';

/** The name of the collection of a generation's documents. */
export const collectionOf = (id: string): string => PREFIX + id;

/** Which generations there are. What is not named here does not exist, whatever is left of it. */
export class Generations {
  private readonly entries: Model<Entry>;

  constructor(
    private readonly connection: Connection,
    private readonly markers: Model<StoredMarker>,
  ) {
    const fields = { _id: String, revision: Number, current: generation, building: generation };
    this.entries = modelOf(connection, 'views', fields);
  }

  async find(view: string): Promise<Partial<Entry>> {
    return (await this.entries.findById(view).lean()) ?? {};
  }

  /** @throws GenerationGone where one of them does not exist */
  async check(ids: readonly string[]): Promise<void> {
    const views = new Set(ids.map(viewOf));
    const found = await this.entries.find({ _id: { $in: [...views] } }).lean();
    const alive = new Set(found.flatMap(idsIn));
    for (const id of ids) if (!alive.has(id)) throw new GenerationGone(id);
  }

  /** A generation of a view that no one had before. */
  begin(view: string, version: number): Generation {
    return { id: `${view}.${String(version)}.${randomBytes(6).toString('hex')}`, version };
  }

  /**
   * Puts other generations in place of a view's, and removes what is left of those that are gone.
   *
   * @param next what is to be there; undefined leaves it as it is. Asked again when another was faster.
   */
  async change(
    view: string,
    next: (entry: Partial<Entry>) => Pick<Entry, 'current' | 'building'> | undefined,
  ): Promise<void> {
    for (;;) {
      const found = await this.find(view);
      const wanted = next(found);
      if (wanted === undefined) return;
      const { revision = 0 } = found;
      const replacement = { ...wanted, revision: revision + 1 };
      if (revision === 0) {
        try {
          await this.entries.insertMany([{ _id: view, ...replacement }]);
          break;
        } catch (error) {
          if (!isDuplicate(error)) throw error;
        }
      } else {
        const { matchedCount } = await this.entries.replaceOne({ _id: view, revision }, replacement);
        if (matchedCount === 1) break;
      }
    }
    await this.sweep();
  }

  /** Removes what is left of generations that are gone, also what one who was late has written since. */
  async sweep(): Promise<void> {
    // What is there is read before what may be: a generation is named before anything of it is written.
    const collections = await this.connection.listCollections();
    const marked = await this.markers.distinct('generation');
    const alive = new Set((await this.entries.find().lean()).flatMap(idsIn));
    for (const { name } of collections) {
      if (!name.startsWith(PREFIX) || alive.has(name.slice(PREFIX.length))) continue;
      if (this.connection.modelNames().includes(name)) this.connection.deleteModel(name);
      await this.connection.dropCollection(name).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
    }
    const dead = marked.filter((id) => !alive.has(id));
    if (dead.length > 0) await this.markers.deleteMany({ generation: { $in: dead } });
  }
}

function idsIn({ current, building }: Entry): readonly string[] {
  return [current, building].flatMap((one) => (one ? [one.id] : []));
}

/** The view that a generation is of; of a text that names none, none that exists. */
function viewOf(id: string): string {
  return /^(.+)\.\d+\.[0-9a-f]{12}$/.exec(id)?.[1] ?? '';
}
