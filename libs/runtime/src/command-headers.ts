import { Problem } from './problems/problem';
import { NotSignedIn } from './signed-in';

/** What headers of a command say, whatever brings it here: HTTP and Kafka take the same ones. */

/** A UUID, or a trace id (W3C Trace Context): it is written to the log for good, so that it must not be a text of the caller's. */
const CORRELATION = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32})$/i;
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;
const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i;
const KEY = /^[\x21-\x7e]{1,200}$/;
const REVISION = /^"r(0|[1-9][0-9]{0,14})"$/;

/** The pattern of an idempotency key, for documents. */
export const KEY_PATTERN = '^[\\x21-\\x7e]{1,200}$';

/** The id that ties a command to its events and log lines: the caller's own where it sends a UUID or a trace id. */
export function correlationOf(given: unknown, traceparent: unknown): string | undefined {
  if (typeof given === 'string' && CORRELATION.test(given)) return given;
  return typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.[1] : undefined;
}

/**
 * The token of an `authorization` header.
 *
 * @throws NotSignedIn `token-invalid`
 */
export function bearerOf(authorization: string): string {
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) throw new NotSignedIn('token-invalid');
  return token;
}

/**
 * An `idempotency-key` header.
 *
 * @throws Problem `idempotency-key-missing`
 */
export function idempotencyKeyOf(key: unknown): string {
  if (typeof key !== 'string' || !KEY.test(key)) throw new Problem('idempotency-key-missing');
  return key;
}

/** The revision of an `if-match` header; `*` names none, and neither does none. */
export function revisionOf(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch === '*') return undefined;
  const revision = REVISION.exec(ifMatch.trim())?.[1];
  // A tag that no revision has, such as a weak one, can match none.
  return revision === undefined ? Number.MAX_SAFE_INTEGER : Number(revision);
}
