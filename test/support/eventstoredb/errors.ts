import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import type { Expected } from './record';

/** An error as the real server sends it: a status, and trailers that say which one it is. */
export function serverError(
  code: status,
  details: string,
  trailers: { readonly [name: string]: string } = {},
): ServiceError {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return Object.assign(new Error(details), { code, details, metadata });
}

export const streamDeleted = (stream: string): ServiceError =>
  serverError(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

export const appendTooLarge = (limit: number): ServiceError =>
  serverError(status.INVALID_ARGUMENT, `Maximum Append Size of ${String(limit)} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(limit),
  });

export const propertyMissing = (names: readonly string[]): ServiceError =>
  serverError(status.INVALID_ARGUMENT, `Required Metadata Properties are missing: ${names.join()}`, {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': names.join(),
  });

/** The numbers by which the real server writes what is no revision. */
const NUMBERS = { any: -2, no_stream: -1, stream_exists: -4 };

export const wrongExpectedVersion = (
  stream: string,
  expected: Expected,
  current: number | undefined,
): ServiceError =>
  serverError(
    status.FAILED_PRECONDITION,
    `Append failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${String(expected)}, ` +
      `Actual version: ${String(current ?? -1)}`,
    {
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': String(typeof expected === 'number' ? expected : NUMBERS[expected]),
      ...(current !== undefined && { 'actual-version': String(current) }),
    },
  );

export const unavailable = (): ServiceError => serverError(status.UNAVAILABLE, 'The stand-in cut this call.');

export const accessDenied = (): ServiceError =>
  serverError(status.UNAUTHENTICATED, 'Access Denied', { exception: 'access-denied' });

export const unimplemented = (what: string): ServiceError =>
  serverError(status.UNIMPLEMENTED, `The stand-in does not do this: ${what}`);
