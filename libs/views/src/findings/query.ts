import { codeSchema, type Day, daySchema, sameCode } from '@jejak/domain';
import { z } from 'zod';
import { cutOffOf, PROGRAMME_NEED } from '../cut-off';
import { CURSOR_RULE, cursorFits, type Page, pageOf, pageShape, type SortValue } from '../page';
import { NotFound, type Query } from '../query';
import type { FindingDocument, State } from './view';

/** How a finding stands at a cut-off. */
export interface Standing {
  readonly state: State;
  /** the day of the first answer; null while there is none */
  readonly answeredOn: Day | null;
  /** whether that came by the day on which it was due; null while there is none */
  readonly inTime: boolean | null;
  /** unanswered after its day, where an answer is still awaited */
  readonly overdue: boolean;
}

/**
 * How a finding stands at a cut-off. What the texts leave open: until something is done it is in state 3, not followed
 * up; an assessment puts it into the state that it names; an answer takes a finding out of state 3 into 2, not yet in
 * accord, until it is assessed, and leaves any other state as it is. What was done on one day follows in the order in
 * which it was recorded. A finding that is resolved (1) or cannot be followed up (4) awaits no answer.
 */
export function standingOf({ steps, dueOn }: FindingDocument, cutOff: Day): Standing {
  const past = steps
    .filter(({ on }) => on <= cutOff)
    .sort((a, b) => (a.on === b.on ? 0 : a.on < b.on ? -1 : 1));
  let state: State = 3;
  let answeredOn: Day | null = null;
  for (const step of past) {
    switch (step.kind) {
      case 'answer':
        answeredOn ??= step.on;
        if (state === 3) state = 2;
        break;
      case 'assessment':
        state = step.state;
        break;
      default:
        step satisfies never;
    }
  }
  const awaited = state === 2 || state === 3;
  return {
    state,
    answeredOn,
    inTime: answeredOn === null ? null : answeredOn <= dueOn,
    overdue: answeredOn === null && awaited && dueOn < cutOff,
  };
}

/** A finding as lists show it. */
export interface FindingItem extends Standing {
  /** as it is written */
  readonly code: string;
  readonly phase: string;
  readonly agency: string;
  readonly title: string;
  readonly raisedOn: Day;
  readonly dueOn: Day;
  readonly reminders: number;
  /** of its stream */
  readonly revision: number;
}

const cutOff = daySchema
  .optional()
  .describe('the last day that counts; today, at most the last day of the programme');

const findingsParams = z
  .strictObject({
    cutOff,
    phase: codeSchema.optional(),
    agency: codeSchema.optional(),
    state: z.coerce
      .number()
      .pipe(z.literal([1, 2, 3, 4]))
      .optional()
      .describe("BPK's states, 1 to 4"),
    overdue: z.enum(['true', 'false']).optional(),
    sort: z.enum(['dueOn', 'raisedOn', 'code', 'agency', 'state']).default('dueOn'),
    ...pageShape,
  })
  .refine(cursorFits, CURSOR_RULE);

/** How many of the findings that were asked for are in each state, and overdue. */
export interface FindingCounts {
  readonly states: { readonly [S in State]: number };
  readonly overdue: number;
}

/** The findings that had been raised by a cut-off, and how they stood. */
export const findings: Query<
  z.output<typeof findingsParams>,
  Page<FindingItem> & { readonly cutOff: Day; readonly counts: FindingCounts }
> = {
  name: 'findings',
  params: findingsParams,
  needs: () => [PROGRAMME_NEED, { view: 'findings', prefix: 'finding/' }],
  answer(documents, params, context) {
    const day = cutOffOf(documents, params.cutOff, context);
    const { phase, agency, state, overdue } = params;
    const items = documents
      .list('findings', 'finding/')
      .map(({ value }) => value as FindingDocument)
      .filter((each) => each.raisedOn <= day)
      .map((each) => itemOf(each, day))
      .filter(
        (item) =>
          (phase === undefined || sameCode(item.phase, phase)) &&
          (agency === undefined || sameCode(item.agency, agency)) &&
          (state === undefined || item.state === state) &&
          (overdue === undefined || item.overdue === (overdue === 'true')),
      );
    const page = pageOf(items, params, sortValue(params.sort), ({ code }) => code.toLowerCase());
    return { cutOff: day, counts: countsOf(items), ...page };
  },
};

function itemOf(document: FindingDocument, day: Day): FindingItem {
  const { code, phase, agency, title, raisedOn, dueOn, revision } = document;
  const reminders = document.reminders.length;
  return { code, phase, agency, title, raisedOn, dueOn, reminders, revision, ...standingOf(document, day) };
}

function countsOf(items: readonly FindingItem[]): FindingCounts {
  const states = { 1: 0, 2: 0, 3: 0, 4: 0 };
  for (const { state } of items) states[state]++;
  return { states, overdue: items.filter((item) => item.overdue).length };
}

function sortValue(sort: z.output<typeof findingsParams>['sort']): (item: FindingItem) => SortValue {
  switch (sort) {
    case 'dueOn':
    case 'raisedOn':
      return (item) => item[sort];
    case 'code':
    case 'agency':
      return (item) => item[sort].toLowerCase();
    case 'state':
      return ({ state }) => String(state);
    default:
      return sort satisfies never;
  }
}

const findingParams = z.strictObject({ cutOff, finding: codeSchema });

/** A finding, whole: every step with its date, also those after the cut-off. */
export interface FindingDetail extends FindingDocument {
  readonly cutOff: Day;
  /** null where it had not been raised by the cut-off */
  readonly standing: Standing | null;
}

/** One finding. */
export const finding: Query<z.output<typeof findingParams>, FindingDetail> = {
  name: 'finding',
  params: findingParams,
  needs: ({ finding: code }) => [
    PROGRAMME_NEED,
    { view: 'findings', keys: [`finding/${code.toLowerCase()}`] },
  ],
  answer(documents, params, context) {
    const day = cutOffOf(documents, params.cutOff, context);
    const key = `finding/${params.finding.toLowerCase()}`;
    const found = documents.get('findings', key) as FindingDocument | undefined;
    if (found === undefined) throw new NotFound(`there is no finding ${params.finding}`);
    return { ...found, cutOff: day, standing: found.raisedOn > day ? null : standingOf(found, day) };
  },
};
