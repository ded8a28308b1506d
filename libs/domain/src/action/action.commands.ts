import type { CommandOf } from '@jejak/core';
import { AttachEvidence, attachmentBy, changeBy, codeSchema, correctionBy, reportBy } from '../shared';
import { agenciesShape, carriedFromSchema, noteShape, planShape, progressShape } from './action.events';

export const actionCommands = {
  /** `code` as it is to be written; its stream is the same code in lower case. */
  PlanAction: changeBy(['office'], {
    code: codeSchema,
    ...planShape,
    ...agenciesShape,
    carriedFrom: carriedFromSchema.optional(),
  }),
  ReplanAction: changeBy(['office'], planShape),
  ReassignAction: changeBy(['office'], agenciesShape),
  WithdrawAction: changeBy(['office'], {}),
  ReportProgress: reportBy(['officer', 'office'], progressShape),
  CompleteAction: reportBy(['officer', 'office'], noteShape),
  VerifyCompletion: attachmentBy(['verifier'], noteShape),
  RejectCompletion: correctionBy(['verifier'], {}),
  RetractCompletion: correctionBy(['officer', 'office'], {}),
  VoidProgress: correctionBy(['officer', 'office'], {}),
  WithdrawVerification: correctionBy(['verifier'], {}),
  AttachEvidence,
};

export type ActionCommand = CommandOf<typeof actionCommands>;
