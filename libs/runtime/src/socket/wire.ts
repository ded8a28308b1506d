import { BadName, ExternalTaken, LoginTaken, UnknownCommand } from '@jejak/core';
import type { Sent } from '../dispatch';
import { NotAllowed } from '../guard';
import { NotSignedIn, type NotSignedInCode } from '../signed-in';
import { fromWire, toWire, type WireError } from '../worker/messages';
import type { AccountCommandType, LocalAccount } from './service';

/*
 * The protocol of the socket: a line of JSON for each request and for each answer, UTF-8. Requests carry a number of
 * the client's; answers may come in any order and carry it again.
 */

/** What is asked of the process that has the data directory. */
export type SocketCall =
  | { readonly call: 'submit'; readonly sent: Sent }
  | { readonly call: 'open-account'; readonly account: LocalAccount }
  | { readonly call: 'account'; readonly type: AccountCommandType; readonly subject: string }
  | { readonly call: 'password'; readonly subject: string; readonly password: string }
  | { readonly call: 'oidc-subject'; readonly subject: string; readonly oidcSubject: string | null };

export type SocketRequest = SocketCall & { readonly id: number };
export type SocketAnswer =
  { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: SocketError };

/** The longest line, in UTF-16 units: more than any command may take. */
export const LONGEST_LINE = 4 * 1024 * 1024;

export type SocketError =
  | WireError
  | { readonly kind: 'not-allowed'; readonly what: string; readonly roles: readonly string[] }
  | { readonly kind: 'not-signed-in'; readonly code: NotSignedInCode }
  | { readonly kind: 'login-taken' | 'external-taken'; readonly message: string }
  | { readonly kind: 'unknown-command'; readonly message: string }
  | { readonly kind: 'bad-name'; readonly part: BadName['part']; readonly value: string };

/** An error as it goes over the socket. */
export function toSocket(error: unknown): SocketError {
  if (error instanceof NotAllowed) return { kind: 'not-allowed', what: error.what, roles: error.roles };
  if (error instanceof NotSignedIn) return { kind: 'not-signed-in', code: error.code };
  if (error instanceof LoginTaken) return { kind: 'login-taken', message: error.message };
  if (error instanceof ExternalTaken) return { kind: 'external-taken', message: error.message };
  if (error instanceof UnknownCommand) return { kind: 'unknown-command', message: error.message };
  if (error instanceof BadName) return { kind: 'bad-name', part: error.part, value: error.value };
  return toWire(error);
}

/** The error that `toSocket` was given, as far as it went over. */
export function fromSocket(error: SocketError): Error {
  switch (error.kind) {
    case 'not-allowed':
      return new NotAllowed(error.what, error.roles);
    case 'not-signed-in':
      return new NotSignedIn(error.code);
    case 'login-taken':
      return new LoginTaken(error.message);
    case 'external-taken':
      return new ExternalTaken(error.message);
    case 'unknown-command':
      return new UnknownCommand(error.message);
    case 'bad-name':
      return new BadName(error.part, error.value);
    default:
      return fromWire(error);
  }
}

/**
 * The lines of a stream of text, as they come. Node's own reader of lines also ends one at U+2028, which JSON does not
 * escape.
 *
 * @throws Error for a line that never ends
 */
export async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw new Error('a line is longer than is accepted');
    yield* lines;
  }
}
