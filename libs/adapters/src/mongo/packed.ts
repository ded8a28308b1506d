import { DocumentTooLarge, type Json } from '@jejak/core';
import { mongo } from 'mongoose';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

/**
 * A value as MongoDB keeps it: JSON as text, as bytes where it is large, `true` where there is none. As text and not as
 * BSON, since names in JSON may be any text, and what comes back must be what was written.
 */
export type Packed = string | mongo.Binary | true;

/** MongoDB takes 16 MiB in a document, names and id included. */
const LIMIT = 16 * 1024 * 1024 - 64 * 1024;

/** Characters; what has more is compressed. */
const LARGE = 2 * 1024 * 1024;

/**
 * @param name the document's, for the message
 * @throws DocumentTooLarge
 */
export async function packed(value: Json | undefined, name: string): Promise<Packed> {
  if (value === undefined) return true;
  const text = JSON.stringify(value);
  if (text.length <= LARGE) return text;
  const bytes = await promisify(gzip)(text);
  if (bytes.length <= LIMIT) return new mongo.Binary(bytes);
  throw new DocumentTooLarge(
    `the document ${name} has ${String(bytes.length)} bytes compressed, and MongoDB takes ${String(LIMIT)}`,
  );
}

export async function unpacked(value: Packed): Promise<Json | undefined> {
  if (value === true) return undefined;
  const text = typeof value === 'string' ? value : (await promisify(gunzip)(bytesOf(value))).toString('utf8');
  return JSON.parse(text) as Json;
}

/** The bytes as they were written, however the driver gives them. */
export function bytesOf(value: mongo.Binary | Uint8Array): Uint8Array {
  return value instanceof mongo.Binary ? value.buffer.subarray(0, value.position) : value;
}
