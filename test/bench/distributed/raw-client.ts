import { EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import { type Connection, createConnection, type Model, Schema } from 'mongoose';
import type { Envelope } from '@jejak/core';

/** Where the baseline keeps how far it has come. */
export interface RawMarker {
  readonly _id: string;
  readonly count: number;
}

export interface RawDocument {
  readonly _id: string;
  readonly value: string;
}

/** The baseline's connection to MongoDB, as durable as ours. */
export async function rawDatabase(url: string): Promise<{
  readonly connection: Connection;
  readonly documents: Model<RawDocument>;
  readonly markers: Model<RawMarker>;
}> {
  const connection = await createConnection(url, {
    writeConcern: { w: 'majority', journal: true },
    autoIndex: false,
    autoCreate: false,
  }).asPromise();
  const options = { versionKey: false as const };
  const documents = new Schema<RawDocument>({ _id: String, value: String }, options);
  const markers = new Schema<RawMarker>({ _id: String, count: Number }, options);
  return {
    connection,
    documents: connection.model<RawDocument>('raw', documents, 'raw'),
    markers: connection.model<RawMarker>('raw-markers', markers, 'raw-markers'),
  };
}

/** The baseline's writer: the client's own append, one event at a time. */
export class RawWriter {
  private readonly client: EventStoreDBClient;

  constructor(url: string) {
    this.client = EventStoreDBClient.connectionString(url);
  }

  /** Appends an event to a stream of its own name; every repetition has other streams and ids. */
  async append({
    type,
    stream,
    revision,
    data,
    programme,
    version,
    recordedAt,
    meta,
  }: Envelope): Promise<void> {
    const event = jsonEvent({
      id: randomUUID(),
      type,
      data: data as Record<string, unknown>,
      metadata: { programme, version, recordedAt, meta },
    });
    const expectedRevision = revision === 0 ? NO_STREAM : BigInt(revision - 1);
    await this.client.appendToStream(`raw_${stream}`, event, { expectedRevision });
  }

  async close(): Promise<void> {
    await this.client.dispose();
  }
}
