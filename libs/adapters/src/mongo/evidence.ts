import {
  EvidenceDamaged,
  type EvidenceFile,
  type EvidenceStore,
  EvidenceTooLarge,
  isProgramme,
} from '@jejak/core';
import { type Connection, type Model, mongo } from 'mongoose';
import { createHash } from 'node:crypto';
import { finished } from 'node:stream/promises';
import { asPort, isDuplicate, modelOf, type MongoConnection } from './connection';

/** What is kept of a file. It comes after the content, and without it the file is not there. */
interface Kept {
  /** programme and digest */
  readonly _id: string;
  readonly content: mongo.ObjectId;
  readonly bytes: number;
  readonly mediaType: string;
  readonly name?: string;
}

/** Content that is being received, so that what its sender's death leaves can be found. */
interface Incoming {
  readonly _id: mongo.ObjectId;
  readonly since: Date;
}

const DIGEST = /^[0-9a-f]{64}$/;

/** Content that was being received when the process died is removed when it is this old, in milliseconds. */
const ABANDONED = 24 * 60 * 60 * 1_000;

/** Evidence of many machines, in MongoDB: content in GridFS, and a document for each file of each programme. */
export class MongoEvidence implements EvidenceStore {
  private readonly kept: Model<Kept>;
  private readonly incoming: Model<Incoming>;
  private readonly bucket: mongo.GridFSBucket;

  private constructor(connection: Connection) {
    const { db } = connection;
    if (db === undefined) throw new Error('the connection is not open');
    const KEPT = { _id: String, content: 'ObjectId', bytes: Number, mediaType: String, name: String };
    this.kept = modelOf(connection, 'evidence', KEPT);
    this.incoming = modelOf(connection, 'evidence.incoming', { _id: 'ObjectId', since: Date }, [
      [{ since: 1 }],
    ]);
    this.bucket = new mongo.GridFSBucket(db, { bucketName: 'evidence' });
  }

  /**
   * @param mongo stays open until its opener closes it
   * @throws StoreUnavailable, as every method does
   */
  static open({ connection }: MongoConnection): Promise<MongoEvidence> {
    return asPort(async () => {
      const store = new MongoEvidence(connection);
      await store.incoming.createIndexes();
      return store;
    });
  }

  async put(
    programme: string,
    content: AsyncIterable<Uint8Array>,
    about: { mediaType: string; name?: string; limit: number },
  ): Promise<EvidenceFile> {
    if (!isProgramme(programme)) throw new RangeError(`"${programme}" is not a programme`);
    return asPort(async () => {
      await this.removeAbandoned();
      const id = new mongo.ObjectId();
      await this.incoming.insertMany([{ _id: id, since: new Date() }]);
      let keeping = false;
      try {
        const { digest, bytes } = await this.receive(id, content, about.limit);
        const { mediaType, name } = about;
        const file: EvidenceFile = { digest, bytes, mediaType, ...(name !== undefined && { name }) };
        const { digest: _, ...rest } = file;
        try {
          await this.kept.insertMany([{ _id: keyOf(programme, digest), content: id, ...rest }]);
          keeping = true;
          return file;
        } catch (error) {
          const first = isDuplicate(error) ? await this.about(programme, digest) : undefined;
          if (first === undefined) throw error;
          return first;
        }
      } finally {
        if (!keeping) await this.remove(id);
        await this.incoming.deleteOne({ _id: id });
      }
    });
  }

  async about(programme: string, digest: string): Promise<EvidenceFile | undefined> {
    const found = await this.find(programme, digest);
    if (found === null) return undefined;
    const { bytes, mediaType, name } = found;
    return { digest, bytes, mediaType, ...(name !== undefined && { name }) };
  }

  async read(programme: string, digest: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const found = await this.find(programme, digest);
    return found === null ? undefined : checked(this.bucket.openDownloadStream(found.content), digest);
  }

  async close(): Promise<void> {
    return;
  }

  private async find(programme: string, digest: string): Promise<Kept | null> {
    if (!isProgramme(programme) || !DIGEST.test(digest)) return null;
    return asPort(() => this.kept.findById(keyOf(programme, digest)).lean());
  }

  private async receive(
    id: mongo.ObjectId,
    content: AsyncIterable<Uint8Array>,
    limit: number,
  ): Promise<{ digest: string; bytes: number }> {
    const hash = createHash('sha256');
    let bytes = 0;
    const upload = this.bucket.openUploadStreamWithId(id, '');
    const stored = finished(upload);
    // What it fails with is thrown below.
    stored.catch(() => undefined);
    try {
      for await (const chunk of content) {
        bytes += chunk.length;
        if (bytes > limit) throw new EvidenceTooLarge(`the file has more than ${String(limit)} bytes`);
        hash.update(chunk);
        // Its sender may use the chunk again.
        const own = Buffer.from(chunk);
        await new Promise<void>((resolve, reject) => {
          upload.write(own, (error) => (error ? reject(error) : resolve()));
        });
      }
      upload.end();
      await stored;
    } catch (error) {
      upload.destroy();
      throw error;
    }
    return { digest: hash.digest('hex'), bytes };
  }

  private async remove(id: mongo.ObjectId): Promise<void> {
    await this.bucket.delete(id).catch((error: unknown) => {
      // There is no file where it did not come whole; its chunks are removed all the same.
      if (!(error instanceof mongo.MongoRuntimeError)) throw error;
    });
  }

  private async removeAbandoned(): Promise<void> {
    const old = await this.incoming.find({ since: { $lt: new Date(Date.now() - ABANDONED) } }).lean();
    for (const { _id } of old) {
      if ((await this.kept.findOne({ content: _id }).lean()) === null) await this.remove(_id);
      await this.incoming.deleteOne({ _id });
    }
  }
}

async function* checked(content: AsyncIterable<Uint8Array>, digest: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const part of content) {
    hash.update(part);
    yield part;
  }
  if (hash.digest('hex') !== digest)
    throw new EvidenceDamaged(`the file with the digest ${digest} was changed`);
}

const keyOf = (programme: string, digest: string): string => `${programme} ${digest}`;
