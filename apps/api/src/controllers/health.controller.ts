import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { JEJAK, type Jejak, type Readiness, readiness } from '@jejak/runtime';
import type { FastifyReply } from 'fastify';

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(@Inject(JEJAK) private readonly jejak: Jejak) {}

  @Get('live')
  @ApiOperation({ operationId: 'Live', summary: 'Whether the process answers.' })
  @ApiResponse({ status: 200, description: 'It does.', schema: { type: 'object' } })
  live(): { readonly status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({
    operationId: 'Ready',
    summary: 'Whether it can do all its work: record, and answer from current views.',
  })
  @ApiResponse({ status: 200, description: 'It can.', schema: { type: 'object' } })
  @ApiResponse({ status: 503, description: 'It cannot; the answer says why.', schema: { type: 'object' } })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Readiness> {
    const state = await readiness(this.jejak);
    void reply.code(state.status === 'ready' ? 200 : 503).header('cache-control', 'no-store');
    return state;
  }
}
