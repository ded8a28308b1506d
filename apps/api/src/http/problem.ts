import { type Language, Problem, problemCodeOf, type ProblemCode, told, ViewBehind } from '@jejak/runtime';

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

/** What an error is that is no rule's: what it says of itself, else by what the web server calls it. */
function codeOf(error: unknown): ProblemCode {
  const ours = problemCodeOf(error);
  if (ours !== undefined) return ours;
  const { code, statusCode, status } = error as { code?: unknown; statusCode?: unknown; status?: unknown };
  if (typeof code === 'string' && Object.hasOwn(FOREIGN, code)) return FOREIGN[code] as ProblemCode;
  const number = typeof statusCode === 'number' ? statusCode : typeof status === 'number' ? status : 500;
  return BY_STATUS[number] ?? (number < 500 ? 'bad-request' : 'internal');
}

/**
 * The answer to an error: a problem document and the headers that go with it.
 *
 * @param error anything that was thrown
 */
export function problemOf(error: unknown, language: Language, correlationId: string): Answer {
  const { code, status, title, detail, field, errors } = told(error, codeOf(error));
  const document: ProblemDocument = {
    type: `/problems/${code}`,
    title: title[language],
    status,
    detail: detail[language],
    code,
    ...(field !== undefined && { field }),
    ...(errors && { errors: errors.map((each) => ({ field: each.field, message: each.message[language] })) }),
    correlationId,
  };
  return { document, headers: headersOf(error, status) };
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
