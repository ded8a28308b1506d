import { codeSchema, type Day, daySchema, sameCode } from '@jejak/domain';
import { z } from 'zod';
import { cutOffOf, PROGRAMME_NEED } from '../cut-off';
import { inForce, planOn, progressOn } from '../fulfilment/counting';
import { CURSOR_RULE, cursorFits, type Page, pageOf, pageShape } from '../page';
import { NotFound, type Query } from '../query';
import { agenciesOn } from './agencies';
import { type ActionDetail, detailOf } from './detail';
import { type ActionStatus, progress, type Percentage, STATUSES, statusOn } from './status';
import type { ActionDocument } from './view';

const cutOff = daySchema
  .optional()
  .describe('the last day that counts; today, or the last of the programme, when left out');

const actionParams = z.strictObject({ action: codeSchema.describe("the action's code"), cutOff });
export type ActionParams = z.output<typeof actionParams>;

/** One action: its plan, its quarters, what was reported, verified and corrected, and how it stands at a cut-off. */
export const action: Query<ActionParams, ActionDetail> = {
  name: 'action',
  params: actionParams,
  needs: ({ action: code }) => [PROGRAMME_NEED, { view: 'actions', keys: [`action/${code.toLowerCase()}`] }],
  answer(documents, params, context) {
    const day = cutOffOf(documents, params.cutOff, context);
    const document = documents.get('actions', `action/${params.action.toLowerCase()}`) as
      ActionDocument | undefined;
    if (document === undefined) throw new NotFound(`no action ${params.action} has been planned`);
    return detailOf(document, day);
  },
};

const actionsParams = z
  .strictObject({
    cutOff,
    agency: codeSchema.optional().describe('those that it leads or supports at the cut-off'),
    dimension: codeSchema.optional(),
    status: z.enum(STATUSES).optional(),
    kind: z.enum(['action', 'quick-win']).optional(),
    sort: z.enum(['code', 'title', 'dimension', 'lead', 'status', 'progress']).default('code'),
    ...pageShape,
  })
  .refine(cursorFits, CURSOR_RULE);
export type ActionsParams = z.output<typeof actionsParams>;

/** An action in a list, as it stands at the cut-off. */
export interface ActionItem {
  readonly code: string;
  readonly title: string;
  readonly kind: 'action' | 'quick-win';
  readonly dimension: string;
  readonly lead: string;
  readonly supporting: readonly string[];
  readonly status: ActionStatus;
  /** whether it is in the plan at the cut-off: from its first day to its withdrawal */
  readonly inForce: boolean;
  readonly weight: string;
  readonly progress: Percentage;
  /** of its stream */
  readonly revision: number;
}

export interface ActionsAnswer extends Page<ActionItem> {
  readonly cutOff: Day;
}

/** The actions, filtered and sorted, in pages. */
export const actions: Query<ActionsParams, ActionsAnswer> = {
  name: 'actions',
  params: actionsParams,
  needs: () => [PROGRAMME_NEED, { view: 'actions', prefix: 'action/' }],
  answer(documents, params, context) {
    const day = cutOffOf(documents, params.cutOff, context);
    const rows = documents
      .list('actions', 'action/')
      .map(({ value }) => ({ action: value as ActionDocument, item: itemOf(value as ActionDocument, day) }))
      .filter(({ item }) => matches(item, params));
    const { items, ...page } = pageOf(
      rows,
      params,
      (row) => (params.sort === 'progress' ? progressOn(row.action, day) : sortedBy(row.item, params.sort)),
      ({ item }) => item.code.toLowerCase(),
    );
    return { cutOff: day, items: items.map(({ item }) => item), ...page };
  },
};

function itemOf(action: ActionDocument, day: Day): ActionItem {
  const { title, kind, dimension, weight } = planOn(action.plans, day);
  const { lead, supporting } = agenciesOn(action, day);
  return {
    code: action.code,
    title,
    kind,
    dimension,
    lead,
    supporting,
    status: statusOn(action, day),
    inForce: inForce(action, day),
    weight,
    progress: progress(action, day),
    revision: action.revision,
  };
}

function matches(item: ActionItem, { agency, dimension, status, kind }: ActionsParams): boolean {
  const takesPart = (code: string): boolean =>
    [item.lead, ...item.supporting].some((each) => sameCode(each, code));
  return (
    (agency === undefined || takesPart(agency)) &&
    (dimension === undefined || sameCode(item.dimension, dimension)) &&
    (status === undefined || item.status === status) &&
    (kind === undefined || item.kind === kind)
  );
}

function sortedBy(item: ActionItem, sort: Exclude<ActionsParams['sort'], 'progress'>): string {
  return sort === 'status' ? String(STATUSES.indexOf(item.status)) : item[sort].toLowerCase();
}
