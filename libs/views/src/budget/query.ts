import { codeSchema, type Day, daySchema, fraction, fromDecimal, sameCode, yearSchema } from '@jejak/domain';
import { z } from 'zod';
import { cutOffOf, PROGRAMME_NEED } from '../cut-off';
import { CURSOR_RULE, cursorFits, type Page, pageOf, pageShape, type SortValue } from '../page';
import { type Documents, type Need, NotFound, type Query } from '../query';
import {
  againstPlan,
  type AgainstPlan,
  type Amounts,
  amountsOf,
  figuresOfLine,
  type LineFigures,
  type LineNumbers,
  numbersOf,
} from './figures';
import type { LineDocument } from './view';

/** The documents that budget figures are made of. */
export const budgetNeeds: readonly Need[] = [{ view: 'budget', prefix: 'line/' }];

const cutOff = daySchema
  .optional()
  .describe('the last day that counts; today, at most the last day of the programme');
const year = z.coerce.number().pipe(yearSchema).optional();

/** A line as lists show it. */
export interface LineItem extends LineFigures {
  /** as it is written */
  readonly code: string;
  readonly title: string;
  readonly agency: string;
  readonly year: number;
  readonly hierarchy: string;
  /** that the line pays for, at the cut-off */
  readonly actions: LineDocument['ceilings'][number]['actions'];
  /** of its stream */
  readonly revision: number;
}

function linesAt(documents: Documents, day: Day): LineNumbers[] {
  const lines: LineNumbers[] = [];
  for (const { value } of documents.list('budget', 'line/')) {
    const numbers = numbersOf(value as LineDocument, day);
    if (numbers !== undefined) lines.push(numbers);
  }
  return lines;
}

const linesParams = z
  .strictObject({
    cutOff,
    agency: codeSchema.optional(),
    year,
    action: codeSchema.optional().describe('lines that pay for this action at the cut-off'),
    sort: z
      .enum(['code', 'agency', 'ceiling', 'disbursed', 'remaining', 'absorption', 'deviation', 'lag'])
      .default('code'),
    ...pageShape,
  })
  .refine(cursorFits, CURSOR_RULE);

/** Budget lines with their figures at a cut-off. */
export const budgetLines: Query<z.output<typeof linesParams>, Page<LineItem> & { readonly cutOff: Day }> = {
  name: 'budget-lines',
  params: linesParams,
  needs: () => [PROGRAMME_NEED, ...budgetNeeds],
  answer(documents, params, context) {
    const day = cutOffOf(documents, params.cutOff, context);
    const { agency, action } = params;
    const chosen = linesAt(documents, day).filter(
      ({ line, inForce }) =>
        (agency === undefined || sameCode(line.agency, agency)) &&
        (params.year === undefined || line.year === params.year) &&
        (action === undefined || inForce.actions.some(({ code }) => sameCode(code, action))),
    );
    const items = chosen.map((numbers) => itemOf(numbers, day));
    return {
      cutOff: day,
      ...pageOf(items, params, sortValue(params.sort), ({ code }) => code.toLowerCase()),
    };
  },
};

function itemOf(numbers: LineNumbers, day: Day): LineItem {
  const { code, title, agency, year: ofYear, hierarchy, revision } = numbers.line;
  const { actions } = numbers.inForce;
  return { code, title, agency, year: ofYear, hierarchy, actions, revision, ...figuresOfLine(numbers, day) };
}

function sortValue(sort: z.output<typeof linesParams>['sort']): (item: LineItem) => SortValue {
  switch (sort) {
    case 'code':
    case 'agency':
      return (item) => item[sort].toLowerCase();
    case 'ceiling':
    case 'disbursed':
    case 'remaining':
      return (item) => fraction(item[sort]);
    case 'absorption':
    case 'deviation':
      return ({ [sort]: ratio }) =>
        ratio === null ? null : fraction(BigInt(ratio.numerator), BigInt(ratio.denominator));
    case 'lag':
      return ({ physical: { lag } }) => (lag === null ? null : fromDecimal(lag));
    default:
      return sort satisfies never;
  }
}

const lineParams = z.strictObject({ cutOff, line: codeSchema });

/** A line, whole: every fact with its date, also those after the cut-off, and what was corrected. */
export interface LineDetail extends LineDocument {
  readonly cutOff: Day;
  /** null where the line had not been allocated by the cut-off */
  readonly figures: LineFigures | null;
}

/** One budget line. */
export const budgetLine: Query<z.output<typeof lineParams>, LineDetail> = {
  name: 'budget-line',
  params: lineParams,
  needs: ({ line }) => [PROGRAMME_NEED, { view: 'budget', keys: [`line/${line.toLowerCase()}`] }],
  answer(documents, params, context) {
    const day = cutOffOf(documents, params.cutOff, context);
    const found = documents.get('budget', `line/${params.line.toLowerCase()}`) as LineDocument | undefined;
    if (found === undefined) throw new NotFound(`there is no budget line ${params.line}`);
    const numbers = numbersOf(found, day);
    return { ...found, cutOff: day, figures: numbers === undefined ? null : figuresOfLine(numbers, day) };
  },
};

/** The lines of an agency, or of all. */
export interface BudgetRow extends Amounts, AgainstPlan {
  readonly lines: number;
  /** how many of them give the critical-contract signal */
  readonly critical: number;
}

const byAgencyParams = z.strictObject({ cutOff, year });

/** Budget figures of each agency, and of all together, at a cut-off. */
export const budgetByAgency: Query<
  z.output<typeof byAgencyParams>,
  {
    readonly cutOff: Day;
    readonly total: BudgetRow;
    /** by agency, in lower case */
    readonly agencies: readonly (BudgetRow & { readonly agency: string })[];
  }
> = {
  name: 'budget-by-agency',
  params: byAgencyParams,
  needs: () => [PROGRAMME_NEED, ...budgetNeeds],
  answer(documents, params, context) {
    const day = cutOffOf(documents, params.cutOff, context);
    const lines = linesAt(documents, day).filter(
      ({ line }) => params.year === undefined || line.year === params.year,
    );
    const agencies = byAgency(lines).map(({ agency, lines: own }) => ({ agency, ...rowOf(own, day) }));
    return { cutOff: day, total: rowOf(lines, day), agencies };
  },
};

function rowOf(lines: readonly LineNumbers[], day: Day): BudgetRow {
  const critical = lines.filter((line) => figuresOfLine(line, day).physical.critical).length;
  return { lines: lines.length, critical, ...amountsOf(lines), ...againstPlan(lines) };
}

function byAgency(lines: readonly LineNumbers[]): { agency: string; lines: LineNumbers[] }[] {
  const groups = new Map<string, LineNumbers[]>();
  for (const numbers of lines) {
    const agency = numbers.line.agency.toLowerCase();
    const group = groups.get(agency);
    if (group === undefined) groups.set(agency, [numbers]);
    else group.push(numbers);
  }
  return [...groups]
    .map(([agency, own]) => ({ agency, lines: own }))
    .sort((a, b) => (a.agency < b.agency ? -1 : 1));
}

/** Budget as a snapshot keeps it. */
export interface BudgetSummary {
  readonly total: Amounts;
  /** by agency, in lower case and in that order */
  readonly agencies: readonly (Amounts & { readonly agency: string })[];
}

/** The budget's sums at a cut-off, for a snapshot. Needs `budgetNeeds`. */
export function budgetSummaryAt(documents: Documents, day: Day): BudgetSummary {
  const lines = linesAt(documents, day);
  const agencies = byAgency(lines).map(({ agency, lines: own }) => ({ agency, ...amountsOf(own) }));
  return { total: amountsOf(lines), agencies };
}
