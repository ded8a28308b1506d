import { open } from 'node:fs/promises';

/** What a file is, by its first bytes: `zip` may be a workbook, and `text` a CSV. */
export type Format = 'zip' | 'text' | 'old-excel' | 'pdf' | 'picture' | 'html' | 'xml';

const MAGIC: readonly (readonly [Format, string])[] = [
  ['zip', '504b0304'],
  // An empty archive.
  ['zip', '504b0506'],
  ['old-excel', 'd0cf11e0a1b11ae1'],
  ['pdf', '255044462d'],
  ['picture', '89504e47'],
  ['picture', 'ffd8ff'],
  ['picture', '47494638'],
];

/** Bytes that are looked at. */
const SAMPLE = 1024;

/** What a file begins like. */
export async function formatOf(file: string): Promise<Format> {
  const bytes = await beginning(file, SAMPLE);
  const hex = bytes.toString('hex');
  const [format] = MAGIC.find(([, magic]) => hex.startsWith(magic)) ?? [];
  if (format !== undefined) return format;
  // Without the NULs of UTF-16, its byte order mark, and that of UTF-8.
  const text = bytes
    .toString('latin1')
    .replace(/\0/g, '')
    .replace(/^(?:ÿþ|þÿ|ï»¿)/, '')
    .trimStart();
  if (/^(?:<!--[^]*?-->\s*)?<(?:!doctype\s+html|html|head|meta|body|table|style|div)\b/i.test(text))
    return 'html';
  if (/^<\?xml\b[^]*?<html\b/i.test(text)) return 'html';
  return /^<\?xml\b/i.test(text) ? 'xml' : 'text';
}

/** The first bytes of a file, at most `length`. */
export async function beginning(file: string, length: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await handle.read(buffer, 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
