import { sameCode, type Day, type Rupiah } from '@jejak/domain';
import type { ContributionDocument } from '@jejak/views';
import type { Columns, Row } from '../columns';
import { rowRules } from '../rules';
import { compared, defineKind, needed, type Planned, reportColumns, unwanted } from './kind';

const columns = {
  contribution: {
    kind: 'code',
    required: true,
    heading: { id: ['Kode Kontribusi'], en: ['Contribution code'] },
    hint: {
      id: 'Kode kontribusi; satu donatur per kontribusi.',
      en: 'Its code; a contribution is from one donor.',
    },
  },
  type: {
    kind: 'choice',
    required: true,
    heading: { id: ['Jenis'], en: ['Type'] },
    hint: {
      id: 'Komitmen, penerimaan, alokasi, atau pengembalian.',
      en: 'A pledge, receipt, allocation or return.',
    },
    choices: [
      { value: 'pledge', id: 'komitmen', en: 'pledge' },
      { value: 'receipt', id: 'penerimaan', en: 'receipt' },
      { value: 'allocation', id: 'alokasi', en: 'allocation' },
      { value: 'return', id: 'pengembalian', en: 'return' },
    ],
  },
  date: {
    kind: 'day',
    required: true,
    heading: { id: ['Tanggal'], en: ['Date'] },
    hint: {
      id: 'Tanggal kejadian; boleh sebelum program dimulai.',
      en: 'When it was; may lie before the programme.',
    },
  },
  amount: {
    kind: 'money',
    required: true,
    heading: { id: ['Nilai (Rp)', 'Jumlah'], en: ['Amount (Rp)'] },
    hint: { id: 'Rupiah bulat.', en: 'Whole rupiah.' },
  },
  donor: {
    kind: 'code',
    heading: { id: ['Kode Donatur', 'Donatur'], en: ['Donor code', 'Donor'] },
    hint: {
      id: 'Kode donatur; nama orang pribadi tidak dicatat di sini.',
      en: 'The code of the donor; the name of a private person has no place here.',
    },
  },
  year: {
    kind: 'year',
    heading: { id: ['Tahun'], en: ['Year'] },
    hint: { id: 'Tahun yang diperhitungkan.', en: 'The year that it counts for.' },
  },
  receiptNo: {
    kind: 'text',
    heading: { id: ['Nomor Tanda Terima', 'No. Tanda Terima'], en: ['Receipt number'] },
    hint: {
      id: 'Untuk penerimaan dan pengembalian.',
      en: 'For receipts, and for what is given back of them.',
    },
  },
  toAction: {
    kind: 'code',
    heading: { id: ['Untuk Aksi'], en: ['For action'] },
    hint: { id: 'Kode aksi, untuk alokasi.', en: "An action's code, for an allocation." },
  },
  toAgency: {
    kind: 'code',
    heading: { id: ['Untuk Perangkat Daerah'], en: ['For agency'] },
    hint: { id: 'Kode perangkat daerah, untuk alokasi.', en: "An agency's code, for an allocation." },
    offers: 'agencies',
  },
  note: {
    kind: 'text',
    heading: { id: ['Keterangan'], en: ['Note'] },
    hint: { id: 'Bebas.', en: 'Anything.' },
  },
  ...reportColumns,
} as const satisfies Columns;

type CsrRow = Row<typeof columns>;
interface Entry {
  readonly on: Day;
  readonly amount: Rupiah;
  readonly note?: string;
  readonly voided?: string;
}

/**
 * Contributions. Natural keys within the contribution: the receipt's number; of a pledge the day and the year; of an
 * allocation the day and what it is for; of a return the receipt and the day.
 */
export const csr = defineKind<typeof columns, ContributionDocument>({
  name: 'csr',
  sheet: { id: 'CSR', en: 'CSR', more: ['TJSL', 'CSR TJSL'] },
  columns,
  view: 'csr',
  fields: {
    occurredOn: ['date'],
    receipt: ['receiptNo'],
    to: ['toAction', 'toAgency'],
    'to/code': ['toAction', 'toAgency'],
  },

  place: ({ contribution }) => ({ kind: 'csr', code: contribution }),

  plan(row, recorded) {
    switch (row.type) {
      case 'pledge':
        return pledged(row, recorded);
      case 'receipt':
        return received(row, recorded);
      case 'allocation':
        return allocated(row, recorded);
      default:
        return returned(row, recorded);
    }
  },

  rows(document, day) {
    const { code: contribution, pledges, receipts, allocations, returns } = document;
    const merged = <E extends Entry, R>(
      entries: readonly E[],
      keyOf: (entry: E) => string,
      rowOf: (entry: E) => R,
    ) => {
      const rows = new Map<string, R & { date: Day; amount: Rupiah; note?: string }>();
      for (const entry of standing(entries)) {
        const { on, amount, note } = entry;
        if (on > day) continue;
        const key = `${on} ${keyOf(entry)}`;
        const before = rows.get(key);
        if (before !== undefined) before.amount += amount;
        else rows.set(key, { ...rowOf(entry), date: on, amount, ...(note !== undefined && { note }) });
      }
      return [...rows.values()];
    };
    const receiptNoOf = (id: string): string => receipts.find((each) => each.id === id)?.receiptNo ?? '';
    const rows = [
      ...merged(
        pledges,
        ({ year }) => String(year),
        ({ donor, year }) => ({ type: 'pledge', donor, year }),
      ),
      ...merged(
        receipts,
        ({ id }) => id,
        ({ donor, year, receiptNo }) => ({ type: 'receipt', donor, year, receiptNo }),
      ),
      ...merged(
        allocations,
        ({ to }) => `${to.kind} ${to.code.toLowerCase()}`,
        ({ to }) => ({
          type: 'allocation',
          ...(to.kind === 'action' ? { toAction: to.code } : { toAgency: to.code }),
        }),
      ),
      ...merged(
        returns,
        ({ receipt }) => receipt,
        ({ receipt }) => ({ type: 'return', receiptNo: receiptNoOf(receipt) }),
      ),
    ];
    // On one day money comes in before it goes out: the sort keeps that order.
    return rows
      .sort((a, b) => (a.date === b.date ? 0 : a.date < b.date ? -1 : 1))
      .map((row) => ({ contribution, ...row }));
  },
});

function standing<E extends Entry>(entries: readonly E[] | undefined): E[] {
  return (entries ?? []).filter(({ voided }) => voided === undefined);
}

function sumOf(entries: readonly Entry[]): Rupiah {
  return entries.reduce((sum, { amount }) => sum + amount, 0);
}

/** Entries of the same day and kind count as one, since a sheet may give their sum. */
function beside(name: string, same: readonly Entry[], row: CsrRow): 'there' {
  return compared(name, [{ field: 'amount', given: row.amount, recorded: sumOf(same) }]);
}

function pledged(row: CsrRow, recorded: ContributionDocument | undefined): Planned {
  unwanted(row, ['receiptNo', 'toAction', 'toAgency']);
  const { date: occurredOn, amount, note } = row;
  const donor = needed(row.donor, 'donor');
  const year = needed(row.year, 'year');
  const same = standing(recorded?.pledges).filter(
    (each) => each.on === occurredOn && each.year === year && sameCode(each.donor, donor),
  );
  if (same.length > 0) return beside(`${row.contribution}, ${occurredOn}`, same, row);
  return { type: 'PledgeCsr', body: { occurredOn, donor, year, amount, note } };
}

function received(row: CsrRow, recorded: ContributionDocument | undefined): Planned {
  unwanted(row, ['toAction', 'toAgency']);
  const { date: occurredOn, amount, note } = row;
  const receiptNo = needed(row.receiptNo, 'receiptNo');
  const found = receiptOf(recorded, receiptNo);
  if (found !== undefined) {
    return compared(receiptNo, [
      { field: 'amount', given: amount, recorded: found.amount },
      { field: 'date', given: occurredOn, recorded: found.on },
      { field: 'donor', given: row.donor, recorded: found.donor, as: 'code' },
      { field: 'year', given: row.year, recorded: found.year },
      { field: 'note', given: note, recorded: found.note },
    ]);
  }
  const donor = needed(row.donor, 'donor');
  const year = needed(row.year, 'year');
  return { type: 'ReceiveCsr', body: { occurredOn, donor, year, amount, receiptNo, note } };
}

function receiptOf(recorded: ContributionDocument | undefined, receiptNo: string) {
  const folded = receiptNo.toLowerCase();
  return standing(recorded?.receipts).find((each) => each.receiptNo.toLowerCase() === folded);
}

function allocated(row: CsrRow, recorded: ContributionDocument | undefined): Planned {
  unwanted(row, ['receiptNo', 'donor', 'year', ...(row.toAction === undefined ? [] : ['toAgency'])]);
  const { date: occurredOn, amount, note, toAction } = row;
  const code = needed(toAction ?? row.toAgency, 'toAction');
  const kind = toAction === undefined ? 'agency' : 'action';
  const same = standing(recorded?.allocations).filter(
    ({ on, to }) => on === occurredOn && to.kind === kind && sameCode(to.code, code),
  );
  if (same.length > 0) return beside(`${row.contribution}, ${occurredOn}, ${code}`, same, row);
  return { type: 'AllocateCsr', body: { occurredOn, amount, to: { kind, code }, note } };
}

function returned(row: CsrRow, recorded: ContributionDocument | undefined): Planned {
  unwanted(row, ['donor', 'year', 'toAction', 'toAgency']);
  const { date: occurredOn, amount, note } = row;
  const receiptNo = needed(row.receiptNo, 'receiptNo');
  const receipt = receiptOf(recorded, receiptNo);
  if (receipt === undefined) throw rowRules('no-such-document', { reference: receiptNo }, 'receiptNo');
  const same = standing(recorded?.returns).filter(
    (each) => each.on === occurredOn && each.receipt === receipt.id,
  );
  if (same.length > 0) return beside(`${receiptNo}, ${occurredOn}`, same, row);
  return { type: 'ReturnCsr', body: { occurredOn, receipt: receipt.id, amount, note } };
}
