import type { EventOf } from '@jejak/core';
import { isProgramme, said } from '@jejak/core';
import { z } from 'zod';
import {
  attachment,
  change,
  codeSchema,
  compare,
  correction,
  decimalSchema,
  EvidenceAttached,
  fromDecimal,
  quarterSchema,
  report,
  textSchema,
  titleSchema,
} from '../shared';

/** Targets are cumulative to the end of their quarter; the last one is the action's whole target. */
export const targetsSchema = z
  .strictObject({
    unit: z.string().trim().min(1).max(50),
    quarters: z
      .array(z.strictObject({ quarter: quarterSchema, target: decimalSchema }))
      .min(1)
      .max(80),
  })
  .refine(
    ({ quarters }) =>
      quarters.every(({ quarter, target }, n) => {
        const before = quarters[n - 1];
        if (before === undefined) return true;
        return before.quarter < quarter && compare(fromDecimal(before.target), fromDecimal(target)) <= 0;
      }) && compare(fromDecimal(quarters.at(-1)?.target ?? '0'), { n: 0n, d: 1n }) > 0,
    said({
      en: 'Give the quarters in order, each once, with cumulative targets: they never fall, and the last is above 0.',
      id: 'Urutkan triwulan, masing-masing satu kali, dengan target kumulatif: tidak pernah turun, dan yang terakhir lebih dari 0.',
    }),
  );

export const planShape = {
  title: titleSchema,
  kind: z.enum(['action', 'quick-win']),
  dimension: codeSchema,
  weight: decimalSchema.describe('what it weighs under the weighting `weight`'),
  targets: targetsSchema,
};
export const agenciesShape = { lead: codeSchema, supporting: z.array(codeSchema).max(50) };
const PROGRAMME_RULE = said({
  en: 'Name a programme, such as malang.2023.',
  id: 'Sebut nama program, seperti malang.2023.',
});
export const carriedFromSchema = z
  .strictObject({ programme: z.string().refine(isProgramme, PROGRAMME_RULE), action: codeSchema })
  .describe('the action of an earlier programme that it goes on with');

export const progressShape = {
  quarter: quarterSchema,
  realisation: decimalSchema.describe('cumulative, in the unit of the targets (realisasi)'),
  explanation: textSchema.optional().describe('keterangan'),
  supporting: textSchema.optional().describe('faktor pendukung'),
  hindering: textSchema.optional().describe('faktor penghambat'),
  followUp: textSchema.optional().describe('tindak lanjut'),
};
export const noteShape = { note: textSchema.optional() };

export const actionEvents = {
  /** `code` is the action's code as it is written; its stream folds it to lower case. */
  ActionPlanned: change({
    code: codeSchema,
    ...planShape,
    ...agenciesShape,
    carriedFrom: carriedFromSchema.optional(),
  }),
  ActionReplanned: change(planShape),
  ActionReassigned: change(agenciesShape),
  ActionWithdrawn: change({}),
  ProgressReported: report(progressShape),
  ActionCompleted: report(noteShape),
  CompletionVerified: attachment(noteShape),
  CompletionRejected: correction({}),
  CompletionRetracted: correction({}),
  ProgressVoided: correction({}),
  VerificationWithdrawn: correction({}),
  EvidenceAttached,
};

export type ActionEvent = EventOf<typeof actionEvents>;
