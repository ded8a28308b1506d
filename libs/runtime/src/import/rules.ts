import { defineRules } from '@jejak/core';

/** What is wrong with a file as a whole: nothing of it is looked at any further. */
export const fileRules = defineRules({
  'import-empty-file': {
    en: 'The file is empty: it has no row of headings. A template has them.',
    id: 'Berkas kosong: tidak ada baris judul kolom. Pakai berkas isian (template) yang sudah memuatnya.',
  },
  'import-no-rows': {
    en: 'The file has headings but no rows.',
    id: 'Berkas hanya berisi judul kolom tanpa baris data.',
  },
  'import-wrong-encoding': {
    en: 'The file is not text in UTF-8 or UTF-16. In Excel, save it as "CSV UTF-8 (Comma delimited)".',
    id: 'Berkas bukan teks UTF-8 atau UTF-16. Di Excel, simpan sebagai "CSV UTF-8 (Comma delimited)".',
  },
  'import-old-excel': {
    en: 'This is an old Excel file (.xls), or a workbook that is protected by a password. In Excel, save it as .xlsx without a password.',
    id: 'Ini berkas Excel lama (.xls) atau buku kerja yang dilindungi kata sandi. Di Excel, simpan sebagai .xlsx tanpa kata sandi.',
  },
  'import-not-a-spreadsheet': {
    en: 'The file begins like an Excel workbook (.xlsx), but cannot be read: it may be damaged or cut off. Open it in Excel and save it again. ({why})',
    id: 'Awal berkas tampak seperti buku kerja Excel (.xlsx), tetapi tidak dapat dibaca: mungkin rusak atau terpotong. Buka di Excel lalu simpan kembali. ({why})',
  },
  'import-pdf': {
    en: 'This is a PDF, not a table. Import the workbook (.xlsx) or CSV that it was made of.',
    id: 'Ini PDF, bukan tabel. Impor buku kerja (.xlsx) atau CSV asalnya.',
  },
  'import-html': {
    en: 'This is a web page (HTML), whatever its name ends in: many programs export that as .xls. Open it in Excel and save it as .xlsx.',
    id: 'Ini halaman web (HTML), apa pun akhiran namanya: banyak aplikasi mengekspornya sebagai .xls. Buka di Excel lalu simpan sebagai .xlsx.',
  },
  'import-xml': {
    en: 'This is XML, not a CSV. If it is a spreadsheet, open it in Excel and save it as .xlsx.',
    id: 'Ini XML, bukan CSV. Jika isinya lembar kerja, buka di Excel lalu simpan sebagai .xlsx.',
  },
  'import-picture': {
    en: 'This is a picture, not a table. Import the workbook (.xlsx) or CSV with the rows themselves.',
    id: 'Ini gambar, bukan tabel. Impor buku kerja (.xlsx) atau CSV yang memuat barisnya.',
  },
  'import-open-document': {
    en: 'This is an OpenDocument file (.ods). In LibreOffice, save it as "Excel 2007-365 (.xlsx)".',
    id: 'Ini berkas OpenDocument (.ods). Di LibreOffice, simpan sebagai "Excel 2007-365 (.xlsx)".',
  },
  'import-binary-workbook': {
    en: 'This is a binary Excel workbook (.xlsb). In Excel, save it as .xlsx.',
    id: 'Ini buku kerja Excel biner (.xlsb). Di Excel, simpan sebagai .xlsx.',
  },
  'import-word-document': {
    en: 'This is a Word document (.docx), not a workbook. Put its table into a workbook (.xlsx).',
    id: 'Ini dokumen Word (.docx), bukan buku kerja. Salin tabelnya ke buku kerja (.xlsx).',
  },
  'import-zip': {
    en: 'This is a ZIP archive without a workbook. Unpack it, and import the file that is in it.',
    id: 'Ini arsip ZIP tanpa buku kerja. Buka arsipnya, lalu impor berkas di dalamnya.',
  },
  'import-zip-bomb': {
    en: 'The workbook unpacks to {bytes} bytes, far more than a file of its size should: it is refused.',
    id: 'Isi buku kerja setelah dibuka {bytes} bita, jauh melebihi yang wajar untuk ukurannya: berkas ditolak.',
  },
  'import-csv-broken': {
    en: 'The CSV cannot be read from line {line} on: check the quotation marks there.',
    id: 'CSV tidak dapat dibaca mulai baris {line}: periksa tanda kutip di sana.',
  },
  'import-too-many-rows': {
    en: 'The file has more than {most} rows: split it.',
    id: 'Berkas memiliki lebih dari {most} baris: bagilah berkasnya.',
  },
  'import-too-many-columns': {
    en: 'Sheet "{sheet}" has more than {most} columns.',
    id: 'Lembar "{sheet}" memiliki lebih dari {most} kolom.',
  },
  'import-heading-too-long': {
    en: 'Sheet "{sheet}" has a heading of more than {most} characters.',
    id: 'Lembar "{sheet}" memiliki judul kolom lebih dari {most} karakter.',
  },
  'import-sheet-name-too-long': {
    en: 'The name of a sheet, "{sheet}…", is longer than {most} characters, the most that Excel takes.',
    id: 'Nama lembar "{sheet}…" lebih dari {most} karakter, batas nama lembar di Excel.',
  },
  'import-format-too-long': {
    en: 'The workbook has a number format of more than {most} characters, the most that Excel takes.',
    id: 'Buku kerja memiliki format angka lebih dari {most} karakter, batas format di Excel.',
  },
  'import-unknown-sheet': {
    en: 'Sheet "{sheet}" is none of {kinds}. Rename it, or remove it.',
    id: 'Lembar "{sheet}" bukan salah satu dari {kinds}. Ganti namanya atau hapus.',
  },
  'import-kind-unclear': {
    en: 'The headings do not tell what "{sheet}" holds: say which of {kinds} it is. The headings found: {found}.',
    id: 'Judul kolom tidak menunjukkan isi "{sheet}": sebutkan salah satu dari {kinds}. Judul yang ditemukan: {found}.',
  },
  'import-missing-column': {
    en: 'Sheet "{sheet}" lacks the column "{column}". The headings found: {found}.',
    id: 'Lembar "{sheet}" tidak memiliki kolom "{column}". Judul yang ditemukan: {found}.',
  },
  'import-unknown-column': {
    en: 'Sheet "{sheet}" has the column "{column}", which means nothing here.',
    id: 'Lembar "{sheet}" memiliki kolom "{column}" yang tidak dikenal.',
  },
  'import-column-twice': {
    en: 'Sheet "{sheet}" has the column "{column}" twice.',
    id: 'Lembar "{sheet}" memiliki kolom "{column}" dua kali.',
  },
});

/** What is wrong with a row. The field is the column's. */
export const rowRules = defineRules({
  'cell-required': {
    en: 'The cell must be filled in.',
    id: 'Sel harus diisi.',
  },
  'cell-not-wanted': {
    en: 'The cell must be empty in such a row.',
    id: 'Sel harus kosong pada baris semacam ini.',
  },
  'cell-too-long': {
    en: 'The cell holds more than {most} characters.',
    id: 'Isi sel lebih dari {most} karakter.',
  },
  'cell-not-unicode': {
    en: 'The cell holds text that is not Unicode.',
    id: 'Sel berisi teks yang bukan Unicode.',
  },
  'cell-error': {
    en: 'The cell holds the error {value} instead of a value.',
    id: 'Sel berisi galat {value}, bukan nilai.',
  },
  'cell-without-result': {
    en: 'The cell holds a formula that was never calculated: open the file in Excel and save it.',
    id: 'Sel berisi rumus yang belum dihitung: buka berkas di Excel lalu simpan.',
  },
  'cell-without-heading': {
    en: 'The cell "{value}" stands below no heading.',
    id: 'Sel "{value}" berada di bawah kolom tanpa judul.',
  },
  'not-a-text': {
    en: 'A text is expected here, not a date or a truth value.',
    id: 'Di sini harus teks, bukan tanggal atau nilai benar/salah.',
  },
  'not-a-code': {
    en: '"{value}" is not a code: letters, digits, dot and hyphen, at most 80, beginning with a letter or digit.',
    id: '"{value}" bukan kode: huruf, angka, titik, dan tanda hubung, paling banyak 80, diawali huruf atau angka.',
  },
  'not-a-number': {
    en: '"{value}" is not a number as it is written here: 1.500.000 or 12,5.',
    id: '"{value}" bukan bilangan menurut penulisan Indonesia: 1.500.000 atau 12,5.',
  },
  'english-number': {
    en: '"{value}" is written the English way. Write a dot between thousands and a comma before decimals: 1.500.000,00.',
    id: '"{value}" ditulis dengan cara Inggris. Tulis titik antarribuan dan koma sebelum desimal: 1.500.000,00.',
  },
  'number-negative': {
    en: '"{value}" is negative.',
    id: '"{value}" bernilai negatif.',
  },
  'number-too-large': {
    en: '"{value}" is larger than can be recorded.',
    id: '"{value}" lebih besar daripada yang dapat dicatat.',
  },
  'non-zero-sen': {
    en: '"{value}" is not whole rupiah: sen are not recorded.',
    id: '"{value}" bukan rupiah bulat: sen tidak dicatat.',
  },
  'too-many-decimals': {
    en: '"{value}" has more than 4 decimals.',
    id: '"{value}" memiliki lebih dari 4 angka desimal.',
  },
  'not-a-percentage': {
    en: '"{value}" is not a percentage from 0 to 100.',
    id: '"{value}" bukan persentase dari 0 sampai 100.',
  },
  'not-a-year': {
    en: '"{value}" is not a year from 1990 to 2200.',
    id: '"{value}" bukan tahun antara 1990 dan 2200.',
  },
  'not-a-date': {
    en: '"{value}" is not a date: write 31/12/2023, 2023-12-31 or 31 Desember 2023.',
    id: '"{value}" bukan tanggal: tulis 31/12/2023, 2023-12-31, atau 31 Desember 2023.',
  },
  'not-a-month': {
    en: '"{value}" is not a month: write 2023-12, 12/2023 or Desember 2023.',
    id: '"{value}" bukan bulan: tulis 2023-12, 12/2023, atau Desember 2023.',
  },
  'not-a-quarter': {
    en: '"{value}" is not a quarter: write TW I 2023 or 2023-Q1.',
    id: '"{value}" bukan triwulan: tulis TW I 2023 atau 2023-Q1.',
  },
  'year-missing': {
    en: '"{value}" names no year, and the programme runs over more than one.',
    id: '"{value}" tidak menyebut tahun, padahal program berlangsung lebih dari satu tahun.',
  },
  'not-a-choice': {
    en: '"{value}" is none of {choices}.',
    id: '"{value}" bukan salah satu dari {choices}.',
  },
  'not-shares': {
    en: '"{value}" does not list actions with their shares: write GOV-01:1; GOV-02:0,5.',
    id: '"{value}" bukan daftar aksi beserta bagiannya: tulis GOV-01:1; GOV-02:0,5.',
  },
  'not-carried-from': {
    en: '"{value}" does not name an action of a programme: write malang.2022/GOV-01.',
    id: '"{value}" tidak menyebut aksi suatu program: tulis malang.2022/GOV-01.',
  },
  'text-too-long': {
    en: 'The text is longer than {most} characters.',
    id: 'Teks lebih panjang daripada {most} karakter.',
  },
  'text-too-short': {
    en: 'The text is shorter than {least} characters.',
    id: 'Teks lebih pendek daripada {least} karakter.',
  },
  'differs-from-existing': {
    en: '{name} is recorded already, and with another value: {recorded}.',
    id: '{name} sudah tercatat dengan nilai lain: {recorded}.',
  },
  'sp2d-or-month': {
    en: 'A disbursement is given either by SP2D number and amount, or by month and realisation to that month.',
    id: 'Pencairan diisi dengan nomor SP2D dan nilainya, atau dengan bulan dan realisasi s.d. bulan itu.',
  },
  'mixed-reporting': {
    en: 'The disbursements of {year} on this line are recorded by SP2D: a realisation to a month cannot be put beside them.',
    id: 'Realisasi {year} pada mata anggaran ini dicatat per SP2D: realisasi s.d. bulan tidak dapat dicampur dengannya.',
  },
  'cumulative-falling': {
    en: 'Rp {cumulative} to {month} is less than what is recorded by then, Rp {recorded}.',
    id: 'Rp {cumulative} s.d. {month} lebih kecil daripada yang sudah tercatat, Rp {recorded}.',
  },
  'cumulative-before-later': {
    en: 'The realisation to {later}, a later month, is recorded already: {month} can no longer be put before it.',
    id: 'Realisasi s.d. {later}, bulan sesudahnya, sudah tercatat: {month} tidak dapat lagi disisipkan sebelumnya.',
  },
  'no-such-document': {
    en: '{reference} is not recorded here, so that nothing of it can be given back.',
    id: '{reference} belum tercatat di sini, sehingga tidak ada yang dapat dikembalikan.',
  },
});
