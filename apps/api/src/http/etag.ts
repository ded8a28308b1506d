import { createHash } from 'node:crypto';

/**
 * The tag of an answer: `"r7"`, the revision of its stream, for one thing, which is what If-Match names; `W/"42-..."`
 * for lists and figures: the programme's index, and a digest of all that is answered. The index alone says too little:
 * a cut-off moves with the day, a seal comes, a name is another, a view stops.
 *
 * @param body the whole answer, as it is sent
 */
export function etagOf(body: object, index: number): string {
  const { revision } = body as { revision?: unknown };
  if (typeof revision === 'number') return `"r${revision}"`;
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('base64url');
  return `W/"${index}-${digest.slice(0, 22)}"`;
}

/**
 * Whether an If-None-Match header says that the reader has the answer (RFC 9110, 13.1.2). Never of one thing: beside
 * what is in its stream, it shows what is not, such as figures of the day or a programme's phases.
 */
export function etagMatches(header: string | undefined, etag: string): boolean {
  if (header === undefined || !etag.startsWith('W/')) return false;
  const plain = (tag: string): string => tag.trim().replace(/^W\//, '');
  return header.split(',').some((tag) => tag.trim() === '*' || plain(tag) === plain(etag));
}
