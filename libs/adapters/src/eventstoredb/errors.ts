import { ErrorType, isCommandError } from '@eventstore/db-client';

/** What EventStoreDB says for good: the same call again would say the same. */
const FINAL: ReadonlySet<string> = new Set([
  ErrorType.WRONG_EXPECTED_VERSION,
  ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED,
  ErrorType.STREAM_DELETED,
  ErrorType.ACCESS_DENIED,
  ErrorType.INVALID_ARGUMENT,
  ErrorType.MISSING_REQUIRED_METADATA_PROPERTY,
  ErrorType.UNSUPPORTED,
]);

/** gRPC's invalid argument, permission denied, unimplemented and unauthenticated. */
const FINAL_CODES: ReadonlySet<number> = new Set([3, 7, 12, 16]);

/** How gRPC, or the client's discovery, tells that there was nobody to send a call to. */
const UNSENT = /No connection established|Name resolution failed|Failed to discover/;

/** Whether the same call again may go better: the connection, or the server behind it, is in trouble. */
export function isTransient(error: unknown): boolean {
  if (error instanceof Error && isCommandError(error)) {
    return !FINAL.has(error.type) && !FINAL_CODES.has(error.code ?? -1);
  }
  return error instanceof Error && UNSENT.test(error.message);
}

/** Whether the call, surely, never came to a server that could carry it out. */
export function wasNeverSent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return UNSENT.test(error.message) || (isCommandError(error) && error.type === ErrorType.NOT_LEADER);
}

/** What an error says; it never holds the connection string. */
export function saysWhat(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
