import { type Day, sameCode } from '@jejak/domain';
import type { ProgrammeDocument } from '@jejak/views';
import type { Columns } from '../columns';
import { alongDates, changeColumns, compared, defineKind, onDay } from './kind';

const columns = {
  agency: {
    kind: 'code',
    required: true,
    heading: {
      id: ['Kode Perangkat Daerah', 'Kode OPD', 'Kode'],
      en: ['Agency code', 'Code', 'Agency'],
    },
    hint: { id: 'Kode singkat, misalnya diskominfo.', en: 'A short code, such as diskominfo.' },
  },
  name: {
    kind: 'text',
    required: true,
    heading: { id: ['Nama Perangkat Daerah', 'Nama OPD', 'Nama'], en: ['Agency name', 'Name'] },
    hint: { id: 'Nama lengkap.', en: 'The full name.' },
  },
  status: {
    kind: 'choice',
    heading: { id: ['Status'], en: ['Status'] },
    hint: {
      id: 'Kosong berarti terdaftar; "keluar" bila tidak lagi ikut sejak tanggal itu.',
      en: 'Empty means enrolled; "withdrawn" where it takes no part from that day on.',
    },
    choices: [
      { value: 'enrolled', id: 'terdaftar', en: 'enrolled' },
      { value: 'withdrawn', id: 'keluar', en: 'withdrawn' },
    ],
  },
  ...changeColumns,
} as const satisfies Columns;

/** The agencies of the programme. The natural key is the agency and the day: a name, or a withdrawal, from then on. */
export const agencies = defineKind<typeof columns, ProgrammeDocument>({
  name: 'agencies',
  sheet: { id: 'Perangkat Daerah', en: 'Agencies', more: ['OPD', 'SKPD'] },
  columns,
  view: 'programmes',
  fields: {},

  place: () => ({ kind: 'programme', code: 'main' }),

  plan(row, recorded, { programme }) {
    const { agency, name } = row;
    const effectiveOn = row.effectiveOn ?? programme.from;
    const withdrawn = row.status === 'withdrawn';
    const facts = recorded?.agencies.find(({ code }) => sameCode(code, agency))?.facts ?? [];
    const same = onDay(facts, effectiveOn);
    if (same !== undefined) {
      const status = same.enrolled ? 'enrolled' : 'withdrawn';
      return compared(`${agency}, ${effectiveOn}`, [
        { field: 'status', given: row.status ?? 'enrolled', recorded: status },
        { field: 'name', given: withdrawn ? undefined : name, recorded: same.name },
      ]);
    }
    const before = alongDates(facts, effectiveOn).at(-1);
    if (before !== undefined && before.enrolled !== withdrawn && (withdrawn || before.name === name))
      return 'there';
    if (withdrawn) return { type: 'WithdrawAgency', body: { effectiveOn, agency } };
    return { type: 'EnrolAgency', body: { effectiveOn, agency, name } };
  },

  rows: ({ agencies: entries }, day) =>
    entries.flatMap(({ code, facts }) => {
      let name = code;
      const along = alongDates(facts, day);
      // Enrolled and withdrawn on one day, it took no part: there is nothing to withdraw where it comes in.
      const from = along.findIndex(({ enrolled }) => enrolled);
      return (from === -1 ? [] : along.slice(from)).map((fact) => {
        name = fact.name ?? name;
        return { agency: code, name, status: fact.enrolled ? 'enrolled' : 'withdrawn', effectiveOn: fact.on };
      });
    }),
});

/** The agencies that take part on a day, for drop-downs. */
export function enrolledOn({ agencies: entries }: ProgrammeDocument, day: Day): string[] {
  return entries
    .filter(({ facts }) => alongDates(facts, day).at(-1)?.enrolled === true)
    .map(({ code }) => code);
}
