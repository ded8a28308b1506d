import { SaxesParser } from 'saxes';

/** An element as it begins; names are without their prefix. */
export interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface XmlHandlers {
  readonly open?: (tag: Tag) => void;
  readonly text?: (text: string) => void;
  readonly close?: (name: string) => void;
}

/** How deep elements may stand in each other: those of workbooks are less than 20. */
const DEEPEST = 64;

/** The longest run without a tag, in UTF-16 units: many times the longest cell. */
const LONGEST_TEXT = 4 * 1024 * 1024;

/**
 * Parses a part of a workbook as it comes, and gives way after each piece of it, so that whoever waits for rows can
 * take those that are complete. There are no document types in workbooks, and none is accepted.
 *
 * @throws Error for what is not well-formed XML
 */
export async function* parseXml(
  stream: AsyncIterable<Buffer>,
  handlers: XmlHandlers,
): AsyncGenerator<undefined> {
  const parser = new SaxesParser();
  let failed: Error | undefined;
  let since = 0;
  let depth = 0;
  parser.on('error', (error) => (failed ??= error));
  parser.on('doctype', () => (failed ??= new Error('a document type')));
  parser.on('opentag', ({ name, attributes }) => {
    since = 0;
    if (++depth > DEEPEST) throw new Error('elements too deep in each other');
    handlers.open?.({ name: local(name), attributes: attributes });
  });
  parser.on('closetag', ({ name }) => {
    since = 0;
    depth--;
    handlers.close?.(local(name));
  });
  parser.on('text', (text) => handlers.text?.(text));
  parser.on('cdata', (text) => handlers.text?.(text));
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const write = (text: string): void => {
    parser.write(text);
    since += text.length;
    if (since > LONGEST_TEXT) failed ??= new Error('a text without end');
    if (failed !== undefined) throw failed;
  };
  for await (const chunk of stream) {
    write(decoder.decode(chunk, { stream: true }));
    yield;
  }
  write(decoder.decode());
  parser.close();
  if (failed !== undefined) throw failed;
  yield;
}

/** Parses a part to its end. */
export async function readXml(stream: AsyncIterable<Buffer>, handlers: XmlHandlers): Promise<void> {
  for await (const _ of parseXml(stream, handlers)) continue;
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** An attribute whatever its prefix: `r:id` is `id` of another namespace. */
export function prefixed(attributes: Tag['attributes'], name: string): string | undefined {
  return Object.entries(attributes).find(([key]) => key.endsWith(`:${name}`))?.[1];
}

const ESCAPE = /_x([0-9A-Fa-f]{4})_/g;

/** Characters that XML cannot carry are written `_x0000_` in workbooks (ECMA-376 part 1, 22.4.2.4). */
export function decodeEscapes(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

export function encodeEscapes(text: string): string {
  return text
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(/[\0-\x08\x0b-\x1f\ufffe\uffff]/g, (character) => {
      return `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;
    });
}
