import type { Metadata } from '@grpc/grpc-js';
import { accessDenied } from './errors';

export interface SignIn {
  readonly username: string;
  readonly password: string;
}

/** What of any call is needed to see who calls, and to send him away. */
interface AnyCall {
  readonly metadata: Metadata;
  emit?(name: 'error', error: Error): void;
}

/** The method for those who say this name and password; UNAUTHENTICATED for the others. */
export function requiring<T extends (call: never, reply: never) => void>(signIn: SignIn, method: T): T {
  const expected = `Basic ${Buffer.from(`${signIn.username}:${signIn.password}`).toString('base64')}`;
  const guarded = (call: AnyCall, reply?: (error: Error) => void): void => {
    if (call.metadata.get('authorization').includes(expected)) method(call as never, reply as never);
    else if (reply === undefined) call.emit?.('error', accessDenied());
    else reply(accessDenied());
  };
  return guarded as unknown as T;
}
