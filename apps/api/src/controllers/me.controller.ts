import { Controller, Get, HttpCode, Inject, Put, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  JEJAK,
  type Jejak,
  NotSignedIn,
  passwordChangeSchema,
  passwordFits,
  Problem,
  type Rights,
  setPassword,
} from '@jejak/runtime';
import type { FastifyRequest } from 'fastify';
import { Problems, schemaOf } from '../http/openapi-parts';
import { bodyAs } from '../http/parsed';
import { RateLimit } from '../http/rate-limit';

interface Me {
  readonly subject: string;
  readonly login: string | null;
  readonly name: string | null;
  readonly operator: boolean;
  readonly programmes: readonly { readonly programme: string; readonly grants: Rights['grants'] }[];
}

@ApiTags('session')
@Controller('v1/me')
export class MeController {
  private readonly attempts: RateLimit;

  constructor(@Inject(JEJAK) private readonly jejak: Jejak) {
    this.attempts = new RateLimit(jejak.config.signInsPerMinute, jejak.clock);
  }

  @Get()
  @ApiOperation({ operationId: 'Me', summary: 'Who is signed in, and their roles in each programme.' })
  @ApiResponse({ status: 200, description: 'The caller.', schema: { type: 'object' } })
  @Problems(401, 403, 429, 503)
  async me(@Req() { verified }: FastifyRequest): Promise<Me> {
    if (verified === undefined) throw new NotSignedIn('sign-in-required');
    const { guard, log, credentials } = this.jejak;
    const { subject } = verified;
    const operator = await guard.operator(subject);
    const heads = await log.heads();
    const everywhere = await Promise.all(
      heads.map(async ({ programme }) => ({ programme, grants: await guard.grants(subject, programme) })),
    );
    const programmes = everywhere.filter(({ grants }) => grants.length > 0);
    const account = await credentials.bySubject(subject);
    return { subject, login: account?.login ?? null, name: account?.name ?? null, operator, programmes };
  }

  @Put('password')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'ChangePassword',
    summary: 'Changes one’s own password, and ends one’s sessions.',
  })
  @ApiBody({ schema: schemaOf(passwordChangeSchema) })
  @ApiResponse({ status: 204, description: 'Done.' })
  @Problems(400, 401, 403, 413, 415, 429, 503)
  async changePassword(@Req() request: FastifyRequest): Promise<void> {
    const { verified } = request;
    if (verified === undefined) throw new NotSignedIn('sign-in-required');
    const retryAfter = this.attempts.hit(verified.subject);
    if (retryAfter !== undefined) throw new Problem('too-many-requests', { retryAfter });
    const { current, password } = bodyAs(passwordChangeSchema, request);
    await this.jejak.guard.operator(verified.subject);
    const account = await this.jejak.credentials.bySubject(verified.subject);
    const fits = await passwordFits(current, account?.passwordHash);
    if (account === undefined || !fits) throw new NotSignedIn('sign-in-failed');
    if (!(await setPassword(this.jejak, account.subject, account, password)))
      throw new NotSignedIn('sign-in-failed');
  }
}
