import { type EventOf, said } from '@jejak/core';
import { z } from 'zod';
import {
  change,
  codeSchema,
  compare,
  correction,
  decimalSchema,
  EvidenceAttached,
  fromDecimal,
  monthSchema,
  percentSchema,
  positiveRupiahSchema,
  report,
  rupiahSchema,
  textSchema,
  titleSchema,
  yearSchema,
} from '../shared';

export const linkedActionsSchema = z
  .array(z.strictObject({ code: codeSchema, share: decimalSchema }))
  .max(200)
  .refine(
    (links) => new Set(links.map((link) => link.code.toLowerCase())).size === links.length,
    said({ en: 'Name each action once.', id: 'Sebut tiap aksi satu kali saja.' }),
  )
  .refine(
    (links) =>
      links.length === 0 || links.some((link) => compare(fromDecimal(link.share), { n: 0n, d: 1n }) > 0),
    said({ en: 'At least one share must be above 0.', id: 'Sedikitnya satu bagian harus lebih dari 0.' }),
  )
  .describe('the actions that the line pays for; the ceiling is split in proportion to the shares');

const hierarchySchema = codeSchema.describe(
  'urusan > bidang > program > kegiatan > subkegiatan, as 2.16.2.20.2.21.01.0000',
);

export const lineShape = {
  title: titleSchema,
  agency: codeSchema,
  year: yearSchema.describe('the budget year (tahun anggaran)'),
  hierarchy: hierarchySchema,
};
export const ceilingShape = {
  ceiling: rupiahSchema.describe('the ceiling (pagu) in rupiah'),
  actions: linkedActionsSchema,
  document: textSchema.optional().describe('the DPA or DPPA that sets it'),
};
const ofTheWholeLine = 'only with stage murni: puts right that of the allocation';
export const revisionShape = {
  stage: z
    .enum(['murni', 'pergeseran', 'perubahan'])
    .describe('murni puts the allocation right, on its own day; the others hold from any later day'),
  ...ceilingShape,
  title: titleSchema.optional().describe(ofTheWholeLine),
  agency: codeSchema.optional().describe(ofTheWholeLine),
  hierarchy: hierarchySchema.optional().describe(ofTheWholeLine),
};

/** The plan of disbursement and of physical progress, both cumulative to the end of their month. */
export const monthlyPlanSchema = z
  .array(z.strictObject({ month: monthSchema, cumulative: rupiahSchema, physical: percentSchema }))
  .min(1)
  .max(240)
  .refine(
    (months) =>
      months.every((each, n) => {
        const before = months[n - 1];
        if (before === undefined) return true;
        const rises = compare(fromDecimal(before.physical), fromDecimal(each.physical)) <= 0;
        return before.month < each.month && before.cumulative <= each.cumulative && rises;
      }),
    said({
      en: 'Give the months in order, each once, with both columns cumulative: they never fall.',
      id: 'Urutkan bulan, masing-masing satu kali, dengan kedua kolom kumulatif: tidak pernah turun.',
    }),
  );

export const documentSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('sp2d'), number: z.string().trim().min(1).max(100) }),
    z.strictObject({ kind: z.literal('cumulative'), month: monthSchema }),
  ])
  .describe('the SP2D that paid it, or the month to which a cumulative realisation was reported');

export const disbursementShape = {
  amount: positiveRupiahSchema,
  document: documentSchema,
  note: textSchema.optional(),
};
export const returnShape = { disbursement: z.uuid(), amount: positiveRupiahSchema };
export const physicalShape = { percent: percentSchema.describe('cumulative physical progress') };

export const budgetEvents = {
  /** `line` is the line's code as it is written; its stream folds it to lower case. */
  BudgetAllocated: change({ line: codeSchema, ...lineShape, ...ceilingShape }),
  BudgetRevised: change(revisionShape),
  BudgetPlanned: change({ months: monthlyPlanSchema }),
  BudgetDisbursed: report(disbursementShape),
  PhysicalProgressReported: report(physicalShape),
  /** Money given back of one disbursement, on its own date; the SP2D stays used. */
  DisbursementReturned: report(returnShape),
  /** Names a disbursement, or a return of one. */
  DisbursementVoided: correction({}),
  PhysicalProgressVoided: correction({}),
  EvidenceAttached,
};

export type BudgetEvent = EventOf<typeof budgetEvents>;
