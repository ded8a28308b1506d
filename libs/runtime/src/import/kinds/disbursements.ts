import { type Day, lastDayOf, type Rupiah } from '@jejak/domain';
import type { LineDocument } from '@jejak/views';
import type { Columns, Row } from '../columns';
import { rowRules } from '../rules';
import { compared, defineKind, needed, plain, type Planned, reportColumns, unwanted } from './kind';

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
  type: {
    kind: 'choice',
    heading: { id: ['Jenis'], en: ['Type'] },
    hint: {
      id: 'Kosong berarti pencairan. Pengembalian menyebut SP2D (atau bulan) yang dikembalikan.',
      en: 'Empty means a disbursement. A return names the SP2D (or the month) that it gives back of.',
    },
    choices: [
      { value: 'disbursement', id: 'pencairan', en: 'disbursement' },
      { value: 'return', id: 'pengembalian', en: 'return' },
      { value: 'physical', id: 'fisik', en: 'physical' },
    ],
  },
  date: {
    kind: 'day',
    heading: { id: ['Tanggal', 'Tanggal SP2D'], en: ['Date'] },
    hint: {
      id: 'Untuk realisasi s.d. bulan, kosong berarti hari terakhir bulan itu.',
      en: 'For a realisation to a month, empty means the last day of that month.',
    },
  },
  sp2d: {
    kind: 'text',
    heading: { id: ['Nomor SP2D', 'SP2D'], en: ['SP2D number', 'SP2D'] },
    hint: {
      id: 'Nomor SP2D; unik dalam satu mata anggaran.',
      en: 'The number of the SP2D, unique in its line.',
    },
  },
  amount: {
    kind: 'money',
    heading: { id: ['Nilai (Rp)', 'Nilai SP2D', 'Jumlah'], en: ['Amount (Rp)'] },
    hint: {
      id: 'Nilai SP2D atau pengembalian, rupiah bulat.',
      en: 'Of the SP2D or the return, in whole rupiah.',
    },
  },
  month: {
    kind: 'month',
    heading: { id: ['Bulan'], en: ['Month'] },
    hint: {
      id: 'Bulan akhir realisasi kumulatif, misalnya Des 2023. Jangan dicampur dengan SP2D dalam satu tahun.',
      en: 'The month to which the realisation is cumulative, such as Dec 2023. Not beside SP2Ds of that year.',
    },
  },
  cumulative: {
    kind: 'money',
    heading: {
      id: ['Realisasi s.d. Bulan (Rp)', 'Realisasi s.d. Bulan Ini', 'Realisasi sampai dengan Bulan'],
      en: ['Realisation to month (Rp)'],
    },
    hint: {
      id: 'Realisasi kumulatif tahun itu sampai bulan tersebut, dikurangi pengembalian sebelum tanggalnya.',
      en: 'What was disbursed in that year up to the month, less what was given back before the date.',
    },
  },
  percent: {
    kind: 'percent',
    heading: { id: ['Fisik (%)', 'Realisasi Fisik (%)'], en: ['Physical (%)'] },
    hint: {
      id: 'Kemajuan fisik kumulatif; hanya pada baris berjenis fisik.',
      en: 'Physical progress, cumulative; only in rows of the type physical.',
    },
  },
  note: {
    kind: 'text',
    heading: { id: ['Keterangan'], en: ['Note'] },
    hint: { id: 'Bebas.', en: 'Anything.' },
  },
  ...reportColumns,
} as const satisfies Columns;

type DisbursementRow = Row<typeof columns>;
type Disbursement = LineDocument['disbursements'][number];

/**
 * What was disbursed, given back and physically done. Natural keys: the SP2D in its line; of a return the disbursement
 * and the day; of physical progress the day. A realisation to a month is held against what stands by then instead.
 */
export const disbursements = defineKind<typeof columns, LineDocument>({
  name: 'disbursements',
  sheet: { id: 'Realisasi Anggaran', en: 'Disbursements', more: ['Realisasi', 'SP2D', 'Pencairan'] },
  columns,
  view: 'budget',
  fields: {
    occurredOn: ['date'],
    amount: ['amount', 'cumulative'],
    document: ['sp2d', 'month'],
    'document/number': ['sp2d'],
    'document/month': ['month'],
    disbursement: ['sp2d', 'month'],
  },

  place: ({ line }) => ({ kind: 'budget', code: line }),

  plan(row, recorded) {
    switch (row.type ?? 'disbursement') {
      case 'return':
        return returned(row, recorded);
      case 'physical':
        return physical(row, recorded);
      default:
        unwanted(row, ['percent']);
        return row.cumulative === undefined ? paid(row, recorded) : cumulative(row, recorded, row.cumulative);
    }
  },

  rows(line, day) {
    const { code, agency } = line;
    const paidBy = standing(line.disbursements).filter(({ on }) => on <= day);
    const rows = paidBy.map(({ on, amount, document, note }) => ({
      ...{ line: code, type: 'disbursement', date: on, agency, ...(note !== undefined && { note }) },
      ...(document.kind === 'sp2d'
        ? { sp2d: document.number, amount }
        : { month: document.month, cumulative: recordedBy(line, on) }),
    }));
    const returns = new Map<string, { date: Day; amount: Rupiah; of: Disbursement }>();
    for (const { disbursement, on, amount } of standing(line.returns)) {
      const of = paidBy.find(({ id }) => id === disbursement);
      if (of === undefined || on > day) continue;
      const key = `${disbursement} ${on}`;
      returns.set(key, { date: on, amount: amount + (returns.get(key)?.amount ?? 0), of });
    }
    const given = [...returns.values()].map(({ date, amount, of }) => ({
      ...{ line: code, type: 'return', date, amount, agency },
      ...(of.document.kind === 'sp2d' ? { sp2d: of.document.number } : { month: of.document.month }),
    }));
    const done = standing(line.physical)
      .filter(({ on }) => on <= day)
      .map(({ on, percent }) => ({
        line: code,
        type: 'physical',
        date: on,
        percent: plain(percent),
        agency,
      }));
    // On one day disbursements come before what is given back of them: the sort keeps that order.
    return [...rows, ...given, ...done].sort((a, b) => (a.date === b.date ? 0 : a.date < b.date ? -1 : 1));
  },
});

function standing<F extends { readonly voided?: string }>(facts: readonly F[] | undefined): F[] {
  return (facts ?? []).filter(({ voided }) => voided === undefined);
}

function paid(row: DisbursementRow, recorded: LineDocument | undefined): Planned {
  if (row.sp2d === undefined && row.month !== undefined) throw rowRules('sp2d-or-month', {}, 'cumulative');
  unwanted(row, ['month']);
  const number = needed(row.sp2d, 'sp2d');
  const amount = needed(row.amount, 'amount');
  const date = needed(row.date, 'date');
  const found = bySp2d(recorded, number);
  if (found !== undefined) {
    return compared(`SP2D ${number}`, [
      { field: 'amount', given: amount, recorded: found.amount },
      { field: 'date', given: date, recorded: found.on },
      { field: 'note', given: row.note, recorded: found.note },
    ]);
  }
  const document = { kind: 'sp2d', number };
  return { type: 'DisburseBudget', body: { occurredOn: date, amount, document, note: row.note } };
}

function cumulative(row: DisbursementRow, recorded: LineDocument | undefined, total: Rupiah): Planned {
  if (row.sp2d !== undefined) throw rowRules('sp2d-or-month', {}, 'sp2d');
  if (row.amount !== undefined) throw rowRules('sp2d-or-month', {}, 'amount');
  const month = needed(row.month, 'month');
  const date = row.date ?? lastDayOf(month);
  const year = date.slice(0, 4);
  const ofYear = standing(recorded?.disbursements).filter(({ on }) => on.startsWith(year));
  if (ofYear.some(({ document }) => document.kind === 'sp2d'))
    throw rowRules('mixed-reporting', { year }, 'month');
  const before = recorded === undefined ? 0 : recordedBy(recorded, date);
  if (total === before) return 'there';
  if (total < before)
    throw rowRules('cumulative-falling', { cumulative: total, month, recorded: before }, 'cumulative');
  const later = ofYear
    .map(({ document }) => (document.kind === 'cumulative' ? document.month : ''))
    .sort()
    .at(-1);
  if (later !== undefined && later > month)
    throw rowRules('cumulative-before-later', { later, month }, 'month');
  const document = { kind: 'cumulative', month };
  return {
    type: 'DisburseBudget',
    body: { occurredOn: date, amount: total - before, document, note: row.note },
  };
}

/** What stands of the day's year by that day, less what was given back of it on earlier days. */
function recordedBy(line: LineDocument, date: Day): Rupiah {
  const year = date.slice(0, 4);
  const paidBy = standing(line.disbursements).filter(({ on }) => on.startsWith(year) && on <= date);
  const ids = new Set(paidBy.map(({ id }) => id));
  const given = standing(line.returns).filter(({ on, disbursement }) => ids.has(disbursement) && on < date);
  return sumOf(paidBy) - sumOf(given);
}

function sumOf(facts: readonly { readonly amount: Rupiah }[]): Rupiah {
  return facts.reduce((sum, { amount }) => sum + amount, 0);
}

function bySp2d(line: LineDocument | undefined, number: string): Disbursement | undefined {
  const folded = number.toLowerCase();
  return standing(line?.disbursements).find(
    ({ document }) => document.kind === 'sp2d' && document.number.toLowerCase() === folded,
  );
}

function returned(row: DisbursementRow, recorded: LineDocument | undefined): Planned {
  unwanted(row, ['cumulative', 'percent', 'note']);
  const amount = needed(row.amount, 'amount');
  const date = needed(row.date, 'date');
  const { sp2d, month } = row;
  if (sp2d !== undefined && month !== undefined) throw rowRules('cell-not-wanted', {}, 'month');
  const reference = needed(sp2d ?? month, 'sp2d');
  const found =
    sp2d === undefined
      ? standing(recorded?.disbursements).find(
          ({ document }) => document.kind === 'cumulative' && document.month === month,
        )
      : bySp2d(recorded, sp2d);
  if (found === undefined)
    throw rowRules('no-such-document', { reference }, sp2d === undefined ? 'month' : 'sp2d');
  const same = standing(recorded?.returns).filter(
    ({ disbursement, on }) => disbursement === found.id && on === date,
  );
  if (same.length > 0)
    return compared(`${reference}, ${date}`, [{ field: 'amount', given: amount, recorded: sumOf(same) }]);
  return { type: 'ReturnDisbursement', body: { occurredOn: date, disbursement: found.id, amount } };
}

function physical(row: DisbursementRow, recorded: LineDocument | undefined): Planned {
  unwanted(row, ['sp2d', 'amount', 'cumulative', 'note']);
  const percent = needed(row.percent, 'percent');
  const date = needed(row.date ?? (row.month && lastDayOf(row.month)), 'date');
  const found = standing(recorded?.physical).find(({ on }) => on === date);
  if (found !== undefined) {
    return compared(date, [{ field: 'percent', given: percent, recorded: found.percent, as: 'decimal' }]);
  }
  return { type: 'ReportPhysicalProgress', body: { occurredOn: date, percent } };
}
