import type { CommandOf } from '@jejak/core';
import { AttachEvidence, codeSchema, daySchema, decisionBy, reportBy, textSchema } from '../shared';
import { assessmentShape, findingShape } from './finding.events';

export const findingCommands = {
  /** `code` as it is to be written. `dueOn` is 60 days after `occurredOn` unless it is given. */
  RaiseFinding: reportBy(['evaluator'], { code: codeSchema, ...findingShape, dueOn: daySchema.optional() }),
  AnswerFinding: reportBy(['officer', 'office'], { answer: textSchema }),
  AssessFinding: reportBy(['evaluator'], assessmentShape),
  /** Given by the process `reminders`. */
  SendReminder: decisionBy(['process'], { agency: codeSchema, dueOn: daySchema }),
  AttachEvidence,
};

export type FindingCommand = CommandOf<typeof findingCommands>;
