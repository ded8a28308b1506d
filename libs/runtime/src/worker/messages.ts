import {
  Contention,
  Defect,
  InvalidBody,
  isLasting,
  KeyReused,
  LogUnavailable,
  type Marker,
  OutcomeUnknown,
  type Receipt,
  Refusal,
  RevisionMismatch,
  type RefusalParams,
  type RuleText,
  type Submission,
} from '@jejak/core';

/** How far a view has come in a programme. */
export interface Move {
  readonly view: string;
  readonly programme: string;
  readonly marker: Marker;
}

/** A view or a process that takes no further event of a programme. */
export interface Stopped {
  readonly what: 'view' | 'process';
  readonly name: string;
  readonly programme: string;
  /** of the event that it could not take */
  readonly index: number;
  readonly error: string;
  /** of that event */
  readonly correlationId?: string;
  readonly traceparent?: string;
}

/** What the worker's thread says to the one that writes the log. */
export type FromWorker =
  | { readonly kind: 'moved'; readonly moves: readonly Move[] }
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'ready' }
  | { readonly kind: 'trouble'; readonly loop: string; readonly error: string }
  | { readonly kind: 'stopped'; readonly stopped: Stopped }
  | { readonly kind: 'submit'; readonly id: number; readonly submission: Submission };

/** What it is told. */
export type ToWorker =
  | { readonly kind: 'wake' }
  | { readonly kind: 'hurry' }
  | { readonly kind: 'accepted'; readonly id: number; readonly receipt: Receipt }
  | { readonly kind: 'refused'; readonly id: number; readonly error: WireError }
  | { readonly kind: 'stop' };

/** An error that keeps its meaning across a MessagePort or a socket. */
export type WireError =
  | {
      readonly kind: 'refusal';
      readonly code: string;
      readonly text: RuleText;
      readonly params: RefusalParams;
      readonly field?: string;
    }
  | { readonly kind: 'invalid-body'; readonly issues: InvalidBody['issues'] }
  | { readonly kind: 'revision-mismatch'; readonly expected: number; readonly actual: number }
  | { readonly kind: 'idempotency-key-reused' }
  | {
      readonly kind: 'contention' | 'log-unavailable' | 'outcome-unknown' | 'defect' | 'other';
      readonly message: string;
    };

/** What a runner is given to tell who has stopped. */
export function telling(
  what: Stopped['what'],
  onStopped: (stopped: Stopped) => void,
): (name: string, programme: string, stopped: NonNullable<Marker['stopped']>) => void {
  return (name, programme, { index, error }) => onStopped({ what, name, programme, index, error });
}

/** An error as it goes from thread to thread, with what its receiver can act on. */
export function toWire(error: unknown): WireError {
  if (error instanceof Refusal) {
    const { code, text, params, field } = error;
    return { kind: 'refusal', code, text, params, ...(field !== undefined && { field }) };
  }
  if (error instanceof InvalidBody) return { kind: 'invalid-body', issues: error.issues };
  if (error instanceof RevisionMismatch) {
    return { kind: 'revision-mismatch', expected: error.expected, actual: error.actual };
  }
  if (error instanceof KeyReused) return { kind: 'idempotency-key-reused' };
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Contention) return { kind: 'contention', message };
  if (error instanceof LogUnavailable) return { kind: 'log-unavailable', message };
  if (error instanceof OutcomeUnknown) return { kind: 'outcome-unknown', message };
  if (isLasting(error)) return { kind: 'defect', message };
  return { kind: 'other', message };
}

/** The error that `toWire` was given, as far as it went over. */
export function fromWire(error: WireError): Error {
  switch (error.kind) {
    case 'refusal':
      return new Refusal(error.code, error.text, error.params, error.field);
    case 'invalid-body':
      return new InvalidBody(error.issues);
    case 'revision-mismatch':
      return new RevisionMismatch(error.expected, error.actual);
    case 'idempotency-key-reused':
      return new KeyReused();
    case 'contention':
      return new Contention(error.message);
    case 'log-unavailable':
      return new LogUnavailable(error.message);
    case 'outcome-unknown':
      return new OutcomeUnknown(error.message);
    case 'defect':
      return new Defect(error.message);
    case 'other':
      return new Error(error.message);
    default:
      return error satisfies never;
  }
}
