/** An event before the stand-in writes it. */
export interface Proposed {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** An event as the stand-in keeps it. */
export interface Kept extends Proposed {
  readonly stream: string;
  readonly revision: number;
  /** place in the log: gapped, as offsets in a file are; commit and prepare position are one, as on the real server */
  readonly position: number;
  /** 100 nanoseconds since 1970, stamped by the server */
  readonly created: string;
}

/** What a write expects of its stream, besides a revision. */
export type Expected = number | 'any' | 'no_stream' | 'stream_exists';

export type Outcome =
  | { readonly kind: 'written'; readonly revision: number; readonly position: number }
  /** `current` is undefined for a stream that has no event */
  | { readonly kind: 'wrong'; readonly current: number | undefined }
  | { readonly kind: 'deleted' };

/** What becomes of an append, where a test wants another fate than the ordinary. Times are in milliseconds. */
export interface Fate {
  /** waits so long before it is looked at */
  readonly before?: number;
  /** has its place in the log, and is committed so much later */
  readonly commit?: number;
  /** is committed, and answered so much later */
  readonly after?: number;
  /** `never`: no answer comes; `cut`: its call ends with UNAVAILABLE */
  readonly answer?: 'never' | 'cut';
  /** is not carried out at all, and not answered */
  readonly lost?: boolean;
}

const NONE = new Uint8Array();

/** An event of the server's own. */
export function systemEvent(type: string, data: unknown): Omit<Proposed, 'id'> {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return { type, contentType: 'application/json', data: Buffer.from(text), metadata: NONE };
}
