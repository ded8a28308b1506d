import type { Day } from '@jejak/domain';
import type { ActionDocument } from '@jejak/views';
import type { PeriodValue, Row } from '../columns';
import { rowRules } from '../rules';
import { actionColumns } from './action-columns';
import {
  alongDates,
  compared,
  type Comparison,
  defineKind,
  isEqual,
  needed,
  onDay,
  periodsText,
  plain,
  type Planned,
  unwanted,
} from './kind';

type ActionRow = Row<typeof actionColumns>;
type Plan = ActionDocument['plans'][number];
type Agencies = Pick<ActionDocument['agencies'][number], 'lead' | 'supporting'>;

/**
 * The actions of the plan. The natural key is the code for a new plan, the code and the day for a change.
 */
export const actions = defineKind<typeof actionColumns, ActionDocument>({
  name: 'actions',
  sheet: { id: 'Rencana Aksi', en: 'Actions', more: ['Aksi'] },
  columns: actionColumns,
  view: 'actions',
  fields: { 'targets/unit': ['unit'], 'targets/quarters': ['targets'] },

  place: ({ code }) => ({ kind: 'action', code }),

  plan(row, recorded, { programme }) {
    switch (row.stage ?? 'plan') {
      case 'plan':
        return planned(row, recorded, row.effectiveOn ?? programme.from);
      case 'replan':
        return replanned(row, recorded, needed(row.effectiveOn, 'effectiveOn'));
      case 'reassign':
        return reassigned(row, recorded, needed(row.effectiveOn, 'effectiveOn'));
      default:
        return withdrawn(row, recorded, needed(row.effectiveOn, 'effectiveOn'));
    }
  },

  rows(document, day) {
    const { code, plans, agencies, withdrawals, carriedFrom } = document;
    const [first] = plans;
    if (first === undefined || first.on > day) return [];
    const [firstAgencies] = agencies;
    const planRow = (plan: Plan) => ({
      code,
      title: plan.title,
      kind: plan.kind,
      dimension: plan.dimension,
      weight: plain(plan.weight),
      unit: plan.targets.unit,
      targets: targetsOf(plan),
      effectiveOn: plan.on,
      ...(plan.reason !== undefined && { reason: plan.reason }),
    });
    const rows = [
      {
        ...planRow(first),
        stage: 'plan',
        lead: firstAgencies?.lead ?? '',
        supporting: firstAgencies?.supporting ?? [],
        ...(carriedFrom && { carriedFrom }),
      },
      ...alongDates(plans.slice(1), day).map((plan) => ({ ...planRow(plan), stage: 'replan' })),
      ...alongDates(agencies.slice(1), day).map(({ on, lead, supporting, reason }) => ({
        ...{ code, stage: 'reassign', lead, supporting, effectiveOn: on },
        ...(reason !== undefined && { reason }),
      })),
    ];
    const [gone] = standing(withdrawals)
      .filter(({ on }) => on <= day)
      .sort((a, b) => (a.on < b.on ? -1 : 1));
    if (gone === undefined) return rows;
    const { on: effectiveOn, reason } = gone;
    return [...rows, { code, stage: 'withdraw', effectiveOn, ...(reason !== undefined && { reason }) }];
  },
});

/** In a change an empty cell is the value that it stands for: what it leaves out is left out from then on. */
function whole(row: ActionRow): ActionRow {
  return { ...row, kind: row.kind ?? 'action', weight: row.weight ?? '1', supporting: row.supporting ?? [] };
}

/** A change is held against the change of the same day, if there is one; one that changes nothing is there. */
function change<F extends { readonly on: Day }>(
  { code }: ActionRow,
  facts: readonly F[],
  on: Day,
  beside: (fact: F) => readonly Comparison[],
  command: Exclude<Planned, 'there'>,
): Planned {
  const same = onDay(facts.slice(1), on);
  if (same !== undefined) return compared(`${code}, ${on}`, beside(same));
  const before = alongDates(facts, on).at(-1);
  return before !== undefined && isEqual(beside(before)) ? 'there' : command;
}

const PLAN_FIELDS = ['title', 'kind', 'dimension', 'weight', 'unit', 'targets'] as const;

function replanned(row: ActionRow, recorded: ActionDocument | undefined, on: Day): Planned {
  unwanted(row, ['lead', 'supporting', 'carriedFrom']);
  const command = { type: 'ReplanAction', body: { effectiveOn: on, ...planOf(row) } };
  const plans = recorded?.plans ?? [];
  // From the day of its withdrawal on, the same plan brings the action back: that changes something.
  const back = standing(recorded?.withdrawals).some((each) => each.on === on);
  if (back && onDay(plans.slice(1), on) === undefined) return command;
  return change(row, plans, on, (plan) => besidePlan(whole(row), plan), command);
}

function reassigned(row: ActionRow, recorded: ActionDocument | undefined, on: Day): Planned {
  unwanted(row, [...PLAN_FIELDS, 'carriedFrom']);
  const lead = needed(row.lead, 'lead');
  const command = {
    type: 'ReassignAction',
    body: { effectiveOn: on, lead, supporting: row.supporting ?? [] },
  };
  return change(
    row,
    recorded?.agencies ?? [],
    on,
    (agencies) => besideAgencies(whole(row), agencies),
    command,
  );
}

function standing(withdrawals: ActionDocument['withdrawals'] = []): ActionDocument['withdrawals'] {
  return withdrawals.filter(({ undone }) => undone === undefined);
}

function withdrawn(row: ActionRow, recorded: ActionDocument | undefined, on: Day): Planned {
  unwanted(row, [...PLAN_FIELDS, 'lead', 'supporting', 'carriedFrom']);
  const [first] = standing(recorded?.withdrawals)
    .map((each) => each.on)
    .sort();
  if (first === undefined || first > on) return { type: 'WithdrawAction', body: { effectiveOn: on } };
  return compared(row.code, [{ field: 'effectiveOn', given: on, recorded: first }]);
}

function planned(row: ActionRow, recorded: ActionDocument | undefined, effectiveOn: Day): Planned {
  const [first] = recorded?.plans ?? [];
  if (recorded === undefined || first === undefined) {
    const { code, supporting = [], carriedFrom } = row;
    const lead = needed(row.lead, 'lead');
    return { type: 'PlanAction', body: { effectiveOn, code, ...planOf(row), lead, supporting, carriedFrom } };
  }
  const given = { field: 'effectiveOn', given: row.effectiveOn, recorded: first.on };
  const beside = (plan: Plan, agencies: Agencies | undefined): Comparison[] => [
    ...besidePlan(row, plan),
    ...(agencies ? besideAgencies(row, agencies) : []),
    given,
  ];
  if (isEqual(beside(first, recorded.agencies[0]))) return 'there';
  // What was put right for the same day counts as well, and is what the sentence tells.
  return compared(
    recorded.code,
    beside(onDay(recorded.plans, first.on) ?? first, onDay(recorded.agencies, first.on)),
  );
}

function planOf(row: ActionRow) {
  if (row.targets.length === 0) throw rowRules('cell-required', {}, 'targets');
  const quarters = [...row.targets]
    .sort((a, b) => (a.period < b.period ? -1 : 1))
    .map(({ period: quarter, value: target }) => ({ quarter, target }));
  return {
    title: needed(row.title, 'title'),
    kind: row.kind ?? 'action',
    dimension: needed(row.dimension, 'dimension'),
    weight: row.weight ?? '1',
    targets: { unit: needed(row.unit, 'unit'), quarters },
  };
}

function targetsOf({ targets }: Pick<Plan, 'targets'>): PeriodValue<string>[] {
  return targets.quarters.map(({ quarter, target }) => ({ period: quarter, value: plain(target) }));
}

function besidePlan(row: ActionRow, plan: Plan): Comparison[] {
  const targets = row.targets.length === 0 ? undefined : periodsText(row.targets);
  return [
    { field: 'title', given: row.title, recorded: plan.title },
    { field: 'kind', given: row.kind, recorded: plan.kind },
    { field: 'dimension', given: row.dimension, recorded: plan.dimension, as: 'code' },
    { field: 'weight', given: row.weight, recorded: plan.weight, as: 'decimal' },
    { field: 'unit', given: row.unit, recorded: plan.targets.unit },
    { field: 'targets', given: targets, recorded: periodsText(targetsOf(plan)) },
  ];
}

function besideAgencies(row: ActionRow, { lead, supporting }: Agencies): Comparison[] {
  const folded = (codes: readonly string[] | undefined): string | undefined =>
    codes &&
    codes
      .map((code) => code.toLowerCase())
      .sort()
      .join('; ');
  return [
    { field: 'lead', given: row.lead, recorded: lead, as: 'code' },
    { field: 'supporting', given: folded(row.supporting), recorded: folded(supporting) },
  ];
}
