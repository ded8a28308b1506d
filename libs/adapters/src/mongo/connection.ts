import { StoreUnavailable } from '@jejak/core';
import {
  type Connection,
  createConnection,
  type IndexDefinition,
  type IndexOptions,
  type Model,
  mongo,
  Schema,
} from 'mongoose';

export interface MongoOptions {
  /** `mongodb://` or `mongodb+srv://`; where it names no database, that is `jejak` */
  readonly url: string;
  /** how long a call waits for a server that can take it, in milliseconds */
  readonly patience?: number;
}

/** Codes with which a server says that it cannot do it now, or not for us. */
const PASSING = new Set([
  6, 7, 13, 18, 50, 64, 89, 91, 100, 175, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 14031,
]);

const DUPLICATE = 11_000;

/** A connection to a database, shared by the stores of a process; the driver connects again by itself. */
export class MongoConnection {
  private constructor(readonly connection: Connection) {}

  /** @throws StoreUnavailable where no server answers, or it lets us not in */
  static async open({ url, patience = 5_000 }: MongoOptions): Promise<MongoConnection> {
    const connection = createConnection();
    try {
      await connection.openUri(url, {
        dbName: /^[^:]+:\/\/[^/]*\/([^?]+)/.exec(url)?.[1] ?? 'jejak',
        appName: 'jejak',
        // What is acknowledged is on the disks of most members, and is read from the one that took it.
        writeConcern: { w: 'majority', journal: true },
        readPreference: 'primary',
        serverSelectionTimeoutMS: patience,
        connectTimeoutMS: patience,
        socketTimeoutMS: 30_000,
        heartbeatFrequencyMS: 2_000,
        maxPoolSize: 20,
        bufferCommands: false,
        autoIndex: false,
        autoCreate: false,
      });
    } catch (error) {
      await connection.destroy().catch(() => undefined);
      const { message } = portError(error) as Error;
      throw new StoreUnavailable(`MongoDB at ${placeOf(url)} cannot be reached: ${message}`);
    }
    return new MongoConnection(connection);
  }

  async close(): Promise<void> {
    await this.connection.destroy();
  }
}

/**
 * The model of a collection, of its name.
 *
 * @param fields of its documents, as mongoose declares them
 * @param indexes each with its options; made by `createIndexes`
 */
export function modelOf<T>(
  connection: Connection,
  name: string,
  fields: Readonly<Record<string, unknown>>,
  indexes: readonly (readonly [IndexDefinition, IndexOptions?])[] = [],
): Model<T> {
  const known = connection.models[name] as unknown as Model<T> | undefined;
  if (known !== undefined) return known;
  const schema = new Schema<unknown>(fields, {
    versionKey: false,
    minimize: false,
    id: false,
  });
  for (const [index, options] of indexes) schema.index(index, options);
  return connection.model(name, schema, name) as unknown as Model<T>;
}

/** An address as it may be told: without user and password, and without options. */
export function placeOf(url: string): string {
  return url.replace(/\/\/[^/]*@/, '//').replace(/\?.*$/s, '');
}

/**
 * Works, and throws what it throws as the ports name it.
 *
 * @throws StoreUnavailable; what is none of the driver's, as it is
 */
export async function asPort<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw portError(error);
  }
}

/** Whether a document was not written since one with its id, or its unique field, is there. */
export function isDuplicate(error: unknown): boolean {
  if (error instanceof mongo.MongoBulkWriteError) {
    const errors = writeErrorsOf(error);
    return errors.length > 0 && errors.every(({ code }) => code === DUPLICATE);
  }
  return error instanceof mongo.MongoServerError && error.code === DUPLICATE;
}

/** Whether the collection is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof mongo.MongoServerError && (error.code === 26 || error.message === 'ns not found');
}

/** Places in a bulk of the writes that failed. */
export function failedIn(error: unknown): readonly number[] {
  return error instanceof mongo.MongoBulkWriteError ? writeErrorsOf(error).map(({ index }) => index) : [];
}

function writeErrorsOf({ writeErrors }: mongo.MongoBulkWriteError): readonly mongo.WriteError[] {
  return [writeErrors].flat();
}

function portError(error: unknown): unknown {
  if (!(error instanceof Error) || !isPassing(error)) return error;
  return new StoreUnavailable(`MongoDB: ${error.message}`, { cause: error });
}

function isPassing(error: Error): boolean {
  if (error instanceof mongo.MongoBulkWriteError) {
    // Without any write's error it is the connection's.
    const errors = writeErrorsOf(error);
    return errors.length === 0 || errors.some(({ code }) => PASSING.has(code));
  }
  if (error instanceof mongo.MongoWriteConcernError) return true;
  if (error instanceof mongo.MongoServerError) return PASSING.has(Number(error.code));
  // A connection that breaks while the driver writes to it ends in what the system says, as it is.
  if ((error as NodeJS.ErrnoException).syscall !== undefined) return true;
  return error instanceof mongo.MongoError || error.name === 'MongooseServerSelectionError';
}
