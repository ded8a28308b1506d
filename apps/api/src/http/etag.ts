/**
 * The tag of an answer: `"r7"`, the revision of its stream, for one thing; `W/"42"`, the programme's index, for lists
 * and figures. A phase's snapshot also says in its tag what it is, since a seal changes that and not the figures.
 */
export function etagOf(answer: unknown, index: number): string {
  const { revision, status, seal, figures } = answer as {
    revision?: unknown;
    status?: unknown;
    seal?: unknown;
    figures?: unknown;
  };
  if (typeof revision === 'number') return `"r${revision}"`;
  if (figures !== undefined && typeof status === 'string') return `W/"${index}-${status}-${String(seal)}"`;
  return `W/"${index}"`;
}

/** Whether an If-None-Match header names the tag; weak and strong tags are compared alike (RFC 9110, 13.1.2). */
export function etagMatches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const plain = (tag: string): string => tag.trim().replace(/^W\//, '');
  return header.split(',').some((tag) => tag.trim() === '*' || plain(tag) === plain(etag));
}
