import fs from 'node:fs';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type Json, Refusal, streamName } from '@jejak/core';
import { queries } from '@jejak/views';
import fc from 'fast-check';
import { DINKES, DISKOMINFO, ImportCity, NOW, OFFICE, PROGRAMME } from '../../../../test/support/import-city';
import { KIND_NAMES } from '../import/kinds/kind';
import { exportFile, type ExportRequest, type ExportTools } from './export';

const REASON = 'Dipindahkan dari sistem lama';

function tools({ jejak }: ImportCity): ExportTools {
  const { ask, credentials, clock } = jejak;
  return {
    answer: (query, params) => ask.answer({ query, programme: PROGRAMME, params }),
    credentials,
    clock,
  };
}

async function exported(city: ImportCity, request: Partial<ExportRequest>): Promise<Buffer> {
  await city.jejak.project();
  const whole = { programme: PROGRAMME, kind: 'all', format: 'xlsx', language: 'id', ...request } as const;
  return buffer((await exportFile(whole, 'p-office', tools(city))).content);
}

/** Gives commands; those that a rule refuses are left out. */
async function give(city: ImportCity, commands: readonly Command[]): Promise<void> {
  for (const { by, type, kind, code, body } of commands) {
    try {
      await city.as({ subject: by }, type, streamName(kind, PROGRAMME, code), body);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
}

interface Command {
  readonly by: string;
  readonly type: string;
  readonly kind: string;
  readonly code: string;
  readonly body: Json;
}

const officer = (agency: string): string =>
  agency === 'dinkes' ? (DINKES.subject ?? '') : (DISKOMINFO.subject ?? '');
const office = OFFICE.subject ?? '';

const day = fc
  .integer({ min: 0, max: 340 })
  .map((n) => new Date(Date.UTC(2023, 0, 1 + n)).toISOString().slice(0, 10));
const agency = fc.constantFrom('diskominfo', 'dinkes');
const text = fc.oneof(
  fc.constantFrom(
    '=1+1',
    "'=x",
    '+62 812',
    '-',
    '@SUM(A1)',
    'a;b,"c"\nd',
    'AT&amp;T <b>',
    '_x0041_',
    'é ü 字',
    "'",
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom('=', '\t', '\0', '\r', '\n', '"', ';', 'a'),
    minLength: 1,
    maxLength: 8,
  }),
);
const title = text.filter((value) => value.trim() !== '');
const places = fc.constantFrom('', '.5', '.25', '.1234', '.10');
const decimal = fc.tuple(fc.nat({ max: 50 }), places).map(([whole, more]) => `${String(whole)}${more}`);
const money = fc.integer({ min: 1, max: 400_000 });
const code = fc.constantFrom('A-1', 'A-2', 'B.3');
const lineCode = fc.constantFrom('L-1', 'L-2');

const plan = fc.record({
  title,
  kind: fc.constantFrom('action', 'quick-win'),
  dimension: fc.constantFrom('governance', 'economy'),
  weight: decimal,
  targets: fc
    .tuple(title, fc.nat({ max: 9 }), fc.integer({ min: 1, max: 50 }), places)
    .map(([unit, low, more, rest]) => ({
      unit: unit.slice(0, 40),
      quarters: [
        { quarter: '2023-Q1', target: String(low) },
        { quarter: '2023-Q4', target: `${String(low + more)}${rest}` },
      ],
    })),
});
const command = (
  by: fc.Arbitrary<string>,
  type: string,
  kind: string,
  codes: fc.Arbitrary<string>,
  body: fc.Arbitrary<Json>,
) => fc.record({ by, type: fc.constant(type), kind: fc.constant(kind), code: codes, body });
const byOffice = fc.constant(office);
const byOfficer = agency.map(officer);

const setUp = fc.array(
  fc.oneof(
    command(
      byOffice,
      'EnrolAgency',
      'programme',
      fc.constant('main'),
      fc.record({ agency: fc.constantFrom('dlh', 'Dinsos'), name: title, effectiveOn: day }),
    ),
    command(
      byOffice,
      'WithdrawAgency',
      'programme',
      fc.constant('main'),
      fc.record({ agency: fc.constantFrom('dlh', 'Dinsos'), effectiveOn: day }),
    ),
  ),
  { maxLength: 5 },
);
const plans = fc.array(
  fc.oneof(
    fc.tuple(code, plan, agency, day).map(([of, body, lead, effectiveOn]) => ({
      ...{ by: office, type: 'PlanAction', kind: 'action', code: of },
      body: {
        code: of,
        ...body,
        lead,
        supporting: lead === 'dinkes' ? ['diskominfo'] : [],
        effectiveOn,
        carriedFrom: { programme: 'kota.2022', action: 'X' },
      },
    })),
    command(
      byOffice,
      'ReplanAction',
      'action',
      code,
      fc.tuple(plan, day).map(([body, effectiveOn]) => ({ ...body, effectiveOn })),
    ),
    command(
      byOffice,
      'ReassignAction',
      'action',
      code,
      fc.record({ lead: agency, supporting: fc.constant([]), effectiveOn: day }),
    ),
    fc
      .tuple(lineCode, title, agency, fc.integer({ min: 500_000, max: 2_000_000 }), decimal)
      .map(([line, name, owner, ceiling, share]) => ({
        ...{ by: office, type: 'AllocateBudget', kind: 'budget', code: line },
        body: {
          line,
          title: name,
          agency: owner,
          year: 2023,
          hierarchy: '2.16.01',
          ceiling,
          actions: [
            { code: 'A-1', share },
            { code: 'A-2', share: '1.50' },
          ],
          effectiveOn: '2023-01-01',
        },
      })),
    command(
      byOffice,
      'ReviseBudget',
      'budget',
      lineCode,
      fc.record({
        stage: fc.constantFrom('pergeseran', 'perubahan'),
        ceiling: fc.integer({ min: 500_000, max: 2_000_000 }),
        actions: fc.constant([]),
        document: title,
        effectiveOn: day,
      }),
    ),
    command(
      byOffice,
      'ReviseBudget',
      'budget',
      lineCode,
      fc.record({
        stage: fc.constant('murni'),
        ceiling: fc.integer({ min: 500_000, max: 2_000_000 }),
        actions: fc.constant([{ code: 'A-2', share: '2' }]),
        ...{ title, agency, document: title },
        effectiveOn: fc.constantFrom('2023-01-01', '2023-01-01', '2023-03-01'),
      }),
    ),
    command(
      byOffice,
      'PlanBudget',
      'budget',
      lineCode,
      fc.tuple(money, decimal, day).map(([cumulative, physical, effectiveOn]) => ({
        effectiveOn,
        months: [
          { month: '2023-03', cumulative, physical },
          { month: '2023-11', cumulative: cumulative + 50_000, physical: '100' },
        ],
      })),
    ),
  ),
  { minLength: 4, maxLength: 14 },
);
const reports = fc.array(
  fc.oneof(
    command(
      byOfficer,
      'ReportProgress',
      'action',
      code,
      fc.tuple(day, decimal, title).map(([occurredOn, realisation, explanation]) => ({
        occurredOn,
        quarter: `2023-Q${String(Math.ceil(Number(occurredOn.slice(5, 7)) / 3))}`,
        realisation,
        explanation,
      })),
    ),
    command(
      byOffice,
      'WithdrawAction',
      'action',
      code,
      fc.record({ effectiveOn: fc.constant('2023-12-15') }),
    ),
    command(
      byOfficer,
      'DisburseBudget',
      'budget',
      fc.constant('L-1'),
      fc.tuple(day, money, fc.nat({ max: 9 }), title).map(([occurredOn, amount, n, note]) => ({
        occurredOn,
        amount,
        document: { kind: 'sp2d', number: `=SP2D/${String(n)}` },
        note,
      })),
    ),
    command(
      byOfficer,
      'DisburseBudget',
      'budget',
      fc.constant('L-2'),
      fc.tuple(day, money).map(([occurredOn, amount]) => ({
        occurredOn,
        amount,
        document: { kind: 'cumulative', month: occurredOn.slice(0, 7) },
      })),
    ),
    command(
      byOfficer,
      'ReportPhysicalProgress',
      'budget',
      lineCode,
      fc.record({ occurredOn: day, percent: decimal }),
    ),
    command(
      fc.constantFrom(office, officer('dinkes')),
      'PledgeCsr',
      'csr',
      fc.constantFrom('C-1', 'C-2'),
      fc.record({
        occurredOn: day,
        donor: fc.constant('bank-x'),
        year: fc.constantFrom(2022, 2023),
        amount: money,
        note: title,
      }),
    ),
    command(
      byOffice,
      'ReceiveCsr',
      'csr',
      fc.constantFrom('C-1', 'C-2'),
      fc.record({
        occurredOn: day,
        donor: fc.constant('bank-x'),
        year: fc.constant(2023),
        amount: money,
        receiptNo: title,
      }),
    ),
    command(
      byOffice,
      'AllocateCsr',
      'csr',
      fc.constantFrom('C-1', 'C-2'),
      fc.record({
        occurredOn: day,
        amount: fc.integer({ min: 1, max: 90_000 }),
        to: fc.constantFrom({ kind: 'action', code: 'A-1' }, { kind: 'agency', code: 'dinkes' }),
      }),
    ),
  ),
  { minLength: 15, maxLength: 40 },
);

const BASE: readonly Command[] = [
  ...['A-1', 'A-2', 'B.3'].map((of, n) => ({
    ...{ by: office, type: 'PlanAction', kind: 'action', code: of },
    body: {
      ...{
        code: of,
        title: `=${of}`,
        kind: 'action',
        dimension: 'economy',
        weight: '1',
        effectiveOn: `2023-01-0${String(n + 1)}`,
      },
      targets: { unit: 'dokumen', quarters: [{ quarter: '2023-Q4', target: '40.50' }] },
      ...{ lead: n === 1 ? 'dinkes' : 'diskominfo', supporting: n === 2 ? ['dinkes'] : [] },
    },
  })),
  ...['L-1', 'L-2'].map((line) => ({
    ...{ by: office, type: 'AllocateBudget', kind: 'budget', code: line },
    body: {
      ...{
        line,
        title: '+ "kegiatan"',
        agency: 'diskominfo',
        year: 2023,
        hierarchy: '2.16.01',
        ceiling: 1_500_000,
      },
      ...{ actions: [{ code: 'A-1', share: '0.50' }], document: '@DPA', effectiveOn: '2023-01-01' },
    },
  })),
];

/** Gives back of what was paid and received, and voids a part of everything. */
async function correct(city: ImportCity): Promise<void> {
  const { log } = city.jejak;
  const found: {
    id: string;
    type: string;
    stream: string;
    data: Record<string, unknown>;
    agency?: string | undefined;
  }[] = [];
  for await (const page of log.readProgramme(PROGRAMME, 0)) {
    for (const { event } of page) {
      const { id, type, stream, meta } = event;
      found.push({
        id,
        type,
        stream,
        data: event.data as Record<string, unknown>,
        agency: meta.actor.agency,
      });
    }
  }
  for (const [n, { id, type, stream, data, agency: owner }] of found.entries()) {
    const by = { subject: owner === undefined ? office : officer(owner) };
    const attempt = async (command: string, body: Json): Promise<void> => {
      try {
        await city.as(by, command, stream, body);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
      }
    };
    const later = `2023-12-${String(10 + (n % 3))}`;
    if (type === 'BudgetDisbursed' && n % 2 === 0) {
      const amount = Math.max(1, Math.floor((data.amount as number) / 3));
      await attempt('ReturnDisbursement', {
        occurredOn: n % 4 === 0 ? later : (data.occurredOn as string),
        disbursement: id,
        amount,
      });
    }
    if (type === 'CsrReceived' && n % 2 === 0) {
      await attempt('ReturnCsr', { occurredOn: later, receipt: id, amount: 1 });
      await attempt('ReturnCsr', { occurredOn: later, receipt: id, amount: 2 });
    }
    if (n % 5 !== 0) continue;
    const voids: Record<string, string> = {
      BudgetDisbursed: 'VoidDisbursement',
      ProgressReported: 'VoidProgress',
      CsrPledged: 'VoidCsrEntry',
      PhysicalProgressReported: 'VoidPhysicalProgress',
    };
    const command = voids[type];
    if (command !== undefined) await attempt(command, { corrects: id, reason: 'salah ketik' });
  }
}

const CUT_OFFS = ['2023-03-15', '2023-06-30', '2023-10-01', '2023-12-20'];

/** Everything that people read of the figures, without what names events and revisions. */
async function figures({ jejak }: ImportCity): Promise<unknown> {
  await jejak.project();
  const answers: unknown[] = [];
  for (const cutOff of CUT_OFFS) {
    for (const query of [
      queries.snapshot,
      queries.fulfilment,
      queries.actions,
      queries.budgetLines,
      queries.budgetByAgency,
      queries.csr,
      queries.csrTotals,
    ]) {
      const { answer } = await jejak.ask.answer({
        query: query as typeof queries.snapshot,
        programme: PROGRAMME,
        params: { cutOff },
      });
      answers.push(answer);
    }
  }
  const same = (key: string, value: unknown): unknown => {
    if (key === 'revision' || key === 'explanation') return undefined;
    // 1.50 comes back as 1.5, which is the same share.
    return typeof value === 'string' && /^[0-9]+\.[0-9]{1,4}$/.test(value) ? Number(value) : value;
  };
  return JSON.parse(JSON.stringify(answers, same));
}

describe('what goes out can come in', () => {
  it.each([['xlsx'], ['csv']] as const)(
    '%s: an empty programme gets the same figures, the same programme nothing',
    async (format) => {
      let rows = 0;
      await fc.assert(
        fc.asyncProperty(setUp, plans, reports, async (...stages) => {
          const from = await ImportCity.open();
          const into = await ImportCity.open({ agencies: [] });
          try {
            for (const stage of [BASE, ...stages]) await give(from, stage);
            await correct(from);
            const files =
              format === 'xlsx'
                ? [{ name: 'all.xlsx', content: await exported(from, {}) }]
                : await Promise.all(
                    KIND_NAMES.map(async (kind) => ({
                      name: `${kind}.csv`,
                      content: await exported(from, { kind, format, language: 'en' }),
                    })),
                  );
            for (const { name, content } of files) {
              if (format === 'csv' && content.toString('utf8').trimEnd().split('\r\n').length === 1) continue;
              const first = await into.apply(content, { reason: REASON }, name);
              expect(first.rows.flatMap(({ errors }) => errors ?? [])).toEqual([]);
              rows += first.rows.length;
              const before = await from.events();
              const again = await from.apply(content, { reason: REASON }, name);
              expect(again.rows.filter(({ outcome }) => outcome !== 'already-there')).toEqual([]);
              expect(await from.events()).toBe(before);
            }
            expect(await figures(into)).toEqual(await figures(from));
          } finally {
            await from.close();
            await into.close();
          }
        }),
        { numRuns: 8, endOnFailure: true },
      );
      expect(rows).toBeGreaterThan(100);
    },
    300_000,
  );
});

describe('an export', () => {
  let city: ImportCity;
  beforeAll(async () => {
    city = await ImportCity.open();
    await give(city, [
      {
        ...{ by: office, type: 'PlanAction', kind: 'action', code: 'A-1' },
        body: {
          code: 'A-1',
          title: '=HYPERLINK("http://x")',
          kind: 'action',
          dimension: 'governance',
          weight: '1.5',
          targets: { unit: '@unit', quarters: [{ quarter: '2023-Q2', target: '4' }] },
          lead: 'diskominfo',
          supporting: ['dinkes'],
          effectiveOn: '2023-02-01',
        },
      },
    ]);
  });
  afterAll(() => city.close());

  it('is a CSV that Excel reads, with no cell that begins as a formula does', async () => {
    const text = (await exported(city, { kind: 'actions', format: 'csv' })).toString('utf8');
    expect(text).toBe(
      '\uFEFFKode Aksi;Tahap;Nama Aksi;Jenis;Dimensi;Bobot;Satuan;Target TW II 2023;Perangkat Daerah Penanggung Jawab;Perangkat Daerah Pendukung;Lanjutan Dari;Berlaku Sejak;Alasan\r\n' +
        'A-1;rencana;"\'=HYPERLINK(""http://x"")";rencana aksi;governance;1,5;\'@unit;4;diskominfo;dinkes;;2023-02-01;\r\n',
    );
    const commas = (
      await exported(city, { kind: 'actions', format: 'csv', delimiter: ',', language: 'en' })
    ).toString('utf8');
    expect(commas).toContain('Action code,Stage,Title');
    expect(commas).toContain(',"1,5",');
  });

  it('tells what stood on a day, and is written to the access log', async () => {
    const text = (await exported(city, { kind: 'actions', format: 'csv', cutOff: '2023-01-31' })).toString(
      'utf8',
    );
    expect(text.trimEnd().split('\r\n')).toHaveLength(1);
    const [entry] = await city.jejak.credentials.accessLog({ programme: PROGRAMME, limit: 1 });
    expect(entry).toMatchObject({ kind: 'export', subject: 'p-office', at: new Date(NOW).toISOString() });
    expect(entry?.detail).toMatch(/^actions csv, 2023-01-31, index [0-9]+$/);
  });

  it('has no agency that was withdrawn on the day of its enrolment, but has one that came back', async () => {
    const of = { kind: 'programme', code: 'main', by: office };
    const enrolled = (agency: string, effectiveOn: string) => ({
      ...{ ...of, type: 'EnrolAgency' },
      body: { agency, name: agency, effectiveOn },
    });
    const withdrawn = (agency: string, effectiveOn: string) => ({
      ...{ ...of, type: 'WithdrawAgency' },
      body: { agency, effectiveOn },
    });
    await give(city, [
      ...[enrolled('never', '2023-03-01'), withdrawn('never', '2023-03-01')],
      ...[enrolled('back', '2023-03-01'), withdrawn('back', '2023-03-01'), enrolled('back', '2023-04-01')],
    ]);
    const text = (await exported(city, { kind: 'agencies', format: 'csv', language: 'en' })).toString('utf8');
    expect(text).not.toContain('never');
    expect(text.split('\r\n').filter((line) => line.startsWith('back'))).toEqual([
      'back;back;enrolled;2023-04-01;',
    ]);
  });

  it('has an original budget as it was put right, without the revision of its day that this took back', async () => {
    const of = { kind: 'budget', code: 'L-1', by: office };
    const shape = { line: 'L-1', title: 'salah', agency: 'diskominfo', year: 2023, hierarchy: '2.16' };
    const on = (effectiveOn: string, ceiling: number) => ({ effectiveOn, ceiling, actions: [] });
    await give(city, [
      { ...of, type: 'AllocateBudget', body: { ...shape, ...on('2023-01-02', 1_000) } },
      { ...of, type: 'ReviseBudget', body: { stage: 'perubahan', ...on('2023-01-02', 700) } },
      { ...of, type: 'ReviseBudget', body: { stage: 'pergeseran', ...on('2023-02-01', 900) } },
      {
        ...{ ...of, type: 'ReviseBudget' },
        body: {
          stage: 'murni',
          ...on('2023-01-02', 800),
          title: 'benar',
          agency: 'dinkes',
          hierarchy: '1.02',
        },
      },
    ]);
    const text = (await exported(city, { kind: 'budget-lines', format: 'csv' })).toString('utf8');
    expect(text.trimEnd().split('\r\n').slice(1)).toEqual([
      'L-1;murni;benar;dinkes;2023;1.02;800;;;2023-01-02;',
      'L-1;pergeseran;benar;dinkes;2023;1.02;900;;;2023-02-01;',
    ]);
  });

  it('stays a text in a workbook', async () => {
    const target = path.join(city.directory, 'out.xlsx');
    fs.writeFileSync(target, await exported(city, { kind: 'actions' }));
    const { default: ExcelJS } = await import('exceljs');
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(target);
    const cell = book.worksheets[0]?.getCell('C2');
    expect(cell?.value).toBe('=HYPERLINK("http://x")');
    expect(cell?.formula).toBeUndefined();
    expect(cell?.numFmt).toBe('@');
  });
});
