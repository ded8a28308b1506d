import type { Language } from '@jejak/core';
import { lastDayOf } from '@jejak/domain';
import type { ProgrammeDocument } from '@jejak/views';
import type ExcelJS from 'exceljs';
import { type Columns, headingOf, isRepeated } from '../import/columns';
import { enrolledOn } from '../import/kinds/agencies';
import { kindOf, KINDS } from '../import/kinds/all';
import { type AnyKind, type KindName } from '../import/kinds/kind';
import { GUIDE_SHEETS } from '../import/spool';
import { layoutOf, type WrittenColumn } from './layout';
import { loadExcel, sheetColumn, styleHeadings } from './xlsx-file';

/** Rows that have drop-downs. */
const ROWS = 2_000;

export interface TemplateRequest {
  readonly kind: KindName | 'all';
  readonly language: Language;
  /** whose agencies, dimensions and periods are offered; none of them where it is undefined */
  readonly programme?: ProgrammeDocument | undefined;
}

/**
 * A workbook to be filled in: a sheet for each kind with its headings, formats and drop-downs, and one that explains
 * the columns in both languages.
 *
 * @returns the bytes of an XLSX file
 */
export async function importTemplate({ kind, language, programme }: TemplateRequest): Promise<Buffer> {
  const kinds = kind === 'all' ? KINDS : [kindOf(kind)];
  const excel = await loadExcel();
  const book = new excel.Workbook();
  const lists = new Lists();
  explain(book, kinds, language);
  for (const each of kinds) addSheet(book, each, language, programme, lists);
  lists.write(book);
  return Buffer.from(await book.xlsx.writeBuffer());
}

function addSheet(
  book: ExcelJS.Workbook,
  kind: AnyKind,
  language: Language,
  programme: ProgrammeDocument | undefined,
  lists: Lists,
): void {
  const columns = layoutOf(kind.columns, offeredPeriods(kind.columns, programme), language);
  const sheet = book.addWorksheet(kind.sheet[language], { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.columns = columns.map(sheetColumn);
  styleHeadings(sheet.getRow(1), columns);
  columns.forEach((column, n) => {
    const validation = validationOf(column, language, programme, lists);
    if (validation === undefined) return;
    const letter = sheet.getColumn(n + 1).letter;
    // exceljs knows validations of ranges, and its types do not.
    const { dataValidations } = sheet as unknown as { dataValidations: Validations };
    dataValidations.add(`${letter}2:${letter}${String(ROWS)}`, validation);
  });
}

interface Validations {
  add(range: string, validation: ExcelJS.DataValidation): void;
}

/** The months and quarters of the programme; none where there is no programme. */
function offeredPeriods(columns: Columns, programme: ProgrammeDocument | undefined): Map<string, string[]> {
  const periods = new Map<string, string[]>();
  for (const [field, column] of Object.entries(columns)) {
    if (!isRepeated(column) || programme === undefined) continue;
    const each = column.per === 'month' ? monthsOf(programme) : quartersOf(programme);
    periods.set(field, each);
  }
  return periods;
}

function monthsOf({ from, to }: ProgrammeDocument): string[] {
  const months: string[] = [];
  for (let year = Number(from.slice(0, 4)); year <= Number(to.slice(0, 4)); year++) {
    for (let month = 1; month <= 12; month++)
      months.push(`${String(year)}-${String(month).padStart(2, '0')}`);
  }
  return months.filter((month) => lastDayOf(month) >= from && month <= to.slice(0, 7));
}

function quartersOf(programme: ProgrammeDocument): string[] {
  const quarters = monthsOf(programme).map((month) => {
    return `${month.slice(0, 4)}-Q${String(Math.ceil(Number(month.slice(5)) / 3))}`;
  });
  return [...new Set(quarters)];
}

function validationOf(
  { column }: WrittenColumn,
  language: Language,
  programme: ProgrammeDocument | undefined,
  lists: Lists,
): ExcelJS.DataValidation | undefined {
  const offered = isRepeated(column) ? undefined : column.offers;
  const choices = isRepeated(column) ? undefined : column.choices;
  const values =
    choices?.map((choice) => choice[language]) ??
    (programme === undefined || offered === undefined
      ? []
      : offered === 'dimensions'
        ? programme.dimensions.map(({ code }) => code)
        : enrolledOn(programme, programme.to));
  const prompt = {
    showInputMessage: true,
    promptTitle: headingOf(column, language),
    prompt: column.hint[language],
  };
  if (values.length > 0) {
    // Agencies are offered, not demanded: one that takes part on another day may be meant.
    const strict = choices !== undefined || offered === 'dimensions';
    return {
      ...{ type: 'list', allowBlank: true, formulae: [lists.rangeOf(values)], ...prompt },
      ...(strict && { showErrorMessage: true, errorStyle: 'stop', error: column.hint[language] }),
    };
  }
  switch (column.kind) {
    case 'money':
      return { type: 'whole', operator: 'greaterThanOrEqual', allowBlank: true, formulae: [0], ...prompt };
    case 'percent':
      return { type: 'decimal', operator: 'between', allowBlank: true, formulae: [0, 100], ...prompt };
    case 'decimal':
      return { type: 'decimal', operator: 'greaterThanOrEqual', allowBlank: true, formulae: [0], ...prompt };
    default:
      return undefined;
  }
}

/** Lists for drop-downs, each once, in a hidden sheet. */
class Lists {
  private readonly columns: string[][] = [];

  rangeOf(values: readonly string[]): string {
    const key = values.join('\n');
    let at = this.columns.findIndex((column) => column.join('\n') === key);
    if (at === -1) at = this.columns.push([...values]) - 1;
    const letter = letterOf(at);
    return `'${GUIDE_SHEETS.lists}'!$${letter}$1:$${letter}$${String(values.length)}`;
  }

  write(book: ExcelJS.Workbook): void {
    if (this.columns.length === 0) return;
    const sheet = book.addWorksheet(GUIDE_SHEETS.lists, { state: 'hidden' });
    this.columns.forEach((column, n) => {
      column.forEach((value, row) => {
        const cell = sheet.getCell(row + 1, n + 1);
        cell.value = value;
        cell.numFmt = '@';
      });
    });
  }
}

function letterOf(index: number): string {
  const rest = Math.floor(index / 26);
  return (rest > 0 ? letterOf(rest - 1) : '') + String.fromCharCode(65 + (index % 26));
}

function explain(book: ExcelJS.Workbook, kinds: readonly AnyKind[], language: Language): void {
  const sheet = book.addWorksheet(GUIDE_SHEETS[language], { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.columns = [
    { header: 'Lembar / Sheet', width: 22 },
    { header: 'Kolom', width: 34 },
    { header: 'Column', width: 30 },
    { header: 'Wajib / Required', width: 12 },
    { header: 'Penjelasan', width: 70, style: { alignment: { wrapText: true, vertical: 'top' } } },
    { header: 'Explanation', width: 70, style: { alignment: { wrapText: true, vertical: 'top' } } },
  ];
  sheet.getRow(1).font = { bold: true };
  for (const { columns, sheet: names } of kinds) {
    for (const column of Object.values(columns)) {
      const required = !isRepeated(column) && column.required === true;
      const headings = (['id', 'en'] as const).map((each) => {
        const heading = headingOf(column, each, isRepeated(column) ? EXAMPLE[column.per] : undefined);
        return isRepeated(column) ? `${heading}, …` : heading;
      });
      const shown = names.id === names.en ? names.id : `${names.id} / ${names.en}`;
      sheet.addRow([shown, ...headings, required ? 'ya / yes' : '', column.hint.id, column.hint.en]);
    }
  }
  for (const { id, en } of CONVENTIONS) sheet.addRow(['', '', '', '', id, en]);
}

const EXAMPLE = { month: '2023-01', quarter: '2023-Q1' } as const;

const CONVENTIONS = [
  {
    id: 'Bilangan: titik antarribuan dan koma sebelum desimal (1.500.000 atau 12,5). 1.500 berarti seribu lima ratus; 1,500 berarti satu setengah. Rupiah tanpa sen.',
    en: 'Numbers: a dot between thousands and a comma before decimals (1.500.000 or 12,5). 1.500 is one thousand five hundred; 1,500 is one and a half. Rupiah have no sen.',
  },
  {
    id: 'Tanggal: 31/12/2023 (hari lebih dulu), 2023-12-31, atau 31 Desember 2023.',
    en: 'Dates: 31/12/2023 (the day first), 2023-12-31 or 31 Desember 2023.',
  },
  {
    id: 'Baris yang isinya sudah tercatat dilewati; berkas yang sama boleh diimpor berulang kali.',
    en: 'Rows that are recorded already are passed over; the same file may be imported again and again.',
  },
] as const;
