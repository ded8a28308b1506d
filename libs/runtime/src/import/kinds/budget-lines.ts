import type { LineDocument } from '@jejak/views';
import type { Columns, Row, Share } from '../columns';
import {
  alongDates,
  changeColumns,
  compared,
  type Comparison,
  defineKind,
  needed,
  onDay,
  plain,
} from './kind';

const columns = {
  line: {
    kind: 'code',
    required: true,
    heading: {
      id: ['Kode Mata Anggaran', 'Kode Anggaran', 'Mata Anggaran'],
      en: ['Line code', 'Budget line'],
    },
    hint: {
      id: 'Kode unik mata anggaran dalam program.',
      en: 'The code of the line, unique in the programme.',
    },
  },
  stage: {
    kind: 'choice',
    heading: { id: ['Tahap'], en: ['Stage'] },
    hint: {
      id: 'Kosong berarti murni. Pergeseran dan perubahan berlaku sejak tanggalnya.',
      en: 'Empty means the original budget. A shift or revision holds from its date on.',
    },
    choices: [
      { value: 'murni', id: 'murni', en: 'original' },
      { value: 'pergeseran', id: 'pergeseran', en: 'shift' },
      { value: 'perubahan', id: 'perubahan', en: 'revision' },
    ],
  },
  title: {
    kind: 'text',
    heading: { id: ['Uraian', 'Nama Subkegiatan'], en: ['Title'] },
    hint: { id: 'Nama subkegiatan.', en: 'What the line is called.' },
  },
  agency: {
    kind: 'code',
    heading: { id: ['Perangkat Daerah', 'OPD'], en: ['Agency'] },
    hint: { id: 'Kode perangkat daerah pemilik anggaran.', en: 'The code of the agency whose budget it is.' },
    offers: 'agencies',
  },
  year: {
    kind: 'year',
    heading: { id: ['Tahun Anggaran'], en: ['Budget year'] },
    hint: { id: 'Misalnya 2023.', en: 'Such as 2023.' },
  },
  hierarchy: {
    kind: 'code',
    heading: { id: ['Kode Rekening', 'Kode Subkegiatan'], en: ['Hierarchy code'] },
    hint: {
      id: 'Urusan sampai subkegiatan: 2.16.2.20.2.21.01.0000.',
      en: 'From urusan to subkegiatan: 2.16.2.20.2.21.01.0000.',
    },
  },
  ceiling: {
    kind: 'money',
    required: true,
    heading: { id: ['Pagu (Rp)'], en: ['Ceiling (Rp)'] },
    hint: { id: 'Rupiah bulat.', en: 'Whole rupiah.' },
  },
  actions: {
    kind: 'shares',
    heading: { id: ['Aksi (bagian)'], en: ['Actions (shares)'] },
    hint: {
      id: 'Aksi yang dibiayai beserta bagiannya: GOV-01:2; GOV-02:1.',
      en: 'The actions that it pays for, with their shares: GOV-01:2; GOV-02:1.',
    },
  },
  document: {
    kind: 'text',
    heading: { id: ['Dokumen (DPA/DPPA)'], en: ['Document (DPA/DPPA)'] },
    hint: { id: 'Nomor DPA atau DPPA.', en: 'The number of the DPA or DPPA.' },
  },
  ...changeColumns,
} as const satisfies Columns;

type LineRow = Row<typeof columns>;
type Ceiling = LineDocument['ceilings'][number];

/** Budget lines and their ceilings. The natural key is the code for a new line, the code and the day for a change. */
export const budgetLines = defineKind<typeof columns, LineDocument>({
  name: 'budget-lines',
  sheet: { id: 'Anggaran', en: 'Budget lines', more: ['Pagu', 'Mata Anggaran'] },
  columns,
  view: 'budget',
  fields: {},

  place: ({ line }) => ({ kind: 'budget', code: line }),

  plan(row, recorded, { programme }) {
    const { line, stage = 'murni', ceiling, document } = row;
    const actions = row.actions ?? [];
    const allocated = recorded === undefined ? undefined : original(recorded);
    if (stage === 'murni') {
      if (recorded !== undefined && allocated !== undefined) {
        const on = { field: 'effectiveOn', given: row.effectiveOn, recorded: allocated.on };
        return compared(recorded.code, [...besideLine(row, recorded), ...besideCeiling(row, allocated), on]);
      }
      const body = {
        effectiveOn: row.effectiveOn ?? programme.from,
        line,
        title: needed(row.title, 'title'),
        agency: needed(row.agency, 'agency'),
        year: needed(row.year, 'year'),
        hierarchy: needed(row.hierarchy, 'hierarchy'),
      };
      return { type: 'AllocateBudget', body: { ...body, ceiling, actions, document } };
    }
    const on = needed(row.effectiveOn, 'effectiveOn');
    const name = `${line}, ${on}`;
    if (recorded !== undefined) {
      compared(line, besideLine(row, recorded));
      const revision = onDay(recorded.ceilings.filter(isRevision), on);
      if (revision !== undefined) return compared(name, besideCeiling({ ...row, actions }, revision));
    }
    return { type: 'ReviseBudget', body: { effectiveOn: on, stage, ceiling, actions, document } };
  },

  rows(line, day) {
    const { code, title, agency, year, hierarchy, ceilings } = line;
    const allocated = original(line);
    if (allocated === undefined || allocated.on > day) return [];
    // Putting the original right also took back a revision of its day.
    const revisions = ceilings.filter(
      (each) => isRevision(each) && (each.on > allocated.on || each.index > allocated.index),
    );
    const row = ({ on, stage, ceiling, actions, document }: Ceiling) => ({
      ...{ line: code, stage, title, agency, year, hierarchy, ceiling, effectiveOn: on },
      actions: actions.map(({ code: action, share }) => ({ code: action, share: plain(share) })),
      ...(document !== undefined && { document }),
    });
    return [allocated, ...alongDates(revisions, day)].map(row);
  },
});

/** The allocation, as it was put right last. */
function original({ ceilings }: LineDocument): Ceiling | undefined {
  return ceilings.findLast((each) => !isRevision(each));
}

function isRevision({ stage }: Ceiling): boolean {
  return stage !== 'murni';
}

function besideLine(row: LineRow, line: LineDocument): Comparison[] {
  return [
    { field: 'title', given: row.title, recorded: line.title },
    { field: 'agency', given: row.agency, recorded: line.agency, as: 'code' },
    { field: 'year', given: row.year, recorded: line.year },
    { field: 'hierarchy', given: row.hierarchy, recorded: line.hierarchy, as: 'code' },
  ];
}

function besideCeiling(row: LineRow, { stage, ceiling, actions, document }: Ceiling): Comparison[] {
  return [
    { field: 'stage', given: row.stage ?? 'murni', recorded: stage },
    { field: 'ceiling', given: row.ceiling, recorded: ceiling },
    { field: 'actions', given: row.actions && sharesText(row.actions), recorded: sharesText(actions) },
    { field: 'document', given: row.document, recorded: document },
  ];
}

function sharesText(shares: readonly Share[]): string {
  return shares
    .map(({ code, share }) => `${code.toLowerCase()}:${plain(share)}`)
    .sort()
    .join('; ');
}
