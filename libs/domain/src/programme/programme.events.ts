import type { EventOf } from '@jejak/core';
import { z } from 'zod';
import {
  change,
  codeSchema,
  daySchema,
  decision,
  ruleSchema,
  textSchema,
  timeZoneSchema,
  titleSchema,
} from '../shared';

export const dimensionSchema = z.strictObject({ code: codeSchema, name: titleSchema });

export const programmeShape = {
  name: titleSchema,
  from: daySchema.describe('the first day that reports may speak of'),
  to: daySchema.describe('the last day that reports may speak of'),
  timeZone: timeZoneSchema,
  legalBasis: z.array(z.strictObject({ title: titleSchema, source: textSchema.optional() })).max(50),
  dimensions: z.array(dimensionSchema).min(1).max(50),
};

export const agencyShape = { agency: codeSchema, name: titleSchema };

export const latePolicySchema = z
  .enum(['needs-reason', 'office-only', 'refused'])
  .describe('what a report or change needs whose date lies in a closed phase');

export const programmeEvents = {
  ProgrammeEstablished: decision(programmeShape),
  FulfilmentRuleRevised: change({ rule: ruleSchema }),
  LateReportingPolicySet: decision({ policy: latePolicySchema }),
  AgencyEnrolled: change(agencyShape),
  AgencyWithdrawn: change({ agency: codeSchema }),
};

export type ProgrammeEvent = EventOf<typeof programmeEvents>;
