import fc from 'fast-check';
import { csv, ImportCity, type Imported, OFFICE, PROGRAMME } from '../../../../test/support/import-city';
import { streamName } from '@jejak/core';

type Cells = readonly string[];

const day = fc.constantFrom(
  '2023-01-10',
  '2023-03-31',
  '2023-04-02',
  '2023-06-30',
  '2023-09-15',
  '2023-12-19',
  '2024-01-01',
  '31/02/2023',
  '',
);
const money = fc.constantFrom('1.000', '250.000', '600.000', '1,5', '0', 'banyak');
const agency = fc.constantFrom('diskominfo', 'dinkes', 'dishub', '');

const sheets: readonly { readonly headings: Cells; readonly row: fc.Arbitrary<Cells> }[] = [
  {
    headings: [
      'Kode Aksi',
      'Tahap',
      'Nama Aksi',
      'Dimensi',
      'Satuan',
      'Target TW II 2023',
      'Penanggung Jawab',
      'Berlaku Sejak',
    ],
    row: fc.tuple(
      fc.constantFrom('A-1', 'a-2', 'A 3'),
      fc.constantFrom('', 'perubahan', 'alih tugas', 'batal'),
      fc.constantFrom('Aksi', ''),
      fc.constantFrom('economy', 'lain', ''),
      fc.constantFrom('unit', ''),
      fc.constantFrom('4', '8', ''),
      agency,
      day,
    ),
  },
  {
    headings: [
      'Kode Anggaran',
      'Jenis',
      'Tanggal',
      'Nomor SP2D',
      'Nilai',
      'Bulan',
      'Realisasi s.d. Bulan',
      'Fisik',
      'OPD Pelapor',
    ],
    row: fc.tuple(
      fc.constantFrom('L-1', 'L-2', 'L-9'),
      fc.constantFrom('', '', 'pengembalian', 'fisik'),
      day,
      fc.constantFrom('S-1', 's-2', ''),
      fc.oneof(money, fc.constant('')),
      fc.constantFrom('', '', 'Mar 2023', 'Sep 2023'),
      fc.constantFrom('', '', '100.000', '300.000'),
      fc.constantFrom('', '', '10', '55,5', '101'),
      agency,
    ),
  },
  {
    headings: [
      'Kode Kontribusi',
      'Jenis',
      'Tanggal',
      'Nilai',
      'Kode Donatur',
      'Tahun',
      'Nomor Tanda Terima',
      'Untuk Aksi',
      'OPD Pelapor',
    ],
    row: fc.tuple(
      fc.constantFrom('C-1', 'C-2'),
      fc.constantFrom('komitmen', 'penerimaan', 'alokasi', 'pengembalian'),
      day,
      money,
      fc.constantFrom('bank-x', 'bank-y', ''),
      fc.constantFrom('2023', ''),
      fc.constantFrom('K-1', 'K-2', ''),
      fc.constantFrom('A-1', ''),
      fc.constantFrom('', '', 'dinkes', 'dishub'),
    ),
  },
  {
    headings: ['Kode Aksi', 'Triwulan', 'Realisasi', 'Tanggal', 'OPD Pelapor'],
    row: fc.tuple(
      fc.constantFrom('P-1', 'P-2', 'P-9'),
      fc.constantFrom('TW I', 'TW II', 'TW III', 'TW V'),
      fc.constantFrom('1', '2,5', '3', '-1'),
      day,
      agency,
    ),
  },
];

/** What became of each row, or would: the same word for both. */
function outcomes({ rows }: Imported): string[] {
  return rows.map(({ outcome, command, errors }) =>
    errors === undefined
      ? `${outcome === 'would-record' ? 'recorded' : outcome} ${command ?? ''}`
      : errors.map(({ column, code }) => `${column ?? ''} ${code}`).join(', '),
  );
}

describe('a preview', () => {
  it('says of every row what the log does when the rows come one by one, and leaves nothing in it', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc
          .constantFrom(...sheets)
          .chain(({ headings, row }) =>
            fc.tuple(fc.constant(headings), fc.array(row, { minLength: 10, maxLength: 30 })),
          ),
        async ([headings, rows]) => {
          const city = await ImportCity.open();
          try {
            for (const code of ['P-1', 'P-2']) {
              await city.as(OFFICE, 'PlanAction', streamName('action', PROGRAMME, code), {
                ...{
                  code,
                  title: code,
                  kind: 'action',
                  dimension: 'economy',
                  weight: '1',
                  lead: 'dinkes',
                  supporting: [],
                },
                ...{
                  targets: { unit: 'x', quarters: [{ quarter: '2023-Q4', target: '4' }] },
                  effectiveOn: '2023-02-01',
                },
              });
            }
            for (const line of ['L-1', 'L-2']) {
              await city.as(OFFICE, 'AllocateBudget', streamName('budget', PROGRAMME, line), {
                ...{
                  line,
                  title: line,
                  agency: 'diskominfo',
                  year: 2023,
                  hierarchy: '2.16',
                  ceiling: 1_000_000,
                },
                ...{ actions: [], effectiveOn: '2023-01-01' },
              });
            }
            const reason = 'Lewat surat';
            const events = await city.events();
            const preview = outcomes(await city.preview(csv(headings, ...rows), { reason }));
            expect(await city.events()).toBe(events);
            const oneByOne: string[] = [];
            for (const row of rows)
              oneByOne.push(...outcomes(await city.apply(csv(headings, row), { reason, skipInvalid: true })));
            expect(preview).toEqual(oneByOne);
            for (const each of preview) seen.add(each.replace(/^.* (?=[a-z0-9-]+$)/, ''));
          } finally {
            await city.close();
          }
        },
      ),
      { numRuns: 24, endOnFailure: true },
    );
    // The rows were not all refused for one reason.
    expect(seen.size).toBeGreaterThan(15);
  }, 300_000);
});
