import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Refusal } from '@jejak/core';
import ExcelJS from 'exceljs';
import { crc32, deflateRawSync } from 'node:zlib';
import type { Cell } from './cell';
import { csvRows } from './csv';
import { spool, type SpoolOptions } from './spool';
import { openWorkbook } from './xlsx';

let directory: string;
beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-files-'));
});
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

let files = 0;
function file(content: string | Uint8Array, name = 'data.csv'): string {
  const target = path.join(directory, String(files++), name);
  fs.mkdirSync(path.dirname(target));
  fs.writeFileSync(target, content);
  return target;
}

type Rows = (readonly [row: number, ...cells: Cell[]])[];

async function rowsOf(rows: AsyncIterable<{ row: number; cells: readonly Cell[] }>): Promise<Rows> {
  const found: Rows = [];
  for await (const { row, cells } of rows) found.push([row, ...cells]);
  return found;
}

/** What a file is refused with, and its sentences. */
async function refusal(work: Promise<unknown>): Promise<Refusal> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Refusal) return error;
  throw new Error(`not refused by a rule: ${String(error)}`);
}

const spooled = (target: string, options: Partial<SpoolOptions> = {}) =>
  spool(target, { context: { year: '2023' }, ...options });

describe('CSV', () => {
  const text = 'Kode;Nama\r\ndlh;"Dinas ""Lingkungan""; Hidup\nKota"\r\n\r\ndinsos;Dinas Sosial é\r\n';
  const rows: Rows = [
    [1, 'Kode', 'Nama'],
    [2, 'dlh', 'Dinas "Lingkungan"; Hidup\nKota'],
    [4, 'dinsos', 'Dinas Sosial é'],
  ];
  const utf16be = (content: string): Buffer => Buffer.from(content, 'utf16le').swap16();

  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16 LE with a mark', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16 BE with a mark', utf16be(`\uFEFF${text}`)],
    ['UTF-16 LE without a mark', Buffer.from(text, 'utf16le')],
    ['UTF-16 BE without a mark', utf16be(text)],
    ['LF line ends', Buffer.from(text.replaceAll('\r\n', '\n'))],
  ])('is read from %s', async (_name, bytes) => {
    expect(await rowsOf(csvRows(file(bytes)))).toEqual(rows);
  });

  it.each([
    [
      'semicolons',
      'a;b,c\n1;2\n',
      [
        [1, 'a', 'b,c'],
        [2, '1', '2'],
      ],
    ],
    [
      'commas',
      'a,"b;c"\n1,2\n',
      [
        [1, 'a', 'b;c'],
        [2, '1', '2'],
      ],
    ],
    [
      'tabs',
      'a\tb\n1\t2\n',
      [
        [1, 'a', 'b'],
        [2, '1', '2'],
      ],
    ],
    [
      'a declared delimiter',
      'sep=,\na;b,c\n1,2\n',
      [
        [2, 'a;b', 'c'],
        [3, '1', '2'],
      ],
    ],
    [
      'one column',
      'a\n1\n',
      [
        [1, 'a'],
        [2, '1'],
      ],
    ],
    ['empty rows before the headings', '\n;;\na;b\n', [[3, 'a', 'b']]],
  ])('tells %s', async (_name, content, expected) => {
    expect(await rowsOf(csvRows(file(content)))).toEqual(expected);
  });

  it('takes an apostrophe away that keeps a cell from being a formula', async () => {
    expect(await rowsOf(csvRows(file("a;b\n'=1+1;'x\n")))).toEqual([
      [1, 'a', 'b'],
      [2, '=1+1', "'x"],
    ]);
  });

  it('reads a file as a stream, whatever lies across its pieces', async () => {
    const line = `${'é'.repeat(777)};"x\ny"\n`;
    const found = await rowsOf(csvRows(file(`a;b\n${line.repeat(1_000)}`)));
    expect(found).toHaveLength(1_001);
    expect(
      found.every(
        ([row, first, second], n) =>
          row === n + 1 && (n === 0 || (first === 'é'.repeat(777) && second === 'x\ny')),
      ),
    ).toBe(true);
  });

  it.each([
    ['import-wrong-encoding', Buffer.from('Kode;Nama\ndinsos;Dinas Sosial \xe9\n', 'latin1')],
    [
      'import-wrong-encoding',
      Buffer.concat([Buffer.from('Kode;Nama\n'), Buffer.alloc(100_000, 'a'), Buffer.from([0xc3])]),
    ],
    ['import-empty-file', Buffer.alloc(0)],
    ['import-empty-file', Buffer.from('\uFEFF\r\n \r\n')],
    ['import-no-rows', Buffer.from('Kode OPD;Nama OPD\r\n')],
    ['import-csv-broken', Buffer.from('Kode OPD;Nama OPD\r\ndlh;"DLH\r\ndinsos;Dinsos\r\n')],
    ['import-csv-broken', Buffer.from('Kode OPD;Nama OPD\r\ndlh;DLH "Kota"x\r\n')],
    ['import-old-excel', Buffer.from('d0cf11e0a1b11ae1000000', 'hex')],
    ['import-pdf', Buffer.from('%PDF-1.7\n')],
    ['import-picture', Buffer.from('89504e470d0a1a0a', 'hex')],
    ['import-html', Buffer.from('\uFEFF\r\n<HTML xmlns:x="urn:schemas-microsoft-com:office:excel"><table>')],
    ['import-html', Buffer.from('\uFEFF<table><tr>', 'utf16le')],
    ['import-html', Buffer.from('<?xml version="1.0"?><!DOCTYPE html><html>')],
    ['import-xml', Buffer.from('<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook>')],
    ['import-missing-column', Buffer.from('Kode OPD;Status\r\ndlh;\r\n')],
    ['import-unknown-column', Buffer.from('Kode OPD;Nama OPD;Kepala\r\ndlh;DLH;x\r\n')],
    ['import-column-twice', Buffer.from('Kode OPD;Nama OPD;Agency code\r\ndlh;DLH;x\r\n')],
  ])('is refused with a sentence: %s', async (code, bytes) => {
    const refused = await refusal(spooled(file(bytes), { kind: 'agencies' }));
    expect(refused.code).toBe(code);
    expect(refused.sentence('en')).not.toMatch(/[{}]/);
    expect(refused.sentence('id')).not.toMatch(/[{}]/);
  });

  it('names the column and the sheet', async () => {
    const missing = await refusal(spooled(file('Kode OPD;Status\r\ndlh;\r\n', 'opd.csv')));
    expect(missing.sentence('id')).toBe(
      'Lembar "opd" tidak memiliki kolom "Nama Perangkat Daerah / Agency name". Judul yang ditemukan: Kode OPD, Status.',
    );
    const unknown = await refusal(spooled(file('Kode OPD;Nama OPD;Kepala\r\ndlh;DLH;x\r\n', 'opd.csv')));
    expect(unknown.sentence('en')).toBe('Sheet "opd" has the column "Kepala", which means nothing here.');
  });

  it('tells the kind by the headings, or asks for it', async () => {
    const found = await spooled(file('Kode Aksi;Triwulan;Realisasi\r\nA;TW I;1\r\n'));
    expect(found.sheets.map(({ kind, count }) => [kind.name, count])).toEqual([['progress', 1]]);
    await found.close();
    const unclear = await refusal(spooled(file('Nomor;Isi\r\n1;2\r\n')));
    expect(unclear.code).toBe('import-kind-unclear');
    expect(unclear.sentence('en')).toMatch(/ The headings found: Nomor, Isi\.$/);
  });

  it('reads headings whatever their case, spaces, brackets and order', async () => {
    const found = await spooled(file(' REALISASI*;kode  aksi;Triwulan (TW);tindak_lanjut\r\n1;A;TW I;x\r\n'));
    expect(found.sheets[0]?.columns.map((column) => column?.field)).toEqual([
      'realisation',
      'action',
      'quarter',
      'followUp',
    ]);
    await found.close();
  });

  it('removes what a run left behind that was killed long ago, and nothing else', async () => {
    const [old, recent] = ['old', 'recent'].map((name) =>
      path.join(os.tmpdir(), `jejak-import-spec-${name}`),
    );
    for (const each of [old, recent]) fs.mkdirSync(each ?? '', { recursive: true });
    fs.utimesSync(old ?? '', 0, 0);
    await (await spooled(file('Kode OPD;Nama OPD\r\ndlh;DLH\r\n'))).close();
    expect([old, recent].map((each) => fs.existsSync(each ?? ''))).toEqual([false, true]);
    fs.rmdirSync(recent ?? '');
  });

  it('leaves nothing behind', async () => {
    const [unfit, fit] = [file('Nomor;Isi\r\n1;2\r\n'), file('Kode OPD;Nama OPD\r\ndlh;DLH\r\n')];
    // Other suites take files apart at the same time.
    const own = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-own-'));
    const elsewhere = jest.spyOn(os, 'tmpdir').mockReturnValue(own);
    try {
      await refusal(spooled(unfit));
      const there = await spooled(fit);
      expect(fs.readdirSync(own)).toHaveLength(1);
      await there.close();
      expect(fs.readdirSync(own)).toEqual([]);
    } finally {
      elsewhere.mockRestore();
      fs.rmdirSync(own);
    }
  });
});

describe('XLSX', () => {
  async function workbook(fill: (book: ExcelJS.Workbook) => void): Promise<string> {
    const book = new ExcelJS.Workbook();
    fill(book);
    return file(Buffer.from(await book.xlsx.writeBuffer()), 'data.xlsx');
  }

  async function sheetRows(target: string): Promise<Rows> {
    const book = await openWorkbook(target);
    try {
      return await rowsOf(book.sheets[0]!.rows());
    } finally {
      book.close();
    }
  }

  it('reads texts, numbers, dates, percentages, the results of formulas, and what is none', async () => {
    const target = await workbook((book) => {
      const sheet = book.addWorksheet('Data');
      sheet.addRow(['teks', ' AT&amp;T <b> ', 12.5, true, null, 'x']);
      const row = sheet.getRow(3);
      row.getCell(1).value = new Date('2023-12-31T00:00:00Z');
      row.getCell(1).numFmt = 'dd mmmm yyyy';
      row.getCell(2).value = 0.625;
      row.getCell(2).numFmt = '0.0%';
      row.getCell(3).value = { formula: 'C1*2', result: 25 };
      row.getCell(4).value = { formula: 'A3+1', result: 45_292 };
      row.getCell(4).numFmt = 'dd/mm/yyyy';
      row.getCell(5).value = { formula: '1/0', result: { error: '#DIV/0!' } };
      row.getCell(6).value = { formula: 'A1&"!"', result: 'teks!' };
      row.getCell(7).value = { formula: 'A1' };
      row.getCell(9).value = { richText: [{ text: 'dua ' }, { font: { bold: true }, text: 'potong' }] };
      row.getCell(10).value = { text: 'tautan', hyperlink: 'https://example.org' };
    });
    expect(await sheetRows(target)).toEqual([
      [1, 'teks', ' AT&amp;T <b> ', 12.5, { truth: true }, null, 'x'],
      [
        3,
        { day: '2023-12-31' },
        { percent: 0.625 },
        25,
        { day: '2024-01-01' },
        { error: '#DIV/0!' },
        'teks!',
        { unresolved: true },
        null,
        'dua potong',
        'tautan',
      ],
    ]);
  });

  it('reads the calendar of 1904', async () => {
    const target = await workbook((book) => {
      book.properties.date1904 = true;
      const cell = book.addWorksheet('Data').getCell('A1');
      cell.value = new Date('2023-12-31T00:00:00Z');
      cell.numFmt = 'dd/mm/yyyy';
    });
    expect(await sheetRows(target)).toEqual([[1, { day: '2023-12-31' }]]);
  });

  const part = (name: string, content: string | Buffer): Entry => ({ name, content: Buffer.from(content) });
  const sheetXml = (rows: string): string =>
    `<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${rows}</sheetData></worksheet>`;
  const minimal = (rows: string, target = 'worksheets/sheet1.xml'): Entry[] => [
    part(
      'xl/workbook.xml',
      '<workbook xmlns:r="r"><sheets><sheet name="Perangkat Daerah" sheetId="1" r:id="rId1"/></sheets></workbook>',
    ),
    part(
      'xl/_rels/workbook.xml.rels',
      `<Relationships><Relationship Id="rId1" Target="${target}"/></Relationships>`,
    ),
    part('xl/worksheets/sheet1.xml', sheetXml(rows)),
  ];

  it('reads what other programs write: absolute targets, inline texts in runs, cells without references, prefixes', async () => {
    const rows =
      '<row><c t="inlineStr"><is><r><t>Kode </t></r><r><t>OPD</t></r><rPh><t>no</t></rPh></is></c><c t="str"><v>_x0041_b</v></c></row>' +
      '<row r="5"><c r="B5"><v>7</v></c><c><v>8</v></c><c t="d"><v>2023-12-31T00:00:00</v></c></row>';
    const target = file(zip(minimal(rows, '/xl/worksheets/sheet1.xml')), 'data.xlsx');
    expect(await sheetRows(target)).toEqual([
      [1, 'Kode OPD', 'Ab'],
      [5, null, 7, 8, { day: '2023-12-31' }],
    ]);
  });

  it.each<[string, string, () => Buffer]>([
    ['import-not-a-spreadsheet', 'no archive', () => Buffer.from('PK\x03\x04 but nothing more')],
    [
      'import-open-document',
      'a table of LibreOffice',
      () =>
        zip([
          part('mimetype', 'application/vnd.oasis.opendocument.spreadsheet'),
          part('content.xml', '<x/>'),
        ]),
    ],
    ['import-zip', 'no workbook in it', () => zip([part('rows.csv', 'Kode OPD;Nama OPD')])],
    ['import-word-document', 'a letter', () => zip([part('word/document.xml', '<x/>')])],
    ['import-binary-workbook', 'a binary workbook', () => zip([part('xl/workbook.bin', 'x')])],
    ['import-not-a-spreadsheet', 'broken XML', () => zip(minimal('<row><c></row>'))],
    [
      'import-not-a-spreadsheet',
      'a document type',
      () => zip([part('xl/workbook.xml', '<!DOCTYPE x [<!ENTITY a "b">]><workbook/>')]),
    ],
    ['import-not-a-spreadsheet', 'an entity', () => zip(minimal('<row><c t="str"><v>&lol;</v></c></row>'))],
    ['import-not-a-spreadsheet', 'a missing sheet', () => zip(minimal('', 'worksheets/sheet9.xml'))],
    ['import-zip-bomb', 'a declared bomb', () => zip(minimal(' '.repeat(64 * 1024 * 1024)))],
    [
      'import-not-a-spreadsheet',
      'a bomb that declares to be small',
      () => zip(minimal(' '.repeat(64 * 1024 * 1024)), 1_000),
    ],
    [
      'import-not-a-spreadsheet',
      'a text without end',
      () => zip(minimal(`<row><c t="str"><v>${randomText(6 * 1024 * 1024)}</v></c></row>`)),
    ],
    [
      'import-too-many-columns',
      'a cell far to the right',
      () => zip(minimal('<row><c r="AMM1"><v>1</v></c></row>')),
    ],
    ['import-empty-file', 'no row', () => zip(minimal(''))],
    [
      'import-heading-too-long',
      'a heading that no person wrote',
      () => zip(minimal(`<row><c t="str"><v>${'('.repeat(256)}</v></c></row><row><c><v>1</v></c></row>`)),
    ],
    [
      'import-sheet-name-too-long',
      'the name of a sheet that no person wrote',
      () => zip(minimal('').map((each) => named(each, 'Perangkat Daerah', '('.repeat(32)))),
    ],
    [
      'import-format-too-long',
      'a format that no person wrote',
      () =>
        zip([
          ...minimal('<row/>'),
          part(
            'xl/styles.xml',
            `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="${'['.repeat(256)}"/></numFmts></styleSheet>`,
          ),
        ]),
    ],
    [
      'import-not-a-spreadsheet',
      'elements deep in each other',
      () => zip(minimal(`${'<a>'.repeat(70)}${'</a>'.repeat(70)}`)),
    ],
  ])('is refused: %s (%s)', async (code, _name, make) => {
    const refused = await refusal(spooled(file(make(), 'data.xlsx')));
    expect(refused.code).toBe(code);
    expect(refused.sentence('id')).not.toMatch(/[{}]/);
  });

  it('reads only what the archive names, not what lies hidden in it', async () => {
    const hidden = zip([...minimal('<row><c t="str"><v>a</v></c></row>')], undefined, [
      part('xl/worksheets/sheet2.xml', ' '.repeat(64 * 1024 * 1024)),
    ]);
    expect(await sheetRows(file(hidden, 'data.xlsx'))).toEqual([[1, 'a']]);
  });

  it('takes sheets by their names, in the order in which kinds build on each other, and passes over guides', async () => {
    const target = await workbook((book) => {
      book.addWorksheet('Petunjuk').addRow(['apa saja']);
      const progress = book.addWorksheet('Capaian');
      progress.addRow(['Kode Aksi', 'Triwulan', 'Realisasi']);
      progress.addRow(['A', 'TW I', 1]);
      const agencies = book.addWorksheet('agencies');
      agencies.addRow(['Agency code', 'Agency name']);
      agencies.addRow(['dlh', 'DLH']);
      book.addWorksheet('Daftar', { state: 'hidden' }).addRow(['x']);
      book.addWorksheet('Kosong');
    });
    const found = await spooled(target);
    expect(found.sheets.map(({ name, kind }) => [name, kind.name])).toEqual([
      ['agencies', 'agencies'],
      ['Capaian', 'progress'],
    ]);
    await found.close();
    const other = await workbook((book) => {
      book.addWorksheet('Capaian').addRows([
        ['Kode Aksi', 'Triwulan', 'Realisasi'],
        ['A', 'TW I', 1],
      ]);
      book.addWorksheet('Catatan').addRow(['apa saja']);
    });
    expect((await refusal(spooled(other))).sentence('id')).toMatch(
      /^Lembar "Catatan" bukan salah satu dari agencies/,
    );
  });
});

/** A part with another text in it. */
function named(entry: Entry, from: string, to: string): Entry {
  return { ...entry, content: Buffer.from(entry.content.toString().replace(from, to)) };
}

interface Entry {
  readonly name: string;
  readonly content: Buffer;
}

/** Incompressible enough to be no bomb. */
function randomText(length: number): string {
  let [text, seed] = ['', 1];
  while (text.length < length) {
    seed = (seed * 48_271) % 2_147_483_647;
    text += seed.toString(36);
  }
  return text;
}

/**
 * A zip archive.
 *
 * @param declared what every entry claims to unpack to, where that is not the truth
 * @param hidden entries that the directory does not name
 */
function zip(entries: readonly Entry[], declared?: number, hidden: readonly Entry[] = []): Buffer {
  const locals: Buffer[] = [];
  const directoryParts: Buffer[] = [];
  let offset = 0;
  for (const entry of [...hidden, ...entries]) {
    const name = Buffer.from(entry.name);
    const packed = deflateRawSync(entry.content, { level: 9 });
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crc32(entry.content), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(declared ?? entry.content.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('504b0304', 'hex'), fields, name, packed]);
    if (!hidden.includes(entry)) {
      const tail = Buffer.alloc(14);
      tail.writeUInt32LE(offset, 10);
      directoryParts.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), fields, tail, name]));
    }
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(directoryParts);
  const end = Buffer.alloc(22);
  end.write('504b0506', 0, 'hex');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}
