import type { CommandOf } from '@jejak/core';
import { changeBy, codeSchema, decisionBy, ruleSchema } from '../shared';
import { agencyShape, latePolicySchema, programmeShape } from './programme.events';

export const programmeCommands = {
  /** Also sets the rule (in force from the programme's first day) and the late policy; both have defaults. */
  EstablishProgramme: decisionBy(['office'], {
    ...programmeShape,
    rule: ruleSchema.optional(),
    latePolicy: latePolicySchema.default('needs-reason'),
  }),
  ReviseFulfilmentRule: changeBy(['office'], { rule: ruleSchema }),
  SetLateReportingPolicy: decisionBy(['office'], { policy: latePolicySchema }),
  EnrolAgency: changeBy(['office'], agencyShape),
  WithdrawAgency: changeBy(['office'], { agency: codeSchema }),
};

export type ProgrammeCommand = CommandOf<typeof programmeCommands>;
