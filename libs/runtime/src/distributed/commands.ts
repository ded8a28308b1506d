import type { CommandMessage, CommandOutcome } from '@jejak/adapters/kafka';
import {
  INSTALLATION,
  isLasting,
  isoMoment,
  type Json,
  parseStream,
  streamName,
  UnknownCommand,
} from '@jejak/core';
import { type AccountState, isOpen } from '@jejak/domain';
import { bearerOf, idempotencyKeyOf, revisionOf } from '../command-headers';
import { type Sent, submit } from '../dispatch';
import type { Jejak } from '../jejak';
import { Problem, problemCodeOf } from '../problems/problem';
import type { ProblemCode } from '../problems/texts';
import { NotSignedIn } from '../signed-in';
import { validTraceparent } from '../watch/traceparent';
import { answerOf, type Asked, askedIn } from './command-answer';

/** What carrying out commands that come over Kafka takes. */
export type CommandParts = Pick<
  Jejak,
  'guard' | 'commands' | 'evidence' | 'identity' | 'credentials' | 'clock' | 'config'
>;

/** What passes when a server is back, or others have finished: tried again until it has. */
const OF_THE_MOMENT: ReadonlySet<ProblemCode> = new Set([
  'contention',
  'log-unavailable',
  'outcome-unknown',
  'storage-unavailable',
]);

/** How often is tried what may never pass, such as a token whose keys nobody has: about a minute and a half. */
const ATTEMPTS = 20;

/** A message with one of these is no command that anybody could carry out: it is kept aside. */
const UNREADABLE: ReadonlySet<string> = new Set([
  'not-a-cloud-event',
  'body-too-large',
  'unsupported-media-type',
  'malformed-body',
  'not-canonical',
  'sign-in-required',
  'idempotency-key-missing',
  'bad-name',
  'unknown-command',
  'internal',
] satisfies ProblemCode[]);

/**
 * Carries out the command of a message, and says what its sender is answered: what the same command is answered over
 * HTTP.
 *
 * @param source names the log, in answers
 * @param attempt how often this message has gone wrong before
 * @throws what is of the moment: the same message again finds out
 */
export async function carryOut(
  parts: CommandParts,
  source: string,
  message: CommandMessage,
  attempt: number,
): Promise<CommandOutcome> {
  const asked = askedIn(message.headers);
  try {
    const sent = await sentFrom(parts, message, asked);
    const answer = answerOf(asked, source, { receipt: await submit(parts, sent) });
    return { ...(answer && { answer }), isFinal: true };
  } catch (error) {
    const known = problemCodeOf(error);
    if (known !== undefined && OF_THE_MOMENT.has(known)) throw error;
    // A token that only looks like one of the provider's must not hold up for ever what comes behind it.
    const mayPass = known === undefined ? !isLasting(error) : known === 'provider-unavailable';
    if (mayPass && attempt < ATTEMPTS) throw error;
    const answer = answerOf(asked, source, { error });
    const code = known ?? (isLasting(error) && hasCode(error) ? error.code : 'internal');
    const isUnreadable = UNREADABLE.has(code) || answer === undefined;
    return {
      ...(answer && { answer }),
      ...(isUnreadable && { unreadable: code }),
      isFinal: isUnreadable && code !== 'internal',
    };
  }
}

const hasCode = (error: unknown): error is { readonly code: string } =>
  typeof (error as { code?: unknown }).code === 'string';

/**
 * The command of a message, its sender known.
 *
 * @throws Problem, NotSignedIn, UnknownCommand, and what the identity and the log throw
 */
async function sentFrom(parts: CommandParts, message: CommandMessage, asked: Asked): Promise<Sent> {
  const { headers, body } = message;
  if (headers.ce_specversion !== '1.0' || asked.id === undefined || asked.source === undefined)
    throw new Problem('not-a-cloud-event');
  if (asked.type === undefined || headers.ce_subject === undefined) throw new Problem('not-a-cloud-event');
  if (body.length > parts.config.bodyBytes) throw new Problem('body-too-large');
  const { programme, stream } = streamOf(headers.ce_subject);
  const subject = await senderOf(parts, message, programme, asked.type);
  const key = idempotencyKeyOf(headers['idempotency-key']);
  // Accounts have secrets, which have no place in a topic.
  if (programme === INSTALLATION) throw new UnknownCommand(`${asked.type} is not given over Kafka`);
  const { 'jejak-agency': agency, 'if-match': ifMatch } = headers;
  const seen = revisionOf(ifMatch);
  const traceparent = validTraceparent(headers.traceparent);
  return {
    caller: { subject, ...(agency !== undefined && agency !== '' && { agency }) },
    ...{ type: asked.type, stream, body: jsonOf(message), key, correlationId: asked.correlationId },
    ...(traceparent !== undefined && { traceparent }),
    ...(seen !== undefined && { ifMatch: seen }),
    mustMatch: true,
  };
}

function streamOf(subject: string): { readonly programme: string; readonly stream: string } {
  try {
    const { kind, programme, code } = parseStream(subject);
    return { programme, stream: streamName(kind, programme, code) };
  } catch {
    throw new Problem('bad-name', { field: 'ce_subject' });
  }
}

const JSON_TYPE = /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

function jsonOf({ headers, body }: CommandMessage): Json {
  if (!JSON_TYPE.test(headers['content-type'] ?? '')) throw new Problem('unsupported-media-type');
  try {
    return JSON.parse(UTF8.decode(body)) as Json;
  } catch {
    throw new Problem('malformed-body');
  }
}

/**
 * The service account that sent a message: its token was good when the broker took the message in, and its sign-in and
 * its account are good now.
 */
async function senderOf(
  { identity, commands, credentials, clock }: CommandParts,
  { headers, handedIn }: CommandMessage,
  programme: string,
  type: string,
): Promise<string> {
  const { authorization } = headers;
  if (authorization === undefined) throw new NotSignedIn('sign-in-required');
  const now = clock();
  // Where the broker does not stamp messages itself, the sender could say any time: then only now counts.
  const { subject } = await identity.verify(bearerOf(authorization), Math.min(handedIn ?? now, now));
  const account = (await commands.read(streamName('account', INSTALLATION, subject))).state as AccountState;
  if (!isOpen(account)) throw new NotSignedIn('token-invalid');
  if (account.status === 'open' && account.kind === 'service') return subject;
  await credentials.logAccess({ at: isoMoment(now), kind: 'refused', subject, programme, detail: type });
  throw new Problem('not-a-service');
}
