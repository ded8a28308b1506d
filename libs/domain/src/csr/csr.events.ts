import type { EventOf } from '@jejak/core';
import { z } from 'zod';
import {
  codeSchema,
  correction,
  EvidenceAttached,
  positiveRupiahSchema,
  report,
  textSchema,
  yearSchema,
} from '../shared';

const donor = codeSchema.describe(
  'a reference to the donor; the name of a private person stays outside the log',
);
const year = yearSchema.describe('the year that the contribution counts for');
const amount = positiveRupiahSchema;
const note = textSchema.optional();

export const pledgeShape = { donor, year, amount, note };
export const receiptShape = { donor, year, amount, receiptNo: z.string().trim().min(1).max(100), note };
export const allocationShape = {
  amount,
  to: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('action'), code: codeSchema }),
    z.strictObject({ kind: z.literal('agency'), code: codeSchema }),
  ]),
  note,
};
export const csrReturnShape = {
  receipt: z.uuid().describe('the id of the receipt that it gives back of'),
  amount,
  note,
};

/** One stream for each contribution; what is allocated of it never exceeds what was received and not given back. */
export const csrEvents = {
  CsrPledged: report(pledgeShape),
  CsrReceived: report(receiptShape),
  CsrAllocated: report(allocationShape),
  CsrReturned: report(csrReturnShape),
  CsrEntryVoided: correction({}),
  EvidenceAttached,
};

export type CsrEvent = EventOf<typeof csrEvents>;
