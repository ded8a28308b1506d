import type { LineDocument } from '@jejak/views';
import type { Columns, PeriodValue, Row } from '../columns';
import {
  alongDates,
  changeColumns,
  compared,
  type Comparison,
  defineKind,
  onDay,
  periodsText,
  plain,
} from './kind';
import { rowRules } from '../rules';

const columns = {
  line: {
    kind: 'code',
    required: true,
    heading: {
      id: ['Kode Mata Anggaran', 'Kode Anggaran', 'Mata Anggaran'],
      en: ['Line code', 'Budget line'],
    },
    hint: { id: 'Kode mata anggaran.', en: 'The code of the budget line.' },
  },
  cumulative: {
    kind: 'money',
    per: 'month',
    heading: { id: ['Rencana s.d. # (Rp)'], en: ['Plan to # (Rp)'] },
    hint: {
      id: 'Satu kolom per bulan; rencana realisasi kumulatif sampai akhir bulan itu.',
      en: 'A column for each month; what is to be disbursed by the end of it, cumulative.',
    },
  },
  physical: {
    kind: 'percent',
    per: 'month',
    heading: { id: ['Fisik s.d. # (%)'], en: ['Physical to # (%)'] },
    hint: {
      id: 'Satu kolom per bulan; rencana kemajuan fisik kumulatif dalam persen.',
      en: 'A column for each month; the physical progress planned by the end of it, in per cent.',
    },
  },
  ...changeColumns,
} as const satisfies Columns;

type PlanRow = Row<typeof columns>;
type Months = LineDocument['plans'][number]['months'];

/** The monthly plans of budget lines. The natural key is the line and the day from which the plan holds. */
export const monthlyPlans = defineKind<typeof columns, LineDocument>({
  name: 'monthly-plans',
  sheet: { id: 'Rencana Bulanan', en: 'Monthly plans', more: ['Anggaran Kas', 'RAK'] },
  columns,
  view: 'budget',
  fields: { months: ['cumulative'], 'months/cumulative': ['cumulative'], 'months/physical': ['physical'] },

  place: ({ line }) => ({ kind: 'budget', code: line }),

  plan(row, recorded, { programme }) {
    const months = monthsOf(row);
    const effectiveOn = row.effectiveOn ?? recorded?.ceilings[0]?.on ?? programme.from;
    const plans = recorded?.plans ?? [];
    const same = onDay(plans, effectiveOn);
    if (same !== undefined) return compared(`${row.line}, ${effectiveOn}`, beside(row, same.months));
    const before = alongDates(plans, effectiveOn).at(-1);
    if (
      before !== undefined &&
      beside(row, before.months).every(({ given, recorded: found }) => given === found)
    ) {
      return 'there';
    }
    return { type: 'PlanBudget', body: { effectiveOn, months } };
  },

  rows: ({ code, plans }, day) =>
    alongDates(plans, day).map(({ on, months }) => ({
      line: code,
      cumulative: months.map(({ month, cumulative }) => ({ period: month, value: cumulative })),
      physical: percentages(months),
      effectiveOn: on,
    })),
});

/** Each month has both columns. */
function monthsOf({ cumulative, physical }: PlanRow): Months {
  if (cumulative.length === 0) throw rowRules('cell-required', {}, 'cumulative');
  const percents = new Map(physical.map(({ period, value }) => [period, value]));
  const months = [...cumulative]
    .sort((a, b) => (a.period < b.period ? -1 : 1))
    .map(({ period: month, value }) => {
      const percent = percents.get(month);
      if (percent === undefined) throw rowRules('cell-required', {}, 'physical');
      percents.delete(month);
      return { month, cumulative: value, physical: percent };
    });
  if (percents.size > 0) throw rowRules('cell-required', {}, 'cumulative');
  return months;
}

function percentages(months: Months): PeriodValue<string>[] {
  return months.map(({ month, physical }) => ({ period: month, value: plain(physical) }));
}

function beside(row: PlanRow, months: Months): Comparison[] {
  const recorded = months.map(({ month, cumulative }) => ({ period: month, value: cumulative }));
  return [
    { field: 'cumulative', given: periodsText(row.cumulative), recorded: periodsText(recorded) },
    { field: 'physical', given: periodsText(row.physical), recorded: periodsText(percentages(months)) },
  ];
}
