import type { Day } from '@jejak/domain';
import type { ActionDocument } from '@jejak/views';
import type { Columns, PeriodValue, Row } from '../columns';
import { rowRules } from '../rules';
import {
  alongDates,
  changeColumns,
  compared,
  type Comparison,
  defineKind,
  needed,
  onDay,
  periodsText,
  plain,
  type Planned,
  unwanted,
} from './kind';

const columns = {
  code: {
    kind: 'code',
    required: true,
    heading: { id: ['Kode Aksi', 'Kode'], en: ['Action code', 'Code'] },
    hint: { id: 'Misalnya GOV-01.', en: 'Such as GOV-01.' },
  },
  stage: {
    kind: 'choice',
    heading: { id: ['Tahap'], en: ['Stage'] },
    hint: {
      id: 'Kosong berarti rencana baru. Perubahan, alih tugas, dan batal berlaku sejak tanggalnya.',
      en: 'Empty means a new plan. What is replanned, reassigned or withdrawn is so from its date on.',
    },
    choices: [
      { value: 'plan', id: 'rencana', en: 'plan' },
      { value: 'replan', id: 'perubahan', en: 'replan' },
      { value: 'reassign', id: 'alih tugas', en: 'reassign' },
      { value: 'withdraw', id: 'batal', en: 'withdraw' },
    ],
  },
  title: {
    kind: 'text',
    heading: { id: ['Nama Aksi', 'Rencana Aksi', 'Uraian Aksi'], en: ['Title', 'Action'] },
    hint: { id: 'Nama rencana aksi.', en: 'What the action is called.' },
  },
  kind: {
    kind: 'choice',
    heading: { id: ['Jenis'], en: ['Kind'] },
    hint: { id: 'Kosong berarti rencana aksi.', en: 'Empty means an action.' },
    choices: [
      { value: 'action', id: 'rencana aksi', en: 'action' },
      { value: 'quick-win', id: 'quick win', en: 'quick win' },
    ],
  },
  dimension: {
    kind: 'code',
    heading: { id: ['Dimensi'], en: ['Dimension'] },
    hint: { id: 'Kode dimensi program.', en: "The code of one of the programme's dimensions." },
    offers: 'dimensions',
  },
  weight: {
    kind: 'decimal',
    heading: { id: ['Bobot'], en: ['Weight'] },
    hint: { id: 'Kosong berarti 1.', en: 'Empty means 1.' },
  },
  unit: {
    kind: 'text',
    heading: { id: ['Satuan'], en: ['Unit'] },
    hint: { id: 'Satuan target, misalnya dokumen.', en: 'What targets are counted in.' },
  },
  targets: {
    kind: 'decimal',
    per: 'quarter',
    heading: { id: ['Target'], en: ['Target'] },
    hint: {
      id: 'Satu kolom per triwulan; kumulatif, yang terakhir adalah target seluruhnya.',
      en: 'A column for each quarter; cumulative, the last one is the whole target.',
    },
  },
  lead: {
    kind: 'code',
    heading: {
      id: ['Perangkat Daerah Penanggung Jawab', 'Penanggung Jawab', 'OPD Penanggung Jawab'],
      en: ['Lead agency', 'Lead'],
    },
    hint: { id: 'Kode perangkat daerah yang memimpin.', en: 'The code of the agency that leads.' },
    offers: 'agencies',
  },
  supporting: {
    kind: 'codes',
    heading: {
      id: ['Perangkat Daerah Pendukung', 'Pendukung', 'OPD Pendukung'],
      en: ['Supporting agencies', 'Supporting'],
    },
    hint: { id: 'Kode-kode dengan titik koma di antaranya.', en: 'Codes with semicolons between them.' },
  },
  carriedFrom: {
    kind: 'carried',
    heading: { id: ['Lanjutan Dari'], en: ['Carried from'] },
    hint: {
      id: 'Aksi program sebelumnya yang dilanjutkan: malang.2022/GOV-01.',
      en: 'The action of an earlier programme that it goes on with: malang.2022/GOV-01.',
    },
  },
  ...changeColumns,
} as const satisfies Columns;

type ActionRow = Row<typeof columns>;
type Plan = ActionDocument['plans'][number];
type Agencies = Pick<ActionDocument['agencies'][number], 'lead' | 'supporting'>;

/**
 * The actions of the plan. The natural key is the code for a new plan, the code and the day for a change.
 */
export const actions = defineKind<typeof columns, ActionDocument>({
  name: 'actions',
  sheet: { id: 'Rencana Aksi', en: 'Actions', more: ['Aksi'] },
  columns,
  view: 'actions',
  fields: { 'targets/unit': ['unit'], 'targets/quarters': ['targets'] },

  place: ({ code }) => ({ kind: 'action', code }),

  plan(row, recorded, { programme }) {
    const { code, stage = 'plan', effectiveOn = programme.from } = row;
    switch (stage) {
      case 'plan':
        return planned(row, recorded, effectiveOn);
      case 'replan': {
        unwanted(row, ['lead', 'supporting', 'carriedFrom']);
        const on = needed(row.effectiveOn, 'effectiveOn');
        const body = { effectiveOn: on, ...planOf(row) };
        return change(
          recorded?.plans ?? [],
          on,
          (plan) => compared(`${code}, ${on}`, besidePlan(whole(row), plan)),
          {
            type: 'ReplanAction',
            body,
          },
        );
      }
      case 'reassign': {
        unwanted(row, ['title', 'kind', 'dimension', 'weight', 'unit', 'targets', 'carriedFrom']);
        const on = needed(row.effectiveOn, 'effectiveOn');
        const body = { effectiveOn: on, lead: needed(row.lead, 'lead'), supporting: row.supporting ?? [] };
        return change(
          recorded?.agencies ?? [],
          on,
          (found) => compared(`${code}, ${on}`, besideAgencies(whole(row), found)),
          {
            type: 'ReassignAction',
            body,
          },
        );
      }
      default: {
        unwanted(row, [
          'title',
          'kind',
          'dimension',
          'weight',
          'unit',
          'targets',
          'lead',
          'supporting',
          'carriedFrom',
        ]);
        const on = needed(row.effectiveOn, 'effectiveOn');
        const [first] = (recorded?.withdrawals ?? []).map((each) => each.on).sort();
        if (first !== undefined && first <= on) {
          return compared(code, [{ field: 'effectiveOn', given: on, recorded: first }]);
        }
        return { type: 'WithdrawAction', body: { effectiveOn: on } };
      }
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
    const [gone] = withdrawals.filter(({ on }) => on <= day).sort((a, b) => (a.on < b.on ? -1 : 1));
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
  facts: readonly F[],
  on: Day,
  hold: (fact: F) => 'there',
  command: Planned,
): Planned {
  const same = onDay(facts.slice(1), on);
  if (same !== undefined) return hold(same);
  const before = alongDates(facts, on).at(-1);
  if (before === undefined) return command;
  try {
    return hold(before);
  } catch {
    return command;
  }
}

function planned(row: ActionRow, recorded: ActionDocument | undefined, effectiveOn: Day): Planned {
  const [first] = recorded?.plans ?? [];
  if (recorded === undefined || first === undefined) {
    const { code, supporting = [], carriedFrom } = row;
    const lead = needed(row.lead, 'lead');
    return { type: 'PlanAction', body: { effectiveOn, code, ...planOf(row), lead, supporting, carriedFrom } };
  }
  const given = { field: 'effectiveOn', given: row.effectiveOn, recorded: first.on };
  const beside = (plan: Plan, agencies: Agencies | undefined): 'there' =>
    compared(recorded.code, [
      ...besidePlan(row, plan),
      ...(agencies ? besideAgencies(row, agencies) : []),
      given,
    ]);
  try {
    return beside(first, recorded.agencies[0]);
  } catch {
    // What was put right for the same day counts as well, and is what the sentence tells.
    return beside(onDay(recorded.plans, first.on) ?? first, onDay(recorded.agencies, first.on));
  }
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
