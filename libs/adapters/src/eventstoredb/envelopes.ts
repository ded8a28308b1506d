import { binaryEvent, type EventData, jsonEvent, type RecordedEvent } from '@eventstore/db-client';
import {
  canonical,
  type Envelope,
  type EventMeta,
  type Json,
  type LoggedEvent,
  parseStream,
} from '@jejak/core';

/** What travels as EventStoreDB's metadata; id, type, stream and revision are its own. */
interface StoredMetadata {
  readonly version: number;
  readonly programme: string;
  readonly recordedAt: string;
  readonly meta: EventMeta;
}

/**
 * The envelope as EventStoreDB keeps it: canonical data and canonical metadata. Marked as JSON, so that its own tools
 * show it; but the client writes JSON by itself, and orders members whose names are numbers by their value: such data
 * goes as bytes.
 */
export function toEventData({ id, type, version, programme, recordedAt, meta, data }: Envelope): EventData {
  const text = canonical(data as Json);
  const metadata = new Uint8Array(
    Buffer.from(canonical({ meta, programme, recordedAt, version } as unknown as Json)),
  );
  const parsed = JSON.parse(text) as Record<string, Json>;
  return JSON.stringify(parsed) === text
    ? jsonEvent({ id, type, data: parsed, metadata })
    : binaryEvent({ id, type, data: new Uint8Array(Buffer.from(text)), metadata });
}

/**
 * The envelope put together again, and its position: the commit position. EventStoreDB writes each event of an append
 * as a record of its own, so that it is unique to the event, and ordered.
 *
 * @returns undefined for an event that no Jejak wrote
 */
export function fromRecorded(recorded: RecordedEvent): LoggedEvent | undefined {
  const { id, type, streamId: stream, revision, isJson, data, metadata, position } = recorded;
  if (position === undefined || !isStored(metadata) || !isOurs(stream)) return undefined;
  const { version, programme, recordedAt, meta } = metadata;
  const event: Envelope = {
    data: isJson ? data : (JSON.parse(Buffer.from(data).toString('utf8')) as Json),
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
