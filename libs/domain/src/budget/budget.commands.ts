import type { CommandOf } from '@jejak/core';
import { z } from 'zod';
import { AttachEvidence, changeBy, codeSchema, correctionBy, reportBy } from '../shared';
import {
  ceilingShape,
  disbursementShape,
  lineShape,
  monthlyPlanSchema,
  physicalShape,
  returnShape,
} from './budget.events';

export const budgetCommands = {
  /** `line` as it is to be written; its stream is the same code in lower case. */
  AllocateBudget: changeBy(['office'], { line: codeSchema, ...lineShape, ...ceilingShape }),
  ReviseBudget: changeBy(['office'], { stage: z.enum(['pergeseran', 'perubahan']), ...ceilingShape }),
  PlanBudget: changeBy(['office'], { months: monthlyPlanSchema }),
  DisburseBudget: reportBy(['officer', 'office'], disbursementShape),
  ReportPhysicalProgress: reportBy(['officer', 'office'], physicalShape),
  ReturnDisbursement: reportBy(['officer', 'office'], returnShape),
  VoidDisbursement: correctionBy(['officer', 'office'], {}),
  VoidPhysicalProgress: correctionBy(['officer', 'office'], {}),
  AttachEvidence,
};

export type BudgetCommand = CommandOf<typeof budgetCommands>;
