import {
  DINKES,
  DISKOMINFO,
  csv,
  ImportCity,
  type Imported,
  OFFICE,
  PROGRAMME,
} from '../../../../test/support/import-city';
import { INSTALLATION, streamName } from '@jejak/core';
import { NotAllowed } from '../guard';

const BEHALF = { reason: 'Disampaikan lewat surat' };

/** Row > what would become of it, and for an error its column and code. */
function outcomes({ rows }: Imported): unknown[] {
  return rows.map(({ outcome, command, errors }) =>
    errors === undefined
      ? (command ?? outcome)
      : errors.map(({ column, code }) => `${column ?? '-'}: ${code}`).join(', '),
  );
}

describe('import of each kind', () => {
  let city: ImportCity;
  beforeEach(async () => {
    city = await ImportCity.open();
  });
  afterEach(() => city.close());

  const ACTIONS = [
    'Kode Aksi',
    'Nama Aksi',
    'Dimensi',
    'Satuan',
    'Target TW I 2023',
    'Target TW IV 2023',
    'Penanggung Jawab',
    'Pendukung',
  ];
  const action = (code: string, lead = 'diskominfo') => [
    code,
    `Aksi ${code}`,
    'governance',
    'dokumen',
    '2',
    '10',
    lead,
    '',
  ];
  const LINES = [
    'Kode Anggaran',
    'Uraian',
    'Perangkat Daerah',
    'Tahun Anggaran',
    'Kode Rekening',
    'Pagu (Rp)',
    'Aksi',
  ];
  const line = (code: string, ceiling = '1.000.000') => [
    code,
    `Kegiatan ${code}`,
    'diskominfo',
    2023,
    '2.16.01',
    ceiling,
    '',
  ];

  it('agencies: enrols, renames, withdraws; what is there adds nothing', async () => {
    const file = csv(
      ['Kode OPD', 'Nama OPD', 'Status', 'Berlaku Sejak'],
      ['bappeda', 'Badan Perencanaan', '', ''],
      ['diskominfo', 'Dinas diskominfo', '', '1 Januari 2023'],
      ['dinkes', 'Dinas Kesehatan Kota', '', '01/06/2023'],
      ['bappeda', 'Badan Perencanaan', 'keluar', '2023-10-01'],
      ['diskominfo', 'Nama lain', '', '2023-01-01'],
      ['dishub', 'Dinas Perhubungan', 'keluar', '2023-02-01'],
      ['dinas sosial', 'Dinas Sosial', '', ''],
      ['dlh', 'DLH', 'ya', ''],
    );
    const preview = await city.preview(file);
    expect(outcomes(preview)).toEqual([
      'EnrolAgency',
      'already-there',
      'EnrolAgency',
      'WithdrawAgency',
      'Nama OPD: differs-from-existing',
      'Kode OPD: agency-not-to-withdraw',
      'Kode OPD: not-a-code',
      'Status: not-a-choice',
    ]);
    expect(preview).toMatchObject({
      applied: false,
      sheets: [{ kind: 'agencies', rows: 8, wouldRecord: 3, alreadyThere: 1, invalid: 4 }],
    });
    const before = await city.events();
    const skipped = await city.apply(file, { skipInvalid: true });
    expect(skipped).toMatchObject({
      applied: true,
      sheets: [{ recorded: 3, alreadyThere: 1, invalid: 4, commands: { EnrolAgency: 2, WithdrawAgency: 1 } }],
    });
    expect(await city.events()).toBe(before + 3);
    expect(outcomes(await city.apply(file, { skipInvalid: true }))).not.toContain('EnrolAgency');
    expect(await city.events()).toBe(before + 3);
  });

  it('tells nothing to who may record nothing here, and writes that to the access log', async () => {
    const file = csv(['Kode OPD', 'Nama OPD', 'Status', 'Berlaku Sejak'], ['diskominfo', 'Apa?', '', '']);
    const stranger = { subject: 'p-stranger' };
    await city.give('OpenAccount', streamName('account', INSTALLATION, 'p-stranger'), { kind: 'person' });
    for (const work of [city.preview(file, { caller: stranger }), city.apply(file, { caller: stranger })])
      await expect(work).rejects.toThrow(NotAllowed);
    expect(await city.jejak.credentials.accessLog({ limit: 1 })).toMatchObject([
      { kind: 'refused', subject: 'p-stranger', programme: PROGRAMME, detail: 'Import' },
    ]);
  });

  it('appends nothing unless every row passes', async () => {
    const before = await city.events();
    const file = csv(ACTIONS, action('A-1'), [
      'A-2',
      'Aksi',
      'tourism',
      'dokumen',
      '1',
      '2',
      'diskominfo',
      '',
    ]);
    const result = await city.apply(file);
    expect(result.applied).toBe(false);
    expect(outcomes(result)).toEqual(['Dimensi: unknown-dimension']);
    expect(await city.events()).toBe(before);
  });

  it('actions: plans, replans, reassigns, withdraws, and says what differs', async () => {
    expect((await city.apply(csv(ACTIONS, action('GOV-01'), action('GOV-02')))).sheets[0]?.recorded).toBe(2);
    const headings = [
      'Kode',
      'Tahap',
      'Nama Aksi',
      'Dimensi',
      'Bobot',
      'Satuan',
      'Target 2023-Q1',
      'Target Triwulan IV 2023',
      'Lead',
      'Supporting',
      'Effective from',
      'Carried from',
    ];
    const file = csv(
      headings,
      // The code in other letters is the same action.
      ['gov-01', '', 'Aksi GOV-01', 'Governance', '1', 'dokumen', '2,00', '10', 'DISKOMINFO', '', '', ''],
      ['GOV-01', '', 'Aksi lain', 'governance', '', 'dokumen', '2', '10', 'diskominfo', '', '', ''],
      ['GOV-01', '', 'Aksi GOV-01', 'governance', '', 'dokumen', '2', '12', 'diskominfo', '', '', ''],
      [
        'GOV-03',
        'rencana',
        'Aksi baru',
        'economy',
        '2,5',
        'unit',
        '',
        '4',
        'dinkes',
        'diskominfo',
        '2023-03-01',
        'kota.2022/GOV-9',
      ],
      ['GOV-03', 'perubahan', 'Aksi baru', 'economy', '2,5', 'unit', '', '5', '', '', '2023-07-01', ''],
      ['GOV-03', 'alih tugas', '', '', '', '', '', '', 'diskominfo', 'dinkes', '2023-08-01', ''],
      ['GOV-02', 'batal', '', '', '', '', '', '', '', '', '2023-09-01', ''],
      ['GOV-02', 'batal', '', '', '', '', '', '', '', '', '', ''],
      ['GOV-02', 'batal', 'judul', '', '', '', '', '', '', '', '2023-09-01', ''],
      ['GOV-09', 'perubahan', 'x', 'economy', '', 'unit', '', '5', '', '', '2023-07-01', ''],
      ['GOV-10', '', 'x', 'economy', '', 'unit', '', '', 'dinkes', '', '', ''],
      ['GOV-11', '', 'x', 'economy', '', 'unit', '5', '4', 'dinkes', '', '', ''],
      ['GOV-12', '', 'x', 'economy', '', '', '', '4', '', '', '', ''],
      ['GOV-13', '', 'x', 'economy', '', 'unit', '', '4', 'dishub', '', '', ''],
    );
    const preview = await city.preview(file);
    expect(outcomes(preview)).toEqual([
      'already-there',
      'Nama Aksi: differs-from-existing',
      'Target 2023-Q1: differs-from-existing',
      'PlanAction',
      'ReplanAction',
      'ReassignAction',
      'WithdrawAction',
      'Effective from: cell-required',
      'Nama Aksi: cell-not-wanted',
      '-: action-not-planned',
      'Target 2023-Q1: cell-required',
      'Target 2023-Q1: does-not-fit',
      'Lead: cell-required',
      'Lead: agency-not-enrolled',
    ]);
    expect(preview.rows[1]?.errors?.[0]?.message).toEqual({
      en: 'GOV-01 is recorded already, and with another value: Aksi GOV-01.',
      id: 'GOV-01 sudah tercatat dengan nilai lain: Aksi GOV-01.',
    });
    expect((await city.apply(file, { skipInvalid: true })).sheets[0]).toMatchObject({
      recorded: 4,
      alreadyThere: 1,
    });
    const again = await city.preview(file);
    expect(outcomes(again).slice(3, 7)).toEqual(Array(4).fill('already-there'));
  });

  it('actions: the same plan from the day of its withdrawal brings an action back', async () => {
    await city.apply(csv(ACTIONS, action('GOV-01')));
    const headings = [
      'Kode Aksi',
      'Tahap',
      'Nama Aksi',
      'Dimensi',
      'Satuan',
      'Target TW I 2023',
      'Target TW IV 2023',
      'Berlaku Sejak',
    ];
    const withdrawal = ['GOV-01', 'batal', '', '', '', '', '', '2023-09-01'];
    const plan = ['GOV-01', 'perubahan', 'Aksi GOV-01', 'governance', 'dokumen', '2', '10', '2023-09-01'];
    const all = csv(headings, plan, withdrawal, plan, withdrawal);
    // A plan that changes nothing is there already; once the action is withdrawn it changes something.
    expect(outcomes(await city.preview(all))).toEqual([
      'already-there',
      'WithdrawAction',
      'ReplanAction',
      'WithdrawAction',
    ]);
    await city.apply(all);
    expect(outcomes(await city.preview(csv(headings, plan, withdrawal)))).toEqual([
      'already-there',
      'already-there',
    ]);
  });

  it('budget lines: murni and perubahan, with shares of actions', async () => {
    const headings = [
      'Kode Mata Anggaran',
      'Tahap',
      'Uraian',
      'OPD',
      'Tahun Anggaran',
      'Kode Subkegiatan',
      'Pagu',
      'Aksi (bagian)',
      'Dokumen (DPA/DPPA)',
      'Berlaku Sejak',
    ];
    const row = (code: string, more: Record<number, string>) =>
      [
        code,
        '',
        'Kegiatan',
        'diskominfo',
        '2023',
        '2.16.01',
        'Rp 1.500.000,00',
        'GOV-01:2; GOV-02:0,5',
        'DPA/1',
        '',
      ].map((cell, n) => more[n] ?? cell);
    const file = csv(
      headings,
      row('L-1', {}),
      row('L-1', {}),
      row('L-1', { 6: '2000000' }),
      row('L-1', { 1: 'perubahan', 6: '2.000.000', 8: 'DPPA/1', 9: '2023-09-01' }),
      row('L-1', { 1: 'perubahan', 6: '2.000.000', 8: '', 9: '2023-09-01' }),
      row('L-1', { 1: 'perubahan', 6: '2.000.001', 9: '2023-09-01' }),
      row('L-2', { 6: '1.500.000,50' }),
      row('L-3', { 7: 'GOV-01' }),
      row('L-4', { 7: 'GOV 01:1' }),
      row('L-5', { 3: 'dishub' }),
      row('L-6', { 6: '' }),
      row('L-7', { 1: 'pergeseran', 9: '2023-09-01' }),
      row('L-8', { 4: '' }),
    );
    expect(outcomes(await city.preview(file))).toEqual([
      'AllocateBudget',
      'already-there',
      'Pagu: differs-from-existing',
      'ReviseBudget',
      'already-there',
      'Pagu: differs-from-existing',
      'Pagu: non-zero-sen',
      'AllocateBudget',
      'Aksi (bagian): not-shares',
      'OPD: agency-not-enrolled',
      'Pagu: cell-required',
      '-: line-not-allocated',
      'Tahun Anggaran: cell-required',
    ]);
  });

  it('budget lines: beside an original budget as it was put right', async () => {
    const headings = [...LINES, 'Tahap', 'Berlaku Sejak'];
    const revised = ['L-1', '', '', '', '', '700.000', '', 'perubahan', '2023-01-01'];
    await city.apply(csv(headings, [...line('L-1'), '', ''], revised));
    await city.as(OFFICE, 'ReviseBudget', streamName('budget', PROGRAMME, 'L-1'), {
      ...{ stage: 'murni', effectiveOn: '2023-01-01', ceiling: 800_000, actions: [] },
      ...{ title: 'Puskesmas', agency: 'dinkes', hierarchy: '1.02' },
    });
    const right = ['L-1', 'Puskesmas', 'DINKES', '2023', '1.02', '800.000', '', '', ''];
    const file = csv(
      headings,
      right,
      [...line('L-1', '800.000'), '', ''],
      right.map((cell, n) => (n === 5 ? '1.000.000' : cell)),
      // What it took back was recorded, and is not recorded again.
      revised,
      ['L-1', '', '', '', '', '900.000', '', 'perubahan', '2023-02-01'],
    );
    expect(outcomes(await city.preview(file))).toEqual([
      'already-there',
      'Uraian: differs-from-existing',
      'Pagu (Rp): differs-from-existing',
      'already-there',
      'ReviseBudget',
    ]);
  });

  it('monthly plans: a column for each month', async () => {
    await city.apply(csv(LINES, line('L-1')));
    const headings = [
      'Kode Anggaran',
      'Rencana s.d. Jan 2023 (Rp)',
      'Fisik s.d. Jan 2023 (%)',
      'Plan to 2023-12 (Rp)',
      'Physical to Dec 2023',
      'Berlaku Sejak',
    ];
    const file = csv(
      headings,
      ['L-1', '100.000', '5', '900.000', '100', ''],
      ['L-1', '100000', '5,00', '900000', '100%', ''],
      ['L-1', '100.000', '6', '900.000', '100', ''],
      ['L-1', '200.000', '5', '900.000', '100', '2023-07-01'],
      ['L-1', '200.000', '', '900.000', '100', '2023-08-01'],
      ['L-1', '', '', '2.000.000', '100', '2023-08-01'],
      ['L-1', '950.000', '5', '900.000', '100', '2023-08-01'],
      ['L-9', '', '', '1', '100', ''],
      ['L-1', '', '', '', '', ''],
    );
    expect(outcomes(await city.preview(file))).toEqual([
      'PlanBudget',
      'already-there',
      'Fisik s.d. Jan 2023 (%): differs-from-existing',
      'PlanBudget',
      'Fisik s.d. Jan 2023 (%): cell-required',
      'Rencana s.d. Jan 2023 (Rp): plan-above-ceiling',
      'Rencana s.d. Jan 2023 (Rp): does-not-fit',
      '-: line-not-allocated',
      'Rencana s.d. Jan 2023 (Rp): cell-required',
    ]);
  });

  it('disbursements by SP2D, with returns and physical progress, for the own agency', async () => {
    await city.apply(csv(LINES, line('L-1')));
    const headings = [
      'Kode Anggaran',
      'Jenis',
      'Tanggal',
      'Nomor SP2D',
      'Nilai (Rp)',
      'Fisik (%)',
      'Keterangan',
    ];
    const file = csv(
      headings,
      ['L-1', '', '05/02/2023', 'SP2D-1', '400.000', '', 'termin I'],
      ['L-1', 'pencairan', '2023-02-05', 'sp2d-1', '400000', '', ''],
      ['L-1', '', '2023-02-05', 'SP2D-1', '500000', '', ''],
      ['L-1', '', '2023-03-05', 'SP2D-2', '600.001', '', ''],
      ['L-1', '', '2023-03-05', 'SP2D-2', '600.000', '', ''],
      ['L-1', 'pengembalian', '2023-04-01', 'SP2D-2', '100.000', '', ''],
      ['L-1', 'pengembalian', '2023-04-01', 'SP2D-2', '100.000', '', ''],
      ['L-1', 'pengembalian', '2023-04-01', 'SP2D-9', '100.000', '', ''],
      ['L-1', 'fisik', '2023-04-30', '', '', '40', ''],
      ['L-1', 'fisik', '2023-04-30', '', '', '40,0 %', ''],
      ['L-1', 'fisik', '2023-05-31', '', '', '30', ''],
      ['L-1', 'fisik', '2023-05-31', '', '5', '50', ''],
      ['L-1', '', '2022-12-31', 'SP2D-3', '1', '', ''],
      ['L-1', '', '2023-12-21', 'SP2D-3', '1', '', ''],
      ['L-2', '', '2023-12-20', 'SP2D-3', '1', '', ''],
      ['L-1', '', '', 'SP2D-4', '1', '', ''],
      ['L-1', '', '2023-12-20', 'SP2D-4', '0', '', ''],
    );
    const preview = await city.preview(file, { caller: DISKOMINFO });
    expect(outcomes(preview)).toEqual([
      'DisburseBudget',
      'already-there',
      'Nilai (Rp): differs-from-existing',
      'Nilai (Rp): above-ceiling',
      'DisburseBudget',
      'ReturnDisbursement',
      'already-there',
      'Nomor SP2D: no-such-document',
      'ReportPhysicalProgress',
      'already-there',
      'Fisik (%): physical-backward',
      'Nilai (Rp): cell-not-wanted',
      'Tanggal: before-allocated',
      'Tanggal: date-in-future',
      '-: line-not-allocated',
      'Tanggal: cell-required',
      'Nilai (Rp): does-not-fit',
    ]);
    const applied = await city.apply(file, { caller: DISKOMINFO, skipInvalid: true });
    expect(applied.sheets[0]).toMatchObject({ recorded: 4, alreadyThere: 3, invalid: 10, refused: 0 });
    expect(outcomes(await city.preview(file, { caller: DINKES })).slice(0, 2)).toEqual([
      'already-there',
      'already-there',
    ]);
    const other = csv(headings, ['L-1', '', '2023-06-01', 'SP2D-7', '5', '', '']);
    expect(outcomes(await city.preview(other, { caller: DINKES }))).toEqual(['-: not-your-agency']);
    expect(outcomes(await city.preview(other, { caller: OFFICE }))).toEqual([
      'Perangkat Daerah Pelapor: on-behalf-needs-reason',
    ]);
  });

  it('disbursements cumulative to a month: the difference to what stands becomes the event', async () => {
    await city.apply(csv(LINES, line('L-1'), line('L-2')));
    const headings = [
      'Kode Anggaran',
      'Bulan',
      'Realisasi s.d. Bulan (Rp)',
      'Tanggal',
      'Nomor SP2D',
      'Nilai (Rp)',
      'OPD Pelapor',
    ];
    const cumulative = (code: string, month: string, total: string, date = '') => [
      code,
      month,
      total,
      date,
      '',
      '',
      'diskominfo',
    ];
    const file = csv(
      headings,
      cumulative('L-1', 'Jan 2023', '100.000'),
      cumulative('L-1', 'Feb 2023', '100.000'),
      cumulative('L-1', 'Mar 2023', '250.000'),
      cumulative('L-1', 'Apr 2023', '200.000'),
      cumulative('L-1', 'Feb 2023', '150.000'),
      cumulative('L-1', 'Mar 2023', '300.000'),
      cumulative('L-1', 'Desember', '300.000'),
      cumulative('L-1', 'Desember', '300.000', '2023-12-15'),
      ['L-1', '', '', '2023-05-01', 'SP2D-1', '5', 'diskominfo'],
      ['L-2', '', '', '2023-05-01', 'SP2D-1', '5', 'diskominfo'],
      cumulative('L-2', 'Mei 2023', '5'),
      ['L-2', 'Mei 2023', '10', '', 'SP2D-1', '', 'diskominfo'],
      ['L-2', 'Mei 2023', '', '', '', '', 'diskominfo'],
      cumulative('L-1', 'Mei 2023', '2.000.000'),
    );
    const preview = await city.preview(file, BEHALF);
    expect(outcomes(preview)).toEqual([
      'DisburseBudget',
      'already-there',
      'DisburseBudget',
      'Realisasi s.d. Bulan (Rp): cumulative-falling',
      'Bulan: cumulative-before-later',
      'Bulan: month-already-reported',
      'Tanggal: date-in-future',
      'DisburseBudget',
      'Nomor SP2D: mixed-reporting',
      'DisburseBudget',
      'Bulan: mixed-reporting',
      'Nomor SP2D: sp2d-or-month',
      'Realisasi s.d. Bulan (Rp): sp2d-or-month',
      'Bulan: cumulative-before-later',
    ]);
    await city.apply(file, { ...BEHALF, skipInvalid: true });
    const amounts = (await city.jejak.log.readStream(`budget-${PROGRAMME}.l-1`))
      .map(({ event }) => event)
      .filter(({ type }) => type === 'BudgetDisbursed')
      .map(({ data, meta }) => [(data as { amount: number }).amount, meta.reason, meta.actor.onBehalfOf]);
    expect(amounts).toEqual([
      [100_000, BEHALF.reason, 'diskominfo'],
      [150_000, BEHALF.reason, 'diskominfo'],
      [50_000, BEHALF.reason, 'diskominfo'],
    ]);
  });

  it('csr: pledges, receipts, allocations and returns', async () => {
    const headings = [
      'Kode Kontribusi',
      'Jenis',
      'Tanggal',
      'Nilai',
      'Kode Donatur',
      'Tahun',
      'Nomor Tanda Terima',
      'Untuk Aksi',
      'Untuk Perangkat Daerah',
    ];
    const file = csv(
      headings,
      ['C-1', 'komitmen', '2022-03-01', '500.000', 'bank-x', '2022', '', '', ''],
      ['C-1', 'penerimaan', '2022-05-01', '400.000', 'bank-x', '2022', 'KW-1', '', ''],
      ['c-1', 'receipt', '01/05/2022', '400000', 'BANK-X', '2022', 'kw-1', '', ''],
      ['C-1', 'penerimaan', '2022-05-01', '300.000', 'bank-x', '2022', 'KW-1', '', ''],
      ['C-1', 'alokasi', '2023-02-01', '150.000', '', '', '', 'GOV-01', ''],
      ['C-1', 'alokasi', '2023-02-01', '150.000', '', '', '', '', 'dinkes'],
      ['C-1', 'alokasi', '2023-02-01', '150.001', '', '', '', 'GOV-02', ''],
      ['C-1', 'alokasi', '2023-02-01', '5', '', '', '', 'GOV-02', 'dinkes'],
      ['C-1', 'pengembalian', '2023-03-01', '50.000', '', '', 'KW-1', '', ''],
      ['C-1', 'pengembalian', '2023-03-01', '50.000', '', '', 'KW-9', '', ''],
      ['C-1', 'komitmen', '2022-03-01', '600.000', 'bank-x', '2022', '', '', ''],
      ['C-1', 'komitmen', '2023-03-01', '5', 'bank-y', '2023', '', '', ''],
      ['C-2', 'alokasi', '2023-02-01', '5', '', '', '', 'GOV-02', ''],
      ['C-2', 'penerimaan', '2023-02-01', '5', 'bank-y', '', 'KW-1', '', ''],
    );
    expect(outcomes(await city.preview(file))).toEqual([
      'PledgeCsr',
      'ReceiveCsr',
      'already-there',
      'Nilai: differs-from-existing',
      'AllocateCsr',
      'AllocateCsr',
      'Nilai: csr-overdrawn',
      'Untuk Perangkat Daerah: cell-not-wanted',
      'ReturnCsr',
      'Nomor Tanda Terima: no-such-document',
      'Nilai: differs-from-existing',
      'Kode Donatur: other-donor',
      '-: contribution-unknown',
      'Tahun: cell-required',
    ]);
  });

  it('progress: quarter by quarter, officers for what they take part in', async () => {
    await city.apply(csv(ACTIONS, action('GOV-01'), action('GOV-02', 'dinkes')));
    const headings = [
      'Kode Aksi',
      'Triwulan',
      'Realisasi',
      'Tanggal',
      'Keterangan',
      'Faktor Penghambat',
      'Tindak Lanjut',
    ];
    const file = csv(
      headings,
      ['GOV-01', 'TW I 2023', '2,5', '', 'Sesuai rencana', '', ''],
      ['GOV-01', '2023-Q1', '2.5', '31/03/2023', 'Sesuai rencana', '', ''],
      ['GOV-01', 'Triwulan I', '3', '', '', '', ''],
      ['GOV-01', 'TW II 2023', '2', '', '', '', ''],
      ['GOV-01', 'TW II 2023', '5', '2023-06-01', '', 'x'.repeat(5_001), ''],
      ['GOV-01', 'TW II 2023', '5', '2023-07-01', '', '', ''],
      ['GOV-01', 'TW IV 2023', '6', '', '', '', ''],
      ['GOV-02', 'TW I 2023', '1', '', '', '', ''],
      ['GOV-09', 'TW I 2023', '1', '', '', '', ''],
    );
    expect(outcomes(await city.preview(file, { caller: DISKOMINFO }))).toEqual([
      'ReportProgress',
      'already-there',
      'Realisasi: differs-from-existing',
      'Realisasi: progress-backward',
      'Faktor Penghambat: text-too-long',
      'Tanggal: date-outside-quarter',
      'Tanggal: date-in-future',
      '-: not-your-agency',
      '-: action-not-planned',
    ]);
  });

  it('refuses what the roles do not allow, row by row, and writes that to the access log once', async () => {
    const file = csv(ACTIONS, action('GOV-01'), action('GOV-02'));
    const preview = await city.preview(file, { caller: DINKES });
    expect(outcomes(preview)).toEqual(['-: not-allowed', '-: not-allowed']);
    const log = await city.jejak.credentials.accessLog({ programme: PROGRAMME, limit: 10 });
    expect(log.map(({ kind, subject, detail }) => [kind, subject, detail])).toEqual([
      ['refused', 'p-dinkes', 'PlanAction'],
    ]);
  });
});
