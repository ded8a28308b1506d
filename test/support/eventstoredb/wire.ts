import { Empty, StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb';
import { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import type { Kept, Proposed } from './record';

/** The stream that a request names. */
export function streamOf(identifier: StreamIdentifier | undefined): string {
  return Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');
}

export function identifierOf(stream: string): StreamIdentifier {
  return new StreamIdentifier().setStreamName(Uint8Array.from(Buffer.from(stream, 'utf8')));
}

/** A UUID in either of the forms that clients send. */
export function textOf(uuid: UUID | undefined): string {
  const structured = uuid?.getStructured();
  if (structured === undefined) return uuid?.getString() ?? '';
  const hex = [structured.getMostSignificantBits(), structured.getLeastSignificantBits()]
    .map((bits) => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0'))
    .join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** What a client proposes, in one append or in a batch. */
interface ProposedMessage {
  getId(): UUID | undefined;
  getMetadataMap(): { get(name: string): string | undefined };
  getCustomMetadata_asU8(): Uint8Array;
  getData_asU8(): Uint8Array;
}

/** The proposed event, or the names of what it must say and does not. */
export function proposedOf(message: ProposedMessage): Proposed | readonly string[] {
  const type = message.getMetadataMap().get('type');
  const contentType = message.getMetadataMap().get('content-type');
  const missing = [
    ...(type === undefined ? ['type'] : []),
    ...(contentType === undefined ? ['content-type'] : []),
  ];
  if (type === undefined || contentType === undefined) return missing;
  return {
    id: textOf(message.getId()),
    type,
    contentType,
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

/** As the real server measures an append: data, metadata, and two bytes for each letter of the type. */
export function sizeOf({ type, data, metadata }: Proposed): number {
  return data.length + metadata.length + 2 * type.length;
}

const written = new WeakMap<Kept, Uint8Array>();

/** The event as it goes over the wire; made once, since many read it. */
export function eventBytes(record: Kept): Uint8Array {
  let bytes = written.get(record);
  if (bytes === undefined) written.set(record, (bytes = eventMessage(record).serializeBinary()));
  return bytes;
}

function eventMessage(record: Kept): ReadResp {
  const position = String(record.position);
  const event = new ReadResp.ReadEvent.RecordedEvent()
    .setId(new UUID().setString(record.id))
    .setStreamIdentifier(identifierOf(record.stream))
    .setStreamRevision(String(record.revision))
    .setCommitPosition(position)
    .setPreparePosition(position)
    .setData(record.data)
    .setCustomMetadata(record.metadata);
  event.getMetadataMap().set('type', record.type);
  event.getMetadataMap().set('content-type', record.contentType);
  event.getMetadataMap().set('created', record.created);
  return new ReadResp().setEvent(new ReadResp.ReadEvent().setEvent(event).setCommitPosition(position));
}

export function notFoundBytes(stream: string): Uint8Array {
  const notFound = new ReadResp.StreamNotFound().setStreamIdentifier(identifierOf(stream));
  return new ReadResp().setStreamNotFound(notFound).serializeBinary();
}

export function confirmationBytes(id: string): Uint8Array {
  const confirmation = new ReadResp.SubscriptionConfirmation().setSubscriptionId(id);
  return new ReadResp().setConfirmation(confirmation).serializeBinary();
}

export function checkpointBytes(position: number): Uint8Array {
  const text = String(position);
  const checkpoint = new ReadResp.Checkpoint().setCommitPosition(text).setPreparePosition(text);
  return new ReadResp().setCheckpoint(checkpoint).serializeBinary();
}

export const CAUGHT_UP = new ReadResp().setCaughtUp(new ReadResp.CaughtUp()).serializeBinary();
export const FELL_BEHIND = new ReadResp().setFellBehind(new ReadResp.FellBehind()).serializeBinary();

export const empty = (): Empty => new Empty();
