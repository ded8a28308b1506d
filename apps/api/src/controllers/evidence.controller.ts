import { Controller, Get, Inject, Param, Post, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { GRANTED_ROLES } from '@jejak/domain';
import { type EvidenceFile, JEJAK, type Jejak, Problem } from '@jejak/runtime';
import { NotFound } from '@jejak/views';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { Problems } from '../http/openapi-parts';
import { EVIDENCE_TYPES } from '../http/parsers';

/** Who may bring a file, and who may read one: those who may attach it, and everyone with a role. */
const BRINGERS = ['officer', 'office'] as const;
const READERS = GRANTED_ROLES;

@ApiTags('evidence')
@Controller('v1/programmes/:programme/evidence')
export class EvidenceController {
  constructor(@Inject(JEJAK) private readonly jejak: Jejak) {}

  @Post()
  @ApiOperation({
    operationId: 'UploadEvidence',
    summary:
      'Keeps a file, to be attached to a report by its digest. The same file again is the same evidence.',
    description: `Roles: ${BRINGERS.join(', ')}.`,
  })
  @ApiQuery({ name: 'name', required: false, schema: { type: 'string', maxLength: 200 } })
  @ApiConsumes(...EVIDENCE_TYPES)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiResponse({
    status: 201,
    description: 'The file.',
    schema: { $ref: '#/components/schemas/EvidenceFile' },
  })
  @Problems(400, 401, 403, 413, 415, 429, 503)
  async upload(
    @Req() request: FastifyRequest,
    @Param('programme') programme: string,
    @Query() query: Readonly<Record<string, unknown>>,
  ): Promise<EvidenceFile> {
    const { body, headers } = request;
    await this.jejak.guard.reader(request.caller ?? {}, programme, 'UploadEvidence', BRINGERS);
    const mediaType = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    if (!EVIDENCE_TYPES.includes(mediaType)) throw new Problem('unsupported-media-type');
    // Without a single byte there is nothing to be parsed.
    if (body === undefined) throw new Problem('evidence-empty');
    if (!(body instanceof Readable)) throw new Problem('unsupported-media-type');
    const { name } = query;
    if (name !== undefined && (typeof name !== 'string' || name === '' || name.length > 200)) {
      throw new Problem('invalid-params', { field: 'name' });
    }
    const limit = this.jejak.config.evidenceBytes;
    return this.jejak.evidence.put(programme, notEmpty(body), {
      mediaType,
      limit,
      ...(name !== undefined && { name }),
    });
  }

  @Get(':digest')
  @ApiOperation({
    operationId: 'DownloadEvidence',
    summary: 'A file of evidence.',
    description: `Roles: ${READERS.join(', ')}.`,
  })
  @ApiResponse({ status: 200, description: 'The file, as it was brought.' })
  @Problems(400, 401, 403, 404, 429, 503)
  async download(
    @Req() { caller = {} }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('programme') programme: string,
    @Param('digest') digest: string,
  ): Promise<StreamableFile> {
    await this.jejak.guard.reader(caller, programme, 'DownloadEvidence', READERS);
    const about = await this.jejak.evidence.about(programme, digest);
    const content = await this.jejak.evidence.read(programme, digest);
    if (about === undefined || content === undefined) throw new NotFound(`there is no evidence ${digest}`);
    const name = encodeURIComponent(about.name ?? digest).replaceAll("'", '%27');
    void reply.header('cache-control', 'private, no-store');
    return new StreamableFile(Readable.from(content), {
      type: about.mediaType,
      length: about.bytes,
      disposition: `attachment; filename*=UTF-8''${name}`,
    });
  }
}

/** @throws Problem `evidence-empty` from the iteration, at its end */
async function* notEmpty(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let empty = true;
  for await (const chunk of content) {
    empty &&= chunk.length === 0;
    yield chunk;
  }
  if (empty) throw new Problem('evidence-empty');
}
