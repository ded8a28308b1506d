import type { EventOf } from '@jejak/core';
import { z } from 'zod';
import {
  codeSchema,
  daySchema,
  decision,
  EvidenceAttached,
  report,
  textSchema,
  titleSchema,
} from '../shared';

/** Days from raising a finding until its answer is due (Law 15/2004, article 20). */
export const ANSWER_DAYS = 60;

export const findingShape = {
  phase: codeSchema,
  agency: codeSchema,
  title: titleSchema,
  description: textSchema,
  recommendation: textSchema,
};
export const assessmentShape = {
  /** BPK's: 1 sesuai, 2 belum sesuai, 3 belum ditindaklanjuti, 4 tidak dapat ditindaklanjuti */
  state: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
  note: textSchema.optional(),
};

export const findingEvents = {
  /** `code` is the finding's code as it is written; its stream folds it to lower case. */
  FindingRaised: report({ code: codeSchema, ...findingShape, dueOn: daySchema }),
  FindingAnswered: report({ answer: textSchema }),
  FindingAssessed: report(assessmentShape),
  ReminderSent: decision({ agency: codeSchema, dueOn: daySchema }),
  EvidenceAttached,
};

export type FindingEvent = EventOf<typeof findingEvents>;
