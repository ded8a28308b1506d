import { lastDayOf } from '@jejak/domain';
import type { ActionDocument } from '@jejak/views';
import type { Columns } from '../columns';
import { compared, defineKind, plain, reportColumns } from './kind';

const columns = {
  action: {
    kind: 'code',
    required: true,
    heading: { id: ['Kode Aksi', 'Kode'], en: ['Action code', 'Code'] },
    hint: { id: 'Kode rencana aksi.', en: "The action's code." },
  },
  quarter: {
    kind: 'quarter',
    required: true,
    heading: { id: ['Triwulan', 'Periode'], en: ['Quarter', 'Period'] },
    hint: { id: 'TW I 2023 atau 2023-Q1.', en: '2023-Q1 or TW I 2023.' },
  },
  realisation: {
    kind: 'decimal',
    required: true,
    heading: { id: ['Realisasi'], en: ['Realisation'] },
    hint: { id: 'Kumulatif, dalam satuan target.', en: 'Cumulative, in the unit of the targets.' },
  },
  date: {
    kind: 'day',
    heading: { id: ['Tanggal'], en: ['Date'] },
    hint: {
      id: 'Hari yang dilaporkan; kosong berarti hari terakhir triwulan.',
      en: 'The day that it speaks of; empty means the last day of the quarter.',
    },
  },
  explanation: {
    kind: 'text',
    heading: { id: ['Keterangan'], en: ['Explanation'] },
    hint: { id: 'Bebas.', en: 'Anything.' },
  },
  supporting: {
    kind: 'text',
    heading: { id: ['Faktor Pendukung'], en: ['Supporting factors'] },
    hint: { id: 'Yang membantu.', en: 'What helped.' },
  },
  hindering: {
    kind: 'text',
    heading: { id: ['Faktor Penghambat'], en: ['Hindering factors'] },
    hint: { id: 'Yang menghambat.', en: 'What stood in the way.' },
  },
  followUp: {
    kind: 'text',
    heading: { id: ['Tindak Lanjut'], en: ['Follow-up'] },
    hint: { id: 'Yang akan dilakukan.', en: 'What will be done.' },
  },
  ...reportColumns,
} as const satisfies Columns;

/** Quarterly reports. The natural key is the action and the quarter. */
export const progress = defineKind<typeof columns, ActionDocument>({
  name: 'progress',
  sheet: { id: 'Capaian', en: 'Progress', more: ['Progres', 'Laporan Triwulan'] },
  columns,
  view: 'actions',
  fields: { occurredOn: ['date'] },

  place: ({ action }) => ({ kind: 'action', code: action }),

  plan(row, recorded) {
    const { quarter, realisation, explanation, supporting, hindering, followUp } = row;
    const found = recorded?.progress.find((each) => each.quarter === quarter && each.voided === undefined);
    if (found !== undefined) {
      return compared(`${row.action}, ${quarter}`, [
        { field: 'realisation', given: realisation, recorded: found.realisation, as: 'decimal' },
        { field: 'date', given: row.date, recorded: found.on },
        { field: 'explanation', given: explanation, recorded: found.explanation },
        { field: 'supporting', given: supporting, recorded: found.supporting },
        { field: 'hindering', given: hindering, recorded: found.hindering },
        { field: 'followUp', given: followUp, recorded: found.followUp },
      ]);
    }
    const occurredOn = row.date ?? lastDayOf(quarter);
    const words = { explanation, supporting, hindering, followUp };
    return { type: 'ReportProgress', body: { occurredOn, quarter, realisation, ...words } };
  },

  rows: ({ code, progress: reports }, day) =>
    reports
      .filter(({ on, voided }) => voided === undefined && on <= day)
      .sort((a, b) => (a.on < b.on ? -1 : 1))
      .map(({ on, quarter, realisation, explanation, supporting, hindering, followUp, agency, reason }) => ({
        ...{ action: code, quarter, realisation: plain(realisation), date: on },
        ...(explanation !== undefined && { explanation }),
        ...(supporting !== undefined && { supporting }),
        ...(hindering !== undefined && { hindering }),
        ...(followUp !== undefined && { followUp }),
        ...(agency !== undefined && { agency }),
        ...(reason !== undefined && { reason }),
      })),
});
