import {
  InvalidBody,
  LogUnavailable,
  NotAllowed,
  OutcomeUnknown,
  Problem,
  PROBLEMS,
  Refusal,
  RevisionMismatch,
  ViewBehind,
} from '@jejak/runtime';
import { NotFound } from '@jejak/views';
import { problemOf } from './problem';
import { languageOf } from './language';

describe('the problem document of an error', () => {
  const told = (error: unknown, language: 'en' | 'id' = 'en') => {
    const { document, headers } = problemOf(error, language, 'c-1');
    return { ...document, headers };
  };

  it('names the rule of a refusal, its sentence in the language asked for, and its field', () => {
    const text = { en: '{n} is too much.', id: '{n} terlalu banyak.' };
    const refusal = new Refusal('too-much', text, { n: 7 }, 'amount');
    expect(told(refusal)).toEqual({
      type: '/problems/too-much',
      title: 'A rule does not allow this.',
      status: 422,
      detail: '7 is too much.',
      code: 'too-much',
      field: 'amount',
      correlationId: 'c-1',
      headers: {},
    });
    expect(told(refusal, 'id').detail).toBe('7 terlalu banyak.');
  });

  it.each([
    [new NotFound('x'), 404, 'not-found'],
    [new InvalidBody([{ field: 'a/b', message: { en: 'no', id: 'tidak' } }]), 400, 'invalid-body'],
    [new RevisionMismatch(1, 2), 412, 'revision-mismatch'],
    [new LogUnavailable('x'), 503, 'log-unavailable'],
    [new OutcomeUnknown('x'), 503, 'outcome-unknown'],
    [new Problem('precondition-required'), 428, 'precondition-required'],
    [
      Object.assign(new Error('x'), { code: 'FST_ERR_CTP_BODY_TOO_LARGE', statusCode: 413 }),
      413,
      'body-too-large',
    ],
    [Object.assign(new SyntaxError('x'), { statusCode: 400 }), 400, 'malformed-body'],
    [Object.assign(new Error('x'), { status: 404 }), 404, 'unknown-route'],
    [Object.assign(new Error('x'), { code: 'SQLITE_FULL' }), 503, 'storage-unavailable'],
    [Object.assign(new Error('x'), { code: 'SQLITE_IOERR_WRITE' }), 503, 'storage-unavailable'],
    [Object.assign(new Error('x'), { code: 'SQLITE_READONLY_DBMOVED' }), 503, 'storage-unavailable'],
    [Object.assign(new Error('x'), { code: 'ENOSPC' }), 503, 'storage-unavailable'],
    [Object.assign(new Error('x'), { code: 'EROFS' }), 503, 'storage-unavailable'],
    [Object.assign(new Error('x'), { code: 'SQLITE_CONSTRAINT' }), 500, 'internal'],
    [Object.assign(new Error('x'), { code: 'constructor' }), 500, 'internal'],
    [new TypeError('a bug'), 500, 'internal'],
    ['thrown text', 500, 'internal'],
  ])('%s is %s %s', (error, status, code) => {
    expect(told(error)).toMatchObject({ status, code, type: `/problems/${code}` });
  });

  it.each([
    ['contention', 409],
    ['not-yet-sealed', 404],
    ['envelope-too-large', 413],
    ['evidence-too-large', 413],
    ['evidence-damaged', 503],
    ['unknown-command', 404],
    ['foreign-token', 400],
    ['view-stopped', 503],
    ['view-rebuilding', 503],
    ['past-busy', 503],
    ['login-taken', 409],
    ['not-canonical', 400],
    ['bad-name', 400],
    ['idempotency-key-reused', 422],
    ['precondition-required', 428],
  ] as const)('of ours with the code %s is %s', (code, status) => {
    expect(told(Object.assign(new Error('x'), { code }))).toMatchObject({ status, code });
  });

  it.each(Object.entries(PROBLEMS))(
    '%s is told in both languages as the list of problems has it',
    (code, text) => {
      const error = Object.assign(new Error('x'), { code });
      for (const language of ['en', 'id'] as const)
        expect(told(error, language)).toMatchObject({
          ...{ type: `/problems/${code}`, title: text[language], detail: text[language], code },
          ...{ status: text.status, correlationId: 'c-1' },
        });
      expect(told(error).headers).toEqual(
        text.status === 401
          ? { 'www-authenticate': 'Bearer realm="jejak"' }
          : text.status === 503
            ? { 'retry-after': '5' }
            : {},
      );
    },
  );

  it('says which roles a thing takes, and who grants them', () => {
    const refused = new NotAllowed('VerifyCompletion', ['verifier']);
    expect(told(refused)).toMatchObject({
      status: 403,
      code: 'not-allowed',
      title: 'Your roles do not allow this.',
    });
    expect(told(refused).detail).toContain('VerifyCompletion takes one of the roles verifier.');
    expect(told(refused, 'id').detail).toContain('VerifyCompletion memerlukan salah satu peran verifier.');
  });

  it('tells nothing of what went wrong inside', () => {
    expect(JSON.stringify(told(new Error('password of the database')))).not.toContain(
      'password of the database',
    );
  });

  it('says when to come back, and how to sign in', () => {
    expect(told(new ViewBehind(['actions'], 'a.2023', 3)).headers).toEqual({ 'retry-after': '3' });
    expect(told(new Problem('too-many-requests', { retryAfter: 9 })).headers).toEqual({ 'retry-after': '9' });
    expect(told(new LogUnavailable('x')).headers).toEqual({ 'retry-after': '5' });
    expect(told(new OutcomeUnknown('x')).headers).toEqual({ 'retry-after': '5' });
    expect(told(new OutcomeUnknown('x')).detail).toContain('with the same key');
    expect(told(new OutcomeUnknown('x'), 'id').detail).toContain('dengan kunci yang sama');
    expect(told(new Problem('token-invalid')).headers).toEqual({
      'www-authenticate': 'Bearer realm="jejak"',
    });
  });

  it('has a sentence in both languages for every code', () => {
    for (const [code, { status, en, id }] of Object.entries(PROBLEMS)) {
      expect(code).toMatch(/^[a-z-]+$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(en).not.toBe(id);
      expect(en).toMatch(/\.$|ASCII characters\.$/);
      expect(id).toMatch(/\.$/);
    }
  });
});

describe('the language of an answer', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['id', 'id'],
    ['id-ID,id;q=0.9,en-US;q=0.8', 'id'],
    ['en-GB, id;q=0.9', 'en'],
    ['fr, de;q=0.9', 'en'],
    ['fr, id;q=0.1', 'id'],
    ['en;q=0.2, ID;q=0.3', 'id'],
    ['id;q=0', 'en'],
    ['id;q=nonsense', 'id'],
  ])('%p is %s', (header, language) => {
    expect(languageOf(header)).toBe(language);
  });
});
