import { type FieldIssue, InvalidBody, Refusal, RevisionMismatch, type RuleText } from '@jejak/core';
import { InvalidParams } from '../ask/ask';
import { NotAllowed } from '../guard';
import { PROBLEMS, type ProblemCode, REFUSED } from './texts';

/** An error that a door finds by itself, before a command or a question gets through it. */
export class Problem extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly more: { readonly field?: string; readonly retryAfter?: number } = {},
  ) {
    super(code);
  }
}

/** What is told of an error, in both languages, whatever way it is told. */
export interface Told {
  readonly status: number;
  readonly code: string;
  readonly title: RuleText;
  readonly detail: RuleText;
  readonly field?: string;
  readonly errors?: readonly FieldIssue[];
}

/** What SQLite and the file system say of a disk that is full, read-only or broken. */
const OF_THE_DISK =
  /^(SQLITE_(FULL|READONLY|IOERR|CANTOPEN|BUSY|CORRUPT|NOTADB)|ENOSPC|EDQUOT|EROFS|EIO|view-store-broken)/;

/** The code of an error that is one of ours, or the disk's; undefined of any other. */
export function problemCodeOf(error: unknown): ProblemCode | undefined {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return undefined;
  if (Object.hasOwn(PROBLEMS, code)) return code as ProblemCode;
  return OF_THE_DISK.test(code) ? 'storage-unavailable' : undefined;
}

/**
 * What is told of an error: nothing of what went wrong inside.
 *
 * @param error anything that was thrown
 * @param code what it is, where it is no rule's
 */
export function told(error: unknown, code = problemCodeOf(error) ?? 'internal'): Told {
  if (error instanceof Refusal) {
    const { field } = error;
    const detail = { en: error.sentence('en'), id: error.sentence('id') };
    return { status: 422, code: error.code, title: REFUSED, detail, ...(field !== undefined && { field }) };
  }
  const { status, en, id } = PROBLEMS[code];
  const errors = error instanceof InvalidBody || error instanceof InvalidParams ? error.issues : undefined;
  const field = errors?.[0]?.field ?? (error instanceof Problem ? error.more.field : undefined);
  return {
    ...{ status, code, title: { en, id }, detail: detailOf(error, { en, id }) },
    ...(field !== undefined && field !== '' && { field }),
    ...(errors !== undefined && { errors }),
  };
}

function detailOf(error: unknown, { en, id }: RuleText): RuleText {
  if (error instanceof RevisionMismatch) {
    const actual = String(error.actual);
    return { en: `${en} It is at revision ${actual} now.`, id: `${id} Revisinya kini ${actual}.` };
  }
  if (error instanceof NotAllowed) {
    const roles = error.roles.join(', ');
    return {
      en: `${en} ${error.what} takes one of the roles ${roles}. The programme's office grants roles, and the operator grants that of the office.`,
      id: `${id} ${error.what} memerlukan salah satu peran ${roles}. Peran diberikan oleh kantor program (office); peran office diberikan oleh operator.`,
    };
  }
  return { en, id };
}
