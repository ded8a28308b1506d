import type { Columns } from '../columns';
import { changeColumns } from './kind';

/** The columns of the sheet of actions. */
export const actionColumns = {
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
