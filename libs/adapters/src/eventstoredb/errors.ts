import { ErrorType, isCommandError } from '@eventstore/db-client';
import { EnvelopeTooLarge, LogUnavailable } from '@jejak/core';

/** The stream is at another revision than expected; -1 for a stream without events. */
export class AtAnotherRevision extends Error {
  constructor(readonly actual: number) {
    super(`the stream is at revision ${String(actual)}`);
  }
}

/** Events that are each small enough, and together more than EventStoreDB takes in one append. */
export class AppendTooLarge extends EnvelopeTooLarge {
  constructor(limit: number) {
    super(limit);
    this.message = `the events are too large together: EventStoreDB takes at most ${String(limit)} bytes at once`;
  }
}

/** An append that did not leave. */
export class NotSent extends Error {}

/** An append that may have been carried out. */
export class NotAnswered extends Error {}

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
  if (error instanceof LogUnavailable || error instanceof NotAnswered || wasNeverSent(error)) return true;
  if (!(error instanceof Error) || !isCommandError(error)) return false;
  return !FINAL.has(error.type) && !FINAL_CODES.has(error.code ?? -1);
}

/** Whether the call, surely, never came to a server that could carry it out. */
export function wasNeverSent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof NotSent || UNSENT.test(error.message)) return true;
  return isCommandError(error) && error.type === ErrorType.NOT_LEADER;
}

/** What an error says; it never holds the connection string. */
export function saysWhat(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
