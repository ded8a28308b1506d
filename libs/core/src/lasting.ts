import { NotCanonical } from './canonical';
import { EnvelopeTooLarge } from './envelope';
import { UnknownEvent } from './event-types';
import { ProgrammeClosed } from './ports/log-copy';
import { Refusal } from './refusal';
import { BadName } from './stream-name';
import { InvalidBody, KeyReused, RevisionMismatch, UnknownCommand } from './submission';

/** An error that lasts, met in another thread or process, where its own class was left behind. */
export class Defect extends Error {
  readonly code = 'defect';
}

const LASTING = [
  ...[Refusal, InvalidBody, KeyReused, RevisionMismatch, UnknownCommand],
  ...[BadName, NotCanonical, EnvelopeTooLarge, UnknownEvent, Defect],
  ...[TypeError, RangeError, ReferenceError],
] as const;

/**
 * Whether a command that failed so fails again however often it is given: a rule refuses it, it cannot be stored, its
 * programme has moved away, or the software is wrong. Anything else is of the moment: the log, the disk, the connection.
 */
export function isLasting(error: unknown): boolean {
  if (error instanceof ProgrammeClosed) return error.gate.state === 'moved';
  return LASTING.some((each) => error instanceof each);
}
