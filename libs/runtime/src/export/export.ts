import { Readable } from 'node:stream';
import { type Clock, type Credentials, isoMoment, type Language } from '@jejak/core';
import { GRANTED_ROLES, type Role } from '@jejak/domain';
import type { Query } from '@jejak/views';
import type { Answered } from '../ask/ask';
import type { Caller, Guard } from '../guard';
import { kindOf, KINDS } from '../import/kinds/all';
import { type KindName } from '../import/kinds/kind';
import { csvFile } from './csv-file';
import { layoutOf } from './layout';
import { type Exported, exportQuery, type ExportParams } from './query';
import { type SheetToWrite, xlsxFile } from './xlsx-file';

/** Who may take data out: everyone with a role in the programme. */
export const EXPORTERS: readonly Role[] = GRANTED_ROLES;

export interface ExportRequest {
  readonly programme: string;
  /** `all` gives a workbook with a sheet for each kind */
  readonly kind: KindName | 'all';
  readonly format: 'csv' | 'xlsx';
  /** of CSV; Excel expects the semicolon where the comma is the decimal sign, as in Indonesia */
  readonly delimiter?: ',' | ';' | undefined;
  readonly language: Language;
  /** the last day that counts */
  readonly cutOff?: string | undefined;
}

/** A file that is being written. */
export interface ExportedFile {
  readonly content: Readable;
  readonly name: string;
  readonly mediaType: string;
  /** index of the programme's last event that it knows */
  readonly index: number;
}

export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export interface ExportTools {
  /** answers a question, now or at the `knownAt` that is meant */
  readonly answer: <P, A>(query: Query<P, A>, params: unknown) => Promise<Answered<A>>;
  readonly credentials: Pick<Credentials, 'logAccess'>;
  readonly clock: Clock;
}

/**
 * Takes out what stands of a kind, in the columns that the import takes in. It is written to the access log.
 *
 * @param subject who takes it out
 * @throws InvalidParams, NotFound, and what else a question throws
 */
export async function exportFile(
  request: ExportRequest,
  subject: string | undefined,
  { answer, credentials, clock }: ExportTools,
): Promise<ExportedFile> {
  const { programme, kind, format, language, cutOff, delimiter = ';' } = request;
  const kinds = kind === 'all' ? KINDS : [kindOf(kind)];
  const params: ExportParams = { ...(cutOff !== undefined && { cutOff }) };
  const answers: Answered<Exported>[] = [];
  for (const { name } of kinds) answers.push(await answer(exportQuery(name), params));
  const sheets = answers.map(({ answer: exported }, n): SheetToWrite => {
    const { sheet, columns } = kinds[n] as (typeof KINDS)[number];
    const { periods, rows } = exported;
    return {
      name: sheet[language],
      columns: layoutOf(columns, periods, language),
      rows: { [Symbol.iterator]: () => rows()[Symbol.iterator]() },
    };
  });
  const last = answers.at(-1) as Answered<Exported>;
  const detail = `${kind} ${format}, ${last.answer.cutOff}, index ${String(last.index)}`;
  const at = isoMoment(clock());
  await credentials.logAccess({
    at,
    kind: 'export',
    programme,
    detail,
    ...(subject !== undefined && { subject }),
  });
  const name = `${programme}-${kind}-${last.answer.cutOff}.${format}`;
  const { index } = last;
  if (format === 'xlsx') return { content: xlsxFile(sheets, language), name, mediaType: XLSX, index };
  const [first] = sheets as [SheetToWrite];
  const content = Readable.from(csvFile(first.columns, first.rows, { language, delimiter }));
  return { content, name, mediaType: 'text/csv; charset=utf-8', index };
}

/**
 * The same for a caller of whom it is not yet known whether he may.
 *
 * @throws NotSignedIn, NotAllowed, and as `exportFile`
 */
export async function exportFor(
  caller: Caller,
  request: ExportRequest,
  tools: ExportTools & { readonly guard: Pick<Guard, 'reader'> },
): Promise<ExportedFile> {
  await tools.guard.reader(caller, request.programme, 'Export', EXPORTERS);
  return exportFile(request, caller.subject, tools);
}
