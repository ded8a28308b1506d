import {
  InvalidBody,
  InvalidParams,
  NotAllowed,
  Refusal,
  RevisionMismatch,
  ViewBehind,
} from '@jejak/runtime';
import { type Language, PROBLEMS, type ProblemCode, REFUSED } from './texts';

/** An error that the API finds by itself. */
export class Problem extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly more: { readonly field?: string; readonly retryAfter?: number } = {},
  ) {
    super(code);
  }
}

/** A problem document (RFC 9457), with the rule's code and the field that it is about. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly field?: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
  readonly correlationId: string;
}

export interface Answer {
  readonly document: ProblemDocument;
  readonly headers: Readonly<Record<string, string>>;
}

/** Errors of Fastify and Node, by their code, and what they are here. */
const FOREIGN: { readonly [code: string]: ProblemCode } = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed-body',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed-body',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed-body',
  FST_ERR_BAD_URL: 'bad-request',
  FST_ERR_MAX_PARAM_LENGTH: 'path-too-long',
};

/** What SQLite and the file system say of a disk that is full, read-only or broken. */
const OF_THE_DISK =
  /^(SQLITE_(FULL|READONLY|IOERR|CANTOPEN|BUSY|CORRUPT|NOTADB)|ENOSPC|EDQUOT|EROFS|EIO|view-store-broken)/;

const BY_STATUS: { readonly [status: number]: ProblemCode } = {
  400: 'malformed-body',
  404: 'unknown-route',
  405: 'method-not-allowed',
  413: 'body-too-large',
  414: 'path-too-long',
  415: 'unsupported-media-type',
  429: 'too-many-requests',
  503: 'stopping',
};

function isProblemCode(code: unknown): code is ProblemCode {
  return typeof code === 'string' && Object.hasOwn(PROBLEMS, code);
}

/** The code of an error: its own where it is one of ours, else by what the web server calls it. */
export function problemCodeOf(error: unknown): ProblemCode {
  const { code, statusCode, status } = error as { code?: unknown; statusCode?: unknown; status?: unknown };
  if (isProblemCode(code)) return code;
  if (typeof code === 'string' && Object.hasOwn(FOREIGN, code)) return FOREIGN[code] as ProblemCode;
  if (typeof code === 'string' && OF_THE_DISK.test(code)) return 'storage-unavailable';
  const number = typeof statusCode === 'number' ? statusCode : typeof status === 'number' ? status : 500;
  return BY_STATUS[number] ?? (number < 500 ? 'bad-request' : 'internal');
}

/**
 * The answer to an error: a problem document and the headers that go with it.
 *
 * @param error anything that was thrown
 */
export function problemOf(error: unknown, language: Language, correlationId: string): Answer {
  if (error instanceof Refusal) {
    const { code, field } = error;
    const document: ProblemDocument = {
      type: `/problems/${code}`,
      title: REFUSED[language],
      status: 422,
      detail: error.sentence(language),
      code,
      ...(field !== undefined && { field }),
      correlationId,
    };
    return { document, headers: {} };
  }
  const code = problemCodeOf(error);
  const { status, [language]: sentence } = PROBLEMS[code];
  const issues = error instanceof InvalidBody || error instanceof InvalidParams ? error.issues : undefined;
  const errors = issues?.map((issue) => ({ field: issue.field, message: issue.message[language] }));
  const field = errors?.[0]?.field ?? (error instanceof Problem ? error.more.field : undefined);
  const document: ProblemDocument = {
    type: `/problems/${code}`,
    title: sentence,
    status,
    detail: detailOf(error, sentence, language),
    code,
    ...(field !== undefined && field !== '' && { field }),
    ...(errors !== undefined && { errors }),
    correlationId,
  };
  return { document, headers: headersOf(error, status) };
}

function detailOf(error: unknown, sentence: string, language: Language): string {
  if (error instanceof RevisionMismatch) {
    const { actual } = error;
    return language === 'en'
      ? `${sentence} It is at revision ${String(actual)} now.`
      : `${sentence} Revisinya kini ${String(actual)}.`;
  }
  if (error instanceof NotAllowed) {
    const roles = error.roles.join(', ');
    return language === 'en'
      ? `${sentence} ${error.what} takes one of the roles ${roles}. The programme's office grants roles, and the operator grants that of the office.`
      : `${sentence} ${error.what} memerlukan salah satu peran ${roles}. Peran diberikan oleh kantor program (office); peran office diberikan oleh operator.`;
  }
  return sentence;
}

function headersOf(error: unknown, status: number): Record<string, string> {
  if (status === 401) return { 'www-authenticate': 'Bearer realm="jejak"' };
  const asked =
    error instanceof ViewBehind
      ? error.retryAfter
      : error instanceof Problem
        ? error.more.retryAfter
        : undefined;
  if (asked !== undefined) return { 'retry-after': String(asked) };
  if (status === 503) return { 'retry-after': '5' };
  return {};
}
