import { createHash } from 'node:crypto';
import type { CommandAnswer } from '@jejak/adapters/kafka';
import type { Receipt, RuleText } from '@jejak/core';
import { correlationOf } from '../command-headers';
import { told } from '../problems/problem';

/** What a message says of itself, as far as it can be read: enough to answer it where it has an id. */
export interface Asked {
  /** the event's id, under which it is answered */
  readonly id?: string;
  readonly source?: string;
  /** the command's type */
  readonly type?: string;
  readonly key?: string;
  readonly correlationId: string;
  readonly traceparent?: string;
}

/** What can be given back: text that is visible, and not too long. */
const GIVEN_BACK = /^[\x21-\x7e]{1,200}$/;
const TRACEPARENT = /^[\x21-\x7e]{1,100}$/;

/** Of what does not fit, so much is told: an answer has to fit into a message itself. */
const MOST_ERRORS = 50;
const LONGEST_TEXT = 300;

/** Reads what a message says of itself. */
export function askedIn(headers: Readonly<Record<string, string>>): Asked {
  const named = (name: string): string | undefined => {
    const text = headers[name];
    return text !== undefined && GIVEN_BACK.test(text) ? text : undefined;
  };
  const [id, source, type, key] = [
    named('ce_id'),
    named('ce_source'),
    named('ce_type'),
    named('idempotency-key'),
  ];
  const { traceparent } = headers;
  const correlationId =
    correlationOf(headers['x-correlation-id'] ?? id, traceparent) ??
    // The same message again has the same one, so that its answer is the same.
    digestOf(JSON.stringify([source, id])).slice(0, 32);
  return {
    correlationId,
    ...(id !== undefined && { id }),
    ...(source !== undefined && { source }),
    ...(type !== undefined && { type }),
    ...(key !== undefined && { key }),
    ...(traceparent !== undefined && TRACEPARENT.test(traceparent) && { traceparent }),
  };
}

/**
 * The answer to a message, as an event of CloudEvents 1.0 in binary mode; undefined where the message has no id that
 * it could be answered under. The same outcome has the same bytes.
 *
 * @param source names the log
 */
export function answerOf(
  { id, source: origin, type, key, correlationId, traceparent }: Asked,
  source: string,
  outcome: { readonly receipt: Receipt } | { readonly error: unknown },
): CommandAnswer | undefined {
  if (id === undefined) return undefined;
  const command = {
    id,
    ...(origin !== undefined && { source: origin }),
    ...(type !== undefined && { type }),
    ...(key !== undefined && { key }),
  };
  const isAccepted = 'receipt' in outcome;
  const text = JSON.stringify(
    isAccepted
      ? { command, receipt: outcome.receipt, correlationId }
      : { command, problem: problemOf(outcome.error), correlationId },
  );
  return {
    key: id,
    headers: {
      ce_specversion: '1.0',
      ce_id: digestOf(text),
      ce_source: source,
      ce_type: isAccepted ? ACCEPTED : REFUSED,
      ce_commandid: id,
      'content-type': 'application/json',
      ...(key !== undefined && { 'idempotency-key': key }),
      ...(traceparent !== undefined && { traceparent }),
    },
    text,
  };
}

export const ACCEPTED = 'CommandAccepted';
export const REFUSED = 'CommandRefused';

/** The problem document of an error, in both languages. */
function problemOf(error: unknown): object {
  const { code, status, title, detail, field, errors } = told(error);
  return {
    type: `/problems/${code}`,
    ...{ status, code, title, detail: both(detail) },
    ...(field !== undefined && { field: short(field) }),
    ...(errors && {
      errors: errors
        .slice(0, MOST_ERRORS)
        .map((issue) => ({ field: short(issue.field), message: both(issue.message) })),
    }),
  };
}

const short = (text: string): string =>
  text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT).toWellFormed()}…`;
const both = ({ en, id }: RuleText): RuleText => ({ en: long(en), id: long(id) });
const long = (text: string): string =>
  text.length <= 5 * LONGEST_TEXT ? text : `${text.slice(0, 5 * LONGEST_TEXT).toWellFormed()}…`;

const digestOf = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
