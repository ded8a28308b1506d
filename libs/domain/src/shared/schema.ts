import { isCode, said } from '@jejak/core';
import { z } from 'zod';
import { daySchema } from './dates';

/** The classes of an event's second date (semantics 3). */
export type TimeClass = 'report' | 'change' | 'correction' | 'attachment' | 'decision';

type Shape = z.core.$ZodLooseShape;

const CODE_RULE = said({
  en: 'A code has letters, digits, dots and hyphens, at most 80, and begins with a letter or digit.',
  id: 'Kode terdiri atas huruf, angka, titik, dan tanda hubung, paling banyak 80, diawali huruf atau angka.',
});

const of = z.uuid().describe('the id of the event that it belongs to');
const corrects = z.uuid().describe('the id of the event that it corrects');
const occurredOn = daySchema.describe("the day on which it happened, in the programme's time zone");
const effectiveOn = daySchema.describe("the day from which it holds, in the programme's time zone");
const reason = z.string().trim().min(3).max(2000).describe('why; kept with the event');
const onBehalfOf = z
  .string()
  .refine(isCode, CODE_RULE)
  .describe('the agency that the office reports for; needs a reason');

function eventType<C extends TimeClass, S extends z.ZodType>(timeClass: C, schema: S) {
  return { version: 1, timeClass, schema, upcast: [] };
}

/** Each event type is declared by its time class, which gives it its second date. */
export const report = <S extends Shape>(shape: S) =>
  eventType('report', z.strictObject({ occurredOn, ...shape }));
export const change = <S extends Shape>(shape: S) =>
  eventType('change', z.strictObject({ effectiveOn, ...shape }));
export const correction = <S extends Shape>(shape: S) =>
  eventType('correction', z.strictObject({ corrects, ...shape }));
export const attachment = <S extends Shape>(shape: S) =>
  eventType('attachment', z.strictObject({ of, ...shape }));
export const decision = <S extends Shape>(shape: S) => eventType('decision', z.strictObject(shape));

/** The roles of semantics 2, and `process` for what the software does by itself. */
export type Role =
  'officer' | 'verifier' | 'office' | 'evaluator' | 'auditor' | 'public' | 'operator' | 'process';

function commandType<S extends Shape>(roles: readonly Role[], shape: S) {
  return { roles, schema: z.strictObject(shape) };
}

/** The same for the bodies of commands; a body's `reason` and `onBehalfOf` go to the event's meta. */
export const reportBy = <S extends Shape>(roles: readonly Role[], shape: S) =>
  commandType(roles, { occurredOn, ...shape, reason: reason.optional(), onBehalfOf: onBehalfOf.optional() });
export const changeBy = <S extends Shape>(roles: readonly Role[], shape: S) =>
  commandType(roles, { effectiveOn, ...shape, reason: reason.optional() });
export const correctionBy = <S extends Shape>(roles: readonly Role[], shape: S) =>
  commandType(roles, { corrects, ...shape, reason, onBehalfOf: onBehalfOf.optional() });
export const attachmentBy = <S extends Shape>(roles: readonly Role[], shape: S) =>
  commandType(roles, { of, ...shape, reason: reason.optional(), onBehalfOf: onBehalfOf.optional() });
export const decisionBy = <S extends Shape>(roles: readonly Role[], shape: S) =>
  commandType(roles, { ...shape, reason: reason.optional() });

/** A code as people write it; streams and comparisons fold it to lower case. */
export const codeSchema = z.string().refine(isCode, CODE_RULE);
export const titleSchema = z.string().trim().min(1).max(300);
export const textSchema = z.string().trim().min(1).max(5000);

/** Whether two codes name the same thing. */
export function sameCode(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/**
 * The entry of a record whose keys are codes in lower case; undefined where there is none. Plain indexing would find
 * `constructor`, which is a code like any other, in every object.
 */
export function byCode<T>(record: { readonly [code: string]: T }, code: string): T | undefined {
  const key = code.toLowerCase();
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
