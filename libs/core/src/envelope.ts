import { canonical } from './canonical';
import type { Json } from './json';

/** Who did it: from the verified token and the grant that allowed it, never from a request's body. */
export interface Actor {
  readonly subject: string;
  readonly role: string;
  readonly agency?: string;
  /** the agency that the office reports for */
  readonly onBehalfOf?: string;
}

export interface EventMeta {
  readonly actor: Actor;
  readonly commandId: string;
  readonly commandDigest: string;
  readonly correlationId: string;
  readonly causationId: string;
  /** W3C Trace Context of the command, where it had one */
  readonly traceparent?: string;
  /** stream > revision of the other streams that the decision looked at; -1 for a stream with no events */
  readonly facts?: { readonly [stream: string]: number };
  readonly reason?: string;
  /** `reconstructed`: entered later, as a history */
  readonly origin?: 'reconstructed';
  /** for a reconstructed event: when it was really written (ISO, UTC) */
  readonly importedAt?: string;
}

/** An event as it is stored and hashed. Its canonical bytes never change. */
export interface Envelope<T extends string = string, D = unknown> {
  readonly id: string;
  readonly type: T;
  readonly version: number;
  readonly stream: string;
  /** place in its stream, from 0 */
  readonly revision: number;
  readonly programme: string;
  /** UTC, milliseconds; never goes back within a stream */
  readonly recordedAt: string;
  readonly data: D;
  readonly meta: EventMeta;
}

/** An event before it is appended: the appender gives it revision and recordedAt. */
export type NewEvent = Omit<Envelope, 'revision' | 'recordedAt' | 'stream'>;

/** An event read from its stream or from the whole log. */
export interface LoggedEvent<E extends Envelope = Envelope> {
  readonly event: E;
  /** opaque and ordered, a decimal string; valid in one log only */
  readonly position: string;
}

/** An event read as one of its programme's. */
export interface ProgrammeEvent<E extends Envelope = Envelope> extends LoggedEvent<E> {
  /** gapless place among its programme's events, from 0: the same on every store */
  readonly index: number;
}

/** The largest envelope that is accepted, in bytes of its canonical form. */
export const MAX_ENVELOPE_BYTES = 256 * 1024;

/** Refused before appending: an event too large to store. */
export class EnvelopeTooLarge extends Error {
  readonly code = 'envelope-too-large';
  constructor(readonly bytes: number) {
    super(`the event takes ${String(bytes)} bytes; at most ${String(MAX_ENVELOPE_BYTES)} are stored`);
  }
}

/**
 * The canonical text of an envelope: what is stored, hashed and proved.
 *
 * @throws NotCanonical for ill-formed Unicode; EnvelopeTooLarge above 256 KiB
 */
export function envelopeText(envelope: Envelope): string {
  const text = canonical(envelope as unknown as Json);
  // A UTF-16 unit takes at most three bytes of UTF-8: only a long text needs counting.
  if (text.length * 3 > MAX_ENVELOPE_BYTES) {
    const bytes = Buffer.byteLength(text, 'utf8');
    if (bytes > MAX_ENVELOPE_BYTES) throw new EnvelopeTooLarge(bytes);
  }
  return text;
}

const written = new WeakMap<Envelope, string>();

/**
 * As envelopeText, kept as long as the envelope itself is: for one that is written in several places.
 *
 * @throws as envelopeText
 */
export function keptText(envelope: Envelope): string {
  let text = written.get(envelope);
  if (text === undefined) written.set(envelope, (text = envelopeText(envelope)));
  return text;
}
