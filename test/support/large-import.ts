/**
 * Imports a file of as many rows as the first argument says, and prints what it took as a line of JSON. With `xlsx` as
 * the second argument it is a workbook, with `actions` as the third each row is a stream of its own.
 */
import fs from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import ExcelJS from 'exceljs';
import { applyImport, previewImport } from '@jejak/runtime';
import { csv, ImportCity, OFFICE, PROGRAMME } from './import-city';

const [count = '50000', format = 'csv', kind = 'disbursements'] = process.argv.slice(2);
const rows = Number(count);
const LINES = 250;

type Cells = readonly (string | number)[];

function headings(): Cells {
  return kind === 'actions'
    ? ['Kode Aksi', 'Nama Aksi', 'Dimensi', 'Satuan', 'Target TW IV 2023', 'Penanggung Jawab']
    : ['Kode Anggaran', 'Nomor SP2D', 'Tanggal', 'Nilai', 'Keterangan', 'OPD Pelapor'];
}

function row(n: number): Cells {
  return kind === 'actions'
    ? [`A-${String(n)}`, `Rencana aksi nomor ${String(n)}`, 'governance', 'dokumen', 12, 'diskominfo']
    : [
        `L-${String(n % LINES)}`,
        `SP2D/${String(n)}/2023`,
        '2023-05-01',
        1_000 + n,
        `Termin ${String(n)}`,
        'diskominfo',
      ];
}

async function write(file: string): Promise<void> {
  if (format === 'csv') {
    const out = fs.createWriteStream(file);
    await pipeline(function* () {
      yield csv(headings());
      for (let n = 0; n < rows; n++) yield csv(row(n));
    }, out);
    return;
  }
  const stream = new PassThrough();
  const written = pipeline(stream, fs.createWriteStream(file));
  const book = new ExcelJS.stream.xlsx.WorkbookWriter({ stream, useSharedStrings: true });
  const sheet = book.addWorksheet('Data');
  sheet.addRow(headings()).commit();
  for (let n = 0; n < rows; n++) sheet.addRow(row(n)).commit();
  sheet.commit();
  await book.commit();
  await written;
}

async function main(): Promise<void> {
  const city = await ImportCity.open();
  const line = (n: number): Cells => [
    `L-${String(n)}`,
    'Kegiatan',
    'diskominfo',
    2023,
    '2.16.01',
    900_000_000_000,
  ];
  const lines = Array.from({ length: LINES }, (_, n) => line(n));
  await city.apply(
    csv(['Kode Anggaran', 'Uraian', 'OPD', 'Tahun Anggaran', 'Kode Rekening', 'Pagu'], ...lines),
    {},
    'lines.csv',
  );
  const file = path.join(city.directory, `large.${format}`);
  await write(file);
  global.gc?.();
  let peak = 0;
  const look = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
  const request = {
    file,
    programme: PROGRAMME,
    caller: OFFICE,
    reason: 'Impor massal',
    correlationId: 'large',
  };
  const began = performance.now();
  const preview = await previewImport(request, city.tools);
  const previewed = performance.now();
  const previewPeak = peak;
  const applied = await applyImport(request, city.tools);
  const ended = performance.now();
  clearInterval(look);
  process.stdout.write(
    `${JSON.stringify({
      rows: rows,
      bytes: fs.statSync(file).size,
      wouldRecord: preview.sheets[0]?.wouldRecord,
      recorded: applied.sheets[0]?.recorded,
      previewSeconds: Math.round(previewed - began) / 1000,
      applySeconds: Math.round(ended - previewed) / 1000,
      previewPeakMiB: Math.round(previewPeak / 2 ** 20),
      peakMiB: Math.round(peak / 2 ** 20),
      heapMiB: Math.round(process.memoryUsage().heapUsed / 2 ** 20),
    })}\n`,
  );
  await city.close();
}

void main();
