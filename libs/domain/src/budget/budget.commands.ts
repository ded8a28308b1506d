import type { CommandOf } from '@jejak/core';
import { AttachEvidence, changeBy, codeSchema, correctionBy, reportBy } from '../shared';
import {
  ceilingShape,
  disbursementShape,
  lineShape,
  monthlyPlanSchema,
  physicalShape,
  returnShape,
  revisionShape,
} from './budget.events';

export const budgetCommands = {
  /** `line` as it is to be written; its stream is the same code in lower case. */
  AllocateBudget: changeBy(['office'], { line: codeSchema, ...lineShape, ...ceilingShape }),
  ReviseBudget: changeBy(['office'], revisionShape),
  PlanBudget: changeBy(['office'], { months: monthlyPlanSchema }),
  DisburseBudget: reportBy(['officer', 'office'], disbursementShape),
  ReportPhysicalProgress: reportBy(['officer', 'office'], physicalShape),
  ReturnDisbursement: reportBy(['officer', 'office'], returnShape),
  VoidDisbursement: correctionBy(['officer', 'office'], {}),
  VoidPhysicalProgress: correctionBy(['officer', 'office'], {}),
  AttachEvidence,
};

export type BudgetCommand = CommandOf<typeof budgetCommands>;
