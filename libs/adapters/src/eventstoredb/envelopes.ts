import type { RecordedEvent } from '@eventstore/db-client';
import {
  canonical,
  type Envelope,
  type EventMeta,
  type Json,
  type LoggedEvent,
  parseStream,
} from '@jejak/core';
import { randomUUID } from 'node:crypto';

/** What travels as EventStoreDB's metadata; id, type, stream and revision are its own. */
interface StoredMetadata {
  readonly version: number;
  readonly programme: string;
  readonly recordedAt: string;
  readonly meta: EventMeta;
}

/** An event as EventStoreDB is given it: canonical data and canonical metadata, byte for byte. */
export interface StoredEvent {
  readonly id: string;
  readonly type: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export function toStored({ id, type, version, programme, recordedAt, meta, data }: Envelope): StoredEvent {
  return { id, type, data: bytesOf(data), metadata: bytesOf({ meta, programme, recordedAt, version }) };
}

/** An event that belongs to no programme: of the log itself. */
export function ofNoProgramme(type: string, data: Json): StoredEvent {
  return { id: randomUUID(), type, data: bytesOf(data), metadata: bytesOf({}) };
}

const bytesOf = (value: unknown): Uint8Array => Buffer.from(canonical(value as Json), 'utf8');

/**
 * The envelope put together again, and its position: the commit position. EventStoreDB writes each event of an append
 * as a record of its own, so that it is unique to the event, and ordered.
 *
 * @returns undefined for an event that no Jejak wrote
 */
export function fromRecorded(recorded: RecordedEvent): LoggedEvent | undefined {
  const { id, type, streamId: stream, revision, data, metadata, position } = recorded;
  if (position === undefined || !isStored(metadata) || !isOurs(stream)) return undefined;
  const { version, programme, recordedAt, meta } = metadata;
  const event: Envelope = {
    data,
    id,
    meta,
    programme,
    recordedAt,
    revision: Number(revision),
    stream,
    type,
    version,
  };
  return { event, position: position.commit.toString() };
}

/** The names of our streams, as .NET and JavaScript both read it: a kind, a programme, a code. */
export const OUR_STREAMS = '^[a-z]+-([a-z][a-z0-9-]{0,39}\\.[0-9]{4}|installation)\\.[A-Za-z0-9]';

/** The names of a programme's streams, as a pattern. */
export function streamsOf(programme: string): string {
  return `^[a-z]+-${programme.replaceAll('.', '\\.')}\\.[A-Za-z0-9]`;
}

function isOurs(stream: string): boolean {
  try {
    parseStream(stream);
    return true;
  } catch {
    return false;
  }
}

function isStored(metadata: unknown): metadata is StoredMetadata {
  if (typeof metadata !== 'object' || metadata === null) return false;
  const { version, programme, recordedAt, meta } = metadata as Partial<Record<keyof StoredMetadata, unknown>>;
  return (
    typeof version === 'number' &&
    typeof programme === 'string' &&
    typeof recordedAt === 'string' &&
    typeof meta === 'object'
  );
}

/** @throws Error for an event in one of our streams that no Jejak wrote */
export function ours(recorded: RecordedEvent): LoggedEvent {
  const logged = fromRecorded(recorded);
  if (logged !== undefined) return logged;
  throw new Error(`event ${recorded.id} of ${recorded.streamId} was not written by Jejak`);
}
