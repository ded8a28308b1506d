import fs from 'node:fs';
import path from 'node:path';
import { Refusal } from '@jejak/core';
import type { ProgrammeDocument } from '@jejak/views';
import ExcelJS from 'exceljs';
import { ImportCity, PROGRAMME } from '../../../../test/support/import-city';
import { KINDS } from '../import/kinds/all';
import { KIND_NAMES } from '../import/kinds/kind';
import { exportQuery } from './query';
import { importTemplate } from './template';

describe('the template', () => {
  let city: ImportCity;
  let programme: ProgrammeDocument;
  beforeAll(async () => {
    city = await ImportCity.open();
    await city.jejak.project();
    const asked = { query: exportQuery('agencies'), programme: PROGRAMME, params: {} };
    ({ programme } = (await city.jejak.ask.answer(asked)).answer);
  });
  afterAll(() => city.close());

  async function opened(bytes: Buffer): Promise<ExcelJS.Workbook> {
    const file = path.join(city.directory, 'template.xlsx');
    fs.writeFileSync(file, bytes);
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(file);
    return book;
  }

  const headings = (sheet: ExcelJS.Worksheet | undefined): string[] =>
    ((sheet?.getRow(1).values ?? []) as string[]).slice(1);

  it('has a sheet for each kind, with its headings, the periods of the programme and an explanation', async () => {
    const book = await opened(await importTemplate({ kind: 'all', language: 'id', programme }));
    expect(book.worksheets.map(({ name }) => name)).toEqual([
      'Petunjuk',
      ...KINDS.map(({ sheet }) => sheet.id),
      'Daftar',
    ]);
    expect(headings(book.getWorksheet('Rencana Aksi'))).toEqual(
      expect.arrayContaining(['Kode Aksi', 'Target TW I 2023', 'Target TW IV 2023', 'Berlaku Sejak']),
    );
    const plans = headings(book.getWorksheet('Rencana Bulanan'));
    expect(plans.filter((heading) => heading.startsWith('Rencana s.d.'))).toHaveLength(12);
    expect(plans).toContain('Fisik s.d. Des 2023 (%)');
    const explained = book.getWorksheet('Petunjuk')?.getSheetValues() as (string[] | undefined)[];
    expect(explained.some((row) => row?.includes('Pagu (Rp)') && row.includes('Ceiling (Rp)'))).toBe(true);
    expect(book.getWorksheet('Daftar')?.state).toBe('hidden');
  });

  it('offers choices, agencies and dimensions as drop-downs, and formats dates and amounts', async () => {
    const book = await opened(await importTemplate({ kind: 'actions', language: 'id', programme }));
    const sheet = book.getWorksheet('Rencana Aksi') as ExcelJS.Worksheet;
    const list = (heading: string): string[] => {
      const column = headings(sheet).indexOf(heading) + 1;
      const validation = sheet.getCell(2, column).dataValidation as ExcelJS.DataValidation | undefined;
      const [, letter = '', last = ''] =
        /'Daftar'!\$([A-Z]+)\$1:\$[A-Z]+\$([0-9]+)/.exec(String(validation?.formulae[0])) ?? [];
      const values = book.getWorksheet('Daftar');
      return Array.from(
        { length: Number(last) },
        (_, n) => values?.getCell(`${letter}${String(n + 1)}`).value as string,
      );
    };
    expect(list('Tahap')).toEqual(['rencana', 'perubahan', 'alih tugas', 'batal']);
    expect(list('Dimensi')).toEqual(['governance', 'economy']);
    expect(list('Perangkat Daerah Penanggung Jawab')).toEqual(['diskominfo', 'dinkes']);
    const format = (heading: string): string => sheet.getCell(2, headings(sheet).indexOf(heading) + 1).numFmt;
    expect([format('Kode Aksi'), format('Berlaku Sejak'), format('Target TW I 2023')]).toEqual([
      '@',
      'dd/mm/yyyy',
      '0.####',
    ]);
    const money = book.getWorksheet('Anggaran');
    expect(money).toBeUndefined();
  });

  it.each(['id', 'en'] as const)(
    'is read back by the import, filled in or not (%s)',
    async (language) => {
      for (const kind of KIND_NAMES) {
        const bytes = await importTemplate({ kind, language, programme });
        const empty: unknown = await city.preview(bytes, {}, 'empty.xlsx').catch((error: unknown) => error);
        expect(empty).toBeInstanceOf(Refusal);
        expect((empty as Refusal).code).toBe('import-no-rows');
      }
      const book = await opened(await importTemplate({ kind: 'all', language, programme }));
      const fill = (name: string, values: Record<string, ExcelJS.CellValue>): void => {
        const sheet = book.getWorksheet(name) as ExcelJS.Worksheet;
        for (const [heading, value] of Object.entries(values)) {
          sheet.getCell(2, headings(sheet).indexOf(heading) + 1).value = value;
        }
      };
      const [actions, lines] = [KINDS[1], KINDS[2]].map((kind) => kind?.sheet[language] ?? '');
      if (language === 'id') {
        fill(actions ?? '', {
          'Kode Aksi': 'T-1',
          'Nama Aksi': 'Uji',
          Dimensi: 'economy',
          Satuan: 'unit',
          'Target TW II 2023': 5,
          'Perangkat Daerah Penanggung Jawab': 'dinkes',
          'Berlaku Sejak': new Date('2023-02-01'),
        });
        fill(lines ?? '', {
          'Kode Mata Anggaran': 'T-1',
          Uraian: 'Uji',
          'Perangkat Daerah': 'dinkes',
          'Tahun Anggaran': 2023,
          'Kode Rekening': '2.16',
          'Pagu (Rp)': 5_000_000,
        });
      } else {
        fill(actions ?? '', {
          'Action code': 'T-1',
          Title: 'Uji',
          Dimension: 'economy',
          Unit: 'unit',
          'Target 2023-Q2': 5,
          'Lead agency': 'dinkes',
          'Effective from': new Date('2023-02-01'),
        });
        fill(lines ?? '', {
          'Line code': 'T-1',
          Title: 'Uji',
          Agency: 'dinkes',
          'Budget year': 2023,
          'Hierarchy code': '2.16',
          'Ceiling (Rp)': 5_000_000,
        });
      }
      const preview = await city.preview(Buffer.from(await book.xlsx.writeBuffer()), {}, 'filled.xlsx');
      expect(preview.rows.map(({ command, errors }) => command ?? errors)).toEqual([
        'PlanAction',
        'AllocateBudget',
      ]);
    },
    60_000,
  );

  it('can be had without a programme', async () => {
    const book = await opened(await importTemplate({ kind: 'csr', language: 'en' }));
    expect(book.worksheets.map(({ name }) => name)).toEqual(['Guide', 'CSR', 'Daftar']);
  });
});
