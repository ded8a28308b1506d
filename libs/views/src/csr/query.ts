import { codeSchema, type Day, daySchema, fraction, sameCode, yearSchema } from '@jejak/domain';
import { z } from 'zod';
import type { Sum } from '../amounts';
import { cutOffOf, PROGRAMME_NEED } from '../cut-off';
import { CURSOR_RULE, cursorFits, type Page, pageOf, pageShape, type SortValue } from '../page';
import { type Documents, type Need, NotFound, type Query } from '../query';
import { allocatedTo, type CsrTotals, grouped, type Part, partsOf, totalsOf } from './figures';
import type { ContributionDocument } from './view';

/** The documents that CSR figures are made of. */
export const csrNeeds: readonly Need[] = [{ view: 'csr', prefix: 'csr/' }];

const shape = {
  cutOff: daySchema
    .optional()
    .describe('the last day that counts; today, at most the last day of the programme'),
  donor: codeSchema.optional(),
  year: z.coerce.number().pipe(yearSchema).optional().describe('the year that money counts for'),
};

interface Filter {
  readonly donor?: string | undefined;
  readonly year?: number | undefined;
}

interface Contribution {
  readonly document: ContributionDocument;
  readonly parts: readonly Part[];
}

/** The contributions of which something stands on the day, and fits the filter; with what does. */
function contributionsAt(documents: Documents, day: Day, { donor, year }: Filter = {}): Contribution[] {
  const found: Contribution[] = [];
  for (const { value } of documents.list('csr', 'csr/')) {
    const document = value as ContributionDocument;
    const parts = partsOf(document, day).filter(
      (part) =>
        (donor === undefined || sameCode(part.donor, donor)) && (year === undefined || part.year === year),
    );
    if (parts.length > 0) found.push({ document, parts });
  }
  return found;
}

/** A contribution as lists show it: what of it fits the filter. */
export interface CsrItem extends CsrTotals {
  /** in lower case */
  readonly code: string;
  readonly donor: string;
  readonly years: readonly number[];
  /** of its stream */
  readonly revision: number;
}

const csrParams = z
  .strictObject({
    ...shape,
    sort: z.enum(['code', 'donor', 'pledged', 'received', 'allocated', 'unallocated']).default('code'),
    ...pageShape,
  })
  .refine(cursorFits, CURSOR_RULE);

/** Contributions with their sums at a cut-off. */
export const csr: Query<z.output<typeof csrParams>, Page<CsrItem> & { readonly cutOff: Day }> = {
  name: 'csr',
  params: csrParams,
  needs: () => [PROGRAMME_NEED, ...csrNeeds],
  answer(documents, params, context) {
    const day = cutOffOf(documents, params.cutOff, context);
    const items = contributionsAt(documents, day, params).map(({ document, parts }): CsrItem => {
      const years = [...new Set(parts.map(({ year }) => year))].sort((a, b) => a - b);
      const { code, revision } = document;
      return { code, donor: parts[0]?.donor ?? '', years, revision, ...totalsOf(parts) };
    });
    return { cutOff: day, ...pageOf(items, params, sortValue(params.sort), ({ code }) => code) };
  },
};

function sortValue(sort: z.output<typeof csrParams>['sort']): (item: CsrItem) => SortValue {
  switch (sort) {
    case 'code':
      return ({ code }) => code;
    case 'donor':
      return ({ donor }) => donor.toLowerCase();
    case 'pledged':
    case 'received':
    case 'allocated':
    case 'unallocated':
      return (item) => fraction(BigInt(item[sort]));
    default:
      return sort satisfies never;
  }
}

const contributionParams = z.strictObject({ cutOff: shape.cutOff, contribution: codeSchema });

/** A contribution, whole: every entry with its date, also those after the cut-off, and what was voided. */
export interface ContributionDetail extends ContributionDocument {
  readonly cutOff: Day;
  readonly totals: CsrTotals;
}

/** One contribution. */
export const csrContribution: Query<z.output<typeof contributionParams>, ContributionDetail> = {
  name: 'csr-contribution',
  params: contributionParams,
  needs: ({ contribution }) => [PROGRAMME_NEED, { view: 'csr', keys: [`csr/${contribution.toLowerCase()}`] }],
  answer(documents, { contribution, cutOff }, context) {
    const day = cutOffOf(documents, cutOff, context);
    const key = `csr/${contribution.toLowerCase()}`;
    const found = documents.get('csr', key) as ContributionDocument | undefined;
    if (found === undefined) throw new NotFound(`there is no contribution ${contribution}`);
    return { ...found, cutOff: day, totals: totalsOf(partsOf(found, day)) };
  },
};

/** CSR as a snapshot keeps it. */
export interface CsrSummary {
  readonly total: CsrTotals;
  /** by year, earliest first */
  readonly byYear: readonly (CsrTotals & { readonly year: number })[];
  /** what each agency is allocated, by agency, in lower case and in that order */
  readonly agencies: readonly { readonly code: string; readonly allocated: Sum }[];
}

function summaryOf(parts: readonly Part[]): CsrSummary {
  const byYear = grouped(parts, ({ year }) => year).map(({ key, parts: own }) => ({
    year: key,
    ...totalsOf(own),
  }));
  return { total: totalsOf(parts), byYear, agencies: allocatedTo(parts, 'agency') };
}

/** The sums of CSR at a cut-off, for a snapshot. Needs `csrNeeds`. */
export function csrSummaryAt(documents: Documents, day: Day): CsrSummary {
  return summaryOf(contributionsAt(documents, day).flatMap(({ parts }) => parts));
}

const totalsParams = z.strictObject(shape);

/** Where the money came from and where it goes. Codes are in lower case, and in that order. */
export interface CsrOverview extends CsrSummary {
  readonly cutOff: Day;
  readonly byDonor: readonly (CsrTotals & { readonly donor: string })[];
  readonly actions: readonly { readonly code: string; readonly allocated: Sum }[];
}

/** The sums of CSR at a cut-off, by year, by donor, and by what it is allocated to. */
export const csrTotals: Query<z.output<typeof totalsParams>, CsrOverview> = {
  name: 'csr-totals',
  params: totalsParams,
  needs: () => [PROGRAMME_NEED, ...csrNeeds],
  answer(documents, params, context) {
    const day = cutOffOf(documents, params.cutOff, context);
    const parts = contributionsAt(documents, day, params).flatMap((contribution) => contribution.parts);
    const byDonor = grouped(parts, ({ donor }) => donor.toLowerCase()).map(({ key, parts: own }) => ({
      donor: key,
      ...totalsOf(own),
    }));
    return { cutOff: day, ...summaryOf(parts), byDonor, actions: allocatedTo(parts, 'action') };
  },
};
