import {
  Controller,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  applyImport,
  EXPORTERS,
  exportFor,
  exportQuery,
  type ImportRequest,
  type ImportSummary,
  importTemplate,
  type ImportTools,
  JEJAK,
  type Jejak,
  KIND_NAMES,
  type Language,
  previewImport,
  type RowResult,
  said,
  submit,
  validParams,
  XLSX,
} from '@jejak/runtime';
import { daySchema } from '@jejak/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { withFile } from '../http/incoming-file';
import { Problems, QueryParameters } from '../http/openapi-parts';
import { SHEET_TYPES } from '../http/parsers';
import { languageOf } from '../http/language';

const IMPORTERS = ['officer', 'office'] as const;
/** Rows that an answer tells of at most. */
const TOLD = 1_000;

const kind = z
  .enum([...KIND_NAMES, 'all'])
  .describe('what it holds; `all` is a workbook with a sheet for each kind');
const exportParams = z
  .strictObject({
    kind: kind.default('all'),
    format: z.enum(['csv', 'xlsx']).default('xlsx'),
    cutOff: daySchema
      .optional()
      .describe('what stands on that day; today, or the last of the programme, when left out'),
    knownAt: z.string().optional().describe('an index, or a moment (ISO 8601): what was known then'),
    delimiter: z.enum([',', ';']).default(';').describe('of CSV'),
  })
  .refine((params) => params.kind !== 'all' || params.format === 'xlsx', {
    path: ['format'],
    message: said({
      en: 'A CSV holds one kind: name it, or take xlsx.',
      id: 'CSV memuat satu jenis saja: sebutkan, atau pakai xlsx.',
    }),
  });
const templateParams = z.strictObject({ kind: kind.default('all') });
const previewParams = z.strictObject({
  kind: z
    .enum(KIND_NAMES)
    .optional()
    .describe('what the file holds; by its sheets’ names and headings when left out'),
  reason: z.string().min(3).max(2000).optional().describe('why, for rows that say none themselves'),
  rows: z.enum(['all', 'wrong']).default('all').describe('which rows the answer tells of'),
});
const importParams = previewParams.omit({ rows: true }).extend({
  skipInvalid: z
    .enum(['yes', 'no'])
    .default('no')
    .describe('record the rows that pass, though others do not'),
});

/** A row as it is told: in one language. */
interface ToldRow extends Omit<RowResult, 'errors'> {
  readonly errors?: readonly { readonly column?: string; readonly code: string; readonly message: string }[];
}
interface Imported extends ImportSummary {
  /** the rows asked for, the first thousand of them */
  readonly rows: readonly ToldRow[];
  readonly more: number;
}

@ApiTags('import and export')
@Controller('v1/programmes/:programme')
export class SheetsController {
  constructor(@Inject(JEJAK) private readonly jejak: Jejak) {}

  @Get('export')
  @ApiOperation({
    operationId: 'Export',
    summary: 'Takes out what stands, in the columns that the import takes in.',
    description: `Roles: ${EXPORTERS.join(', ')}.`,
  })
  @QueryParameters(exportParams)
  @ApiProduces(XLSX, 'text/csv')
  @ApiResponse({ status: 200, description: 'The file.', schema: { type: 'string', format: 'binary' } })
  @Problems(400, 401, 403, 404, 429, 503)
  async export(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('programme') programme: string,
    @Query() query: unknown,
  ): Promise<StreamableFile> {
    const { ask, guard, credentials, clock } = this.jejak;
    const { caller = {} } = request;
    await guard.reader(caller, programme, 'Export', EXPORTERS);
    const { knownAt, ...params } = validParams({ params: exportParams }, query);
    const { content, name, mediaType, index } = await exportFor(
      caller,
      { programme, ...params, language: languageIn(request) },
      {
        answer: (asked, given) => ask.answer({ query: asked, programme, params: given, knownAt }),
        guard,
        credentials,
        clock,
      },
    );
    void reply.header('etag', `W/"${index}"`).header('cache-control', 'private, no-store');
    return new StreamableFile(content, { type: mediaType, disposition: `attachment; filename="${name}"` });
  }

  @Get('import-template')
  @ApiOperation({
    operationId: 'ImportTemplate',
    summary: 'A workbook to be filled in, with the programme’s agencies and dimensions to choose from.',
    description: `Roles: ${EXPORTERS.join(', ')}.`,
  })
  @QueryParameters(templateParams)
  @ApiProduces(XLSX)
  @ApiResponse({ status: 200, description: 'The file.', schema: { type: 'string', format: 'binary' } })
  @Problems(400, 401, 403, 404, 429, 503)
  async template(
    @Req() request: FastifyRequest,
    @Param('programme') programme: string,
    @Query() query: unknown,
  ): Promise<StreamableFile> {
    await this.jejak.guard.reader(request.caller ?? {}, programme, 'ImportTemplate', EXPORTERS);
    const params = validParams({ params: templateParams }, query);
    const { answer } = await this.jejak.ask.answer({ query: exportQuery('agencies'), programme, params: {} });
    const language = languageIn(request);
    const bytes = await importTemplate({ ...params, language, programme: answer.programme });
    return new StreamableFile(bytes, {
      type: XLSX,
      disposition: `attachment; filename="jejak-${params.kind}.xlsx"`,
    });
  }

  @Post('import-previews')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'PreviewImport',
    summary: 'Says of every row of a CSV or XLSX file what it would do, or why not, and does nothing.',
    description: `Roles: ${IMPORTERS.join(', ')}.`,
  })
  @QueryParameters(previewParams)
  @ApiConsumes(...SHEET_TYPES)
  @ApiBody({ required: true, schema: { type: 'string', format: 'binary' } })
  @ApiResponse({ status: 200, description: 'The summary, and the rows.', schema: { type: 'object' } })
  @Problems(400, 401, 403, 413, 415, 422, 429, 503)
  async preview(
    @Req() request: FastifyRequest,
    @Param('programme') programme: string,
    @Query() query: unknown,
  ): Promise<Imported> {
    const { rows, ...params } = await this.asked(request, programme, 'PreviewImport', previewParams, query);
    return this.carriedOut(request, programme, params, previewImport, rows === 'all');
  }

  @Post('imports')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'Import',
    summary:
      'Records the rows of a CSV or XLSX file, if every row is valid. The same file again adds only what is new.',
    description: `Roles: ${IMPORTERS.join(', ')}.`,
  })
  @QueryParameters(importParams)
  @ApiConsumes(...SHEET_TYPES)
  @ApiBody({ required: true, schema: { type: 'string', format: 'binary' } })
  @ApiResponse({
    status: 200,
    description: 'The summary, and the rows that were not recorded.',
    schema: { type: 'object' },
  })
  @Problems(400, 401, 403, 413, 415, 422, 429, 503)
  async import(
    @Req() request: FastifyRequest,
    @Param('programme') programme: string,
    @Query() query: unknown,
  ): Promise<Imported> {
    const { skipInvalid, ...params } = await this.asked(request, programme, 'Import', importParams, query);
    return this.carriedOut(
      request,
      programme,
      { ...params, skipInvalid: skipInvalid === 'yes' },
      applyImport,
      false,
    );
  }

  private async asked<P>(
    { caller = {} }: FastifyRequest,
    programme: string,
    what: string,
    params: z.ZodType<P>,
    query: unknown,
  ): Promise<P> {
    await this.jejak.guard.reader(caller, programme, what, IMPORTERS);
    return validParams({ params }, query);
  }

  private carriedOut(
    request: FastifyRequest,
    programme: string,
    params: Pick<ImportRequest, 'kind' | 'reason' | 'skipInvalid'>,
    work: typeof applyImport,
    all: boolean,
  ): Promise<Imported> {
    const { log, guard, clock, config } = this.jejak;
    const { caller = {}, id: correlationId, body } = request;
    const tools: ImportTools = { log, guard, clock, submit: (sent) => submit(this.jejak, sent) };
    const language = languageIn(request);
    return withFile(body, config.importBytes, async (file) => {
      const rows: ToldRow[] = [];
      let more = 0;
      const onRow = (row: RowResult): void => {
        if (!all && row.errors === undefined) return;
        if (rows.length < TOLD) rows.push(told(row, language));
        else more++;
      };
      const summary = await work({ file, programme, caller, correlationId, ...params }, tools, { onRow });
      return { ...summary, rows, more };
    });
  }
}

function told({ errors, ...row }: RowResult, language: Language): ToldRow {
  if (errors === undefined) return row;
  return {
    ...row,
    errors: errors.map(({ message, ...error }) => ({ ...error, message: message[language] })),
  };
}

function languageIn({ headers }: FastifyRequest): Language {
  return languageOf(headers['accept-language']);
}
