import type { EventOf, Json } from '@jejak/core';
import { z } from 'zod';
import {
  codeSchema,
  daySchema,
  decimalSchema,
  decision,
  report,
  ruleSchema,
  textSchema,
  titleSchema,
} from '../shared';

/** The ministry's five aspects of an evaluation. */
export const ASPECTS = ['baseline', 'output', 'outcome', 'impact', 'quick-win'] as const;

export const phaseDates = {
  period: z.strictObject({ from: daySchema, to: daySchema }),
  cutOff: daySchema.describe('the last day that counts'),
  reportDue: daySchema.describe('the day by which agencies should have reported'),
};
export const scheduleShape = { phase: codeSchema, name: titleSchema, ...phaseDates };
export const scoreShape = {
  phase: codeSchema,
  aspect: z.enum(ASPECTS),
  score: decimalSchema,
  note: textSchema.optional(),
};

export const ordinalSchema = z.int().min(1);
const json: z.ZodType<Json> = z.json();

export const sealShape = {
  phase: codeSchema,
  number: ordinalSchema.describe("the ordinal of the phase's PhaseClosed"),
  closing: z.strictObject({ id: z.uuid(), index: z.int().min(0) }),
  cutOff: daySchema,
  rule: ruleSchema,
  ruleVersion: ordinalSchema,
  engineVersion: ordinalSchema.describe('the version of the figure engine'),
  snapshot: json.describe('the whole snapshot document, served as it stands'),
  tree: z
    .strictObject({ size: z.int().min(1), root: z.string() })
    .describe("the programme's Merkle tree at the closing"),
};

export const phaseEvents = {
  PhaseScheduled: decision(scheduleShape),
  PhaseRescheduled: decision({ phase: codeSchema, ...phaseDates }),
  PhaseOpened: decision({ phase: codeSchema }),
  PhaseClosed: decision({ phase: codeSchema, number: ordinalSchema, cutOff: daySchema }),
  PhaseSealed: decision(sealShape),
  PhaseReopened: decision({ phase: codeSchema }),
  PhasePublished: decision({ phase: codeSchema, seal: ordinalSchema }),
  AspectScored: report(scoreShape),
};

/** What a seal holds. */
export type Seal = z.output<typeof phaseEvents.PhaseSealed.schema>;

export type PhaseEvent = EventOf<typeof phaseEvents>;
