import type { Actor } from './envelope';
import type { FieldIssue } from './field-issues';
import type { Json } from './json';

/** A command as it arrives: not yet validated, with the identity that was verified. */
export interface Submission {
  readonly type: string;
  readonly stream: string;
  /** the body as received, before defaults. Its `reason` goes to the events' meta, its `onBehalfOf` to their actor. */
  readonly body: Json;
  /** the idempotency key: the same subject, stream and key is the same command */
  readonly key: string;
  readonly actor: Actor;
  readonly correlationId: string;
  /** what caused it; the command itself when undefined */
  readonly causationId?: string;
  /** W3C Trace Context, kept with the events; of what is traced only */
  readonly traceparent?: string;
  /** the revision that the sender has seen and means to change */
  readonly ifMatch?: number;
  /** refused without `ifMatch` where it would replace what the stream holds (`Decider.replaces`) */
  readonly mustMatch?: true;
  /** for a history: the moment that counts as now (ISO, UTC), and when it was really entered */
  readonly reconstructed?: { readonly at: string; readonly importedAt: string };
}

/** What the sender gets for an accepted command, and gets again for a repeat of it. */
export interface Receipt {
  readonly events: readonly { readonly id: string; readonly type: string; readonly revision: number }[];
  readonly stream: string;
  /** the stream's revision after the command */
  readonly revision: number;
  readonly recordedAt: string;
  /** for `?after=`: reads that have seen this command */
  readonly token: string;
}

/** A body that does not fit its command. */
export class InvalidBody extends Error {
  readonly code = 'invalid-body';
  constructor(readonly issues: readonly FieldIssue[]) {
    super(issues.map((issue) => `${issue.field || 'body'}: ${issue.message.en}`).join('; '));
  }
}

/** Streams of that kind know no such command, or there are no such streams. */
export class UnknownCommand extends Error {
  readonly code = 'unknown-command';
}

/** The idempotency key was used before, for something else. */
export class KeyReused extends Error {
  readonly code = 'idempotency-key-reused';
  constructor() {
    super('this idempotency key was used for another command');
  }
}

/** The sender has seen another revision than the one in force. */
export class RevisionMismatch extends Error {
  readonly code = 'revision-mismatch';
  constructor(
    readonly expected: number,
    readonly actual: number,
  ) {
    super(`the stream is at revision ${String(actual)}, not ${String(expected)}`);
  }
}

/** The sender did not say which revision he has seen, and would replace what the stream holds. */
export class PreconditionRequired extends Error {
  readonly code = 'precondition-required';
  constructor(type: string) {
    super(`${type} would replace what is there, and names no revision`);
  }
}

/** Others changed the stream faster than the command could be decided, a bounded number of times. */
export class Contention extends Error {
  readonly code = 'contention';
}
