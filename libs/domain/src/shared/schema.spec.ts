import type { z } from 'zod';
import { EvidenceAttached } from './evidence';
import {
  attachment,
  attachmentBy,
  byCode,
  change,
  changeBy,
  codeSchema,
  correction,
  correctionBy,
  decision,
  decisionBy,
  report,
  reportBy,
  sameCode,
  textSchema,
  titleSchema,
} from './schema';

const id = '00000000-0000-4000-8000-000000000001';
const fits = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success;

describe('an event type', () => {
  it.each([
    ['report', report({ title: titleSchema }), { occurredOn: '2023-06-01' }],
    ['change', change({ title: titleSchema }), { effectiveOn: '2023-06-01' }],
    ['correction', correction({ title: titleSchema }), { corrects: id }],
    ['attachment', attachment({ title: titleSchema }), { of: id }],
    ['decision', decision({ title: titleSchema }), {}],
  ])('that is a %s has the second date of its class, and no other field', (timeClass, type, second) => {
    expect(type).toMatchObject({ timeClass, version: 1, upcast: [] });
    expect(fits(type.schema, { title: 'x', ...second })).toBe(true);
    expect(fits(type.schema, { ...second })).toBe(false);
    expect(fits(type.schema, { title: 'x', ...second, reason: 'said in meta, not in data' })).toBe(false);
    if (timeClass !== 'decision') expect(fits(type.schema, { title: 'x' })).toBe(false);
  });

  it('refuses days and ids that are none', () => {
    expect(fits(report({}).schema, { occurredOn: '2023-02-29' })).toBe(false);
    expect(fits(correction({}).schema, { corrects: 'e1' })).toBe(false);
  });
});

describe('a command type', () => {
  const reason = 'it came late';
  it.each([
    ['report', reportBy(['officer'], { title: titleSchema }), { occurredOn: '2023-06-01' }, true],
    ['change', changeBy(['officer'], { title: titleSchema }), { effectiveOn: '2023-06-01' }, false],
    ['correction', correctionBy(['officer'], { title: titleSchema }), { corrects: id, reason }, true],
    ['attachment', attachmentBy(['officer'], { title: titleSchema }), { of: id }, true],
    ['decision', decisionBy(['officer'], { title: titleSchema }), {}, false],
  ])(
    'that makes a %s may give a reason, and names an agency where one may be reported for',
    (_, type, second, forOthers) => {
      const body = { title: 'x', ...second };
      expect(type.roles).toEqual(['officer']);
      expect(fits(type.schema, body)).toBe(true);
      expect(fits(type.schema, { ...body, reason })).toBe(true);
      expect(fits(type.schema, { ...body, reason, onBehalfOf: 'diskominfo' })).toBe(forOthers);
      expect(fits(type.schema, { ...body, unknown: 1 })).toBe(false);
    },
  );

  it('corrects only with a reason that says something', () => {
    const { schema } = correctionBy(['officer'], {});
    expect(fits(schema, { corrects: id })).toBe(false);
    expect(fits(schema, { corrects: id, reason: '  no   ' })).toBe(false);
    expect(fits(schema, { corrects: id, reason: 'x'.repeat(2001) })).toBe(false);
    expect(schema.parse({ corrects: id, reason: ' wrong year ' })).toEqual({
      corrects: id,
      reason: 'wrong year',
    });
  });
});

describe('a code', () => {
  it.each(['1', 'A-1', '2.16.2.20.2.21.01.0000', 'constructor', 'x'.repeat(80)])('may be "%s"', (text) => {
    expect(fits(codeSchema, text)).toBe(true);
  });
  it.each(['', '-1', '.a', 'a b', 'a/b', 'a_b', '__proto__', 'é', 'a\n', 'x'.repeat(81), 5, null])(
    'is never %j',
    (value) => {
      expect(fits(codeSchema, value)).toBe(false);
    },
  );
  it('is the same in upper and lower case', () => {
    expect([sameCode('A-1', 'a-1'), sameCode('a-1', 'A-1'), sameCode('A-1', 'A-2')]).toEqual([
      true,
      true,
      false,
    ]);
  });
  it('finds its own entry of a record, and nothing that every object has', () => {
    const record = { 'a-1': 1 };
    expect([byCode(record, 'A-1'), byCode(record, 'a-2'), byCode(record, 'constructor')]).toEqual([
      1,
      undefined,
      undefined,
    ]);
    expect(byCode({ constructor: 2 }, 'Constructor')).toBe(2);
  });
});

describe('texts', () => {
  it('are trimmed, not empty and not endless', () => {
    expect(titleSchema.parse('  Smart Branding ')).toBe('Smart Branding');
    expect([
      fits(titleSchema, '  '),
      fits(titleSchema, 'x'.repeat(301)),
      fits(textSchema, 'x'.repeat(5001)),
    ]).toEqual([false, false, false]);
  });
});

describe('evidence', () => {
  it('is named by the digest of its file', () => {
    const evidence = { of: id, digest: 'ab'.repeat(32), mediaType: 'application/pdf', bytes: 1 };
    expect(fits(EvidenceAttached.schema, evidence)).toBe(true);
    for (const wrong of [
      { digest: 'AB'.repeat(32) },
      { digest: 'ab' },
      { mediaType: 'pdf' },
      { bytes: 0 },
      { name: 'x.pdf' },
    ]) {
      expect(fits(EvidenceAttached.schema, { ...evidence, ...wrong })).toBe(false);
    }
  });
});
