import { hash } from 'node:crypto';
import { canonical } from './canonical';
import type { Json } from './json';

/** The namespace of every id that Jejak derives. Fixed for ever: ids in logs depend on it. */
const NAMESPACE = Buffer.from('6ba1d0c5a7d54b0e9c3f5e1f2a40b7d8', 'hex');

/** UUIDv5 (RFC 9562) of `name` within `namespace` (16 bytes). */
function uuidv5(namespace: Buffer, name: string): string {
  const hex = hash('sha1', Buffer.concat([namespace, Buffer.from(name, 'utf8')]), 'hex');
  // The version is 5, and the variant binary 10.
  const version = '5' + hex.slice(13, 16);
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16) + hex.slice(17, 20);
  // Joined, not added up: ids are kept in memory by the million, and what is added up stays in its pieces there.
  return [hex.slice(0, 8), hex.slice(8, 12), version, variant, hex.slice(20, 32)].join('-');
}

/** The id of a command: the same subject, stream and idempotency key always give the same one. */
export function commandIdOf(subject: string, stream: string, key: string): string {
  return uuidv5(NAMESPACE, canonical([subject, stream, key]));
}

/** The id of the n-th event (from 0) that a command gives. */
export function eventIdOf(commandId: string, n: number): string {
  return uuidv5(Buffer.from(commandId.replaceAll('-', ''), 'hex'), String(n));
}

/** SHA-256, in hex, of what was asked for: the same key with another digest is another command. */
export function digestOf(type: string, stream: string, body: Json): string {
  return hash('sha256', canonical({ type, stream, body }), 'hex');
}

/**
 * A code that the server makes up, for a thing that its creator does not name: derived, so that a repeat of the
 * command names the same thing.
 *
 * @param prefix what the code begins with, for people
 */
export function derivedCode(prefix: string, subject: string, programme: string, key: string): string {
  return `${prefix}-${uuidv5(NAMESPACE, canonical(['code', subject, programme, key])).slice(0, 13)}`;
}
